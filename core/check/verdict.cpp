#include "mznode/check/verdict.hpp"

#include <algorithm>

#include "mznode/check/jsonl.hpp"
#include "mznode/json/codec.hpp"
#include "mznode/json/error.hpp"

namespace mznode::check {

using nlohmann::ordered_json;

Valid worst(Valid a, Valid b) {
  return std::max(a, b);
}

Verdict::Verdict(Valid judged) : valid(judged) {
  details["valid?"] = to_details(valid);
}

Verdict Verdict::unknown(const std::string& error) {
  Verdict verdict(Valid::unknown);
  verdict.details["error"] = error;
  return verdict;
}

Verdict compose(const std::vector<std::pair<std::string, Verdict>>& verdicts) {
  Valid valid = Valid::yes;
  for (const auto& [name, verdict] : verdicts) valid = worst(valid, verdict.valid);
  Verdict result(valid);
  for (const auto& [name, verdict] : verdicts) result.details[name] = verdict.details;
  return result;
}

ordered_json to_details(Valid valid) {
  if (valid == Valid::unknown) return "unknown";
  return valid == Valid::yes;
}

ordered_json to_details(const Json& value) {
  if (const auto number = value.as_int()) return *number;
  const std::string& text = value.text();
  const bool is_large_integer = value.kind() == Json::Kind::number && text.find_first_of(".eE") == std::string::npos;
  if (is_large_integer) return text;
  try {
    value.value();  // refuses what is too deep for what follows
    return ordered_json::parse(text);
  } catch (const Error&) {
    return text;
  }
}

ordered_json to_details(const Operation& operation) {
  std::string line;
  append_jsonl(line, operation);
  line.pop_back();
  // Part by part, so that a value that no tree can hold does not make a text of the others, which are looked for by
  // name.
  ordered_json details = ordered_json::object();
  codec::decode_object(line, [&](std::string_view key, std::string_view value) {
    details[std::string(key)] = to_details(codec::decode_json(value));
  });
  return details;
}

std::string details_key(const Json& value) {
  return value.as_string().value_or(value.text());
}

}  // namespace mznode::check

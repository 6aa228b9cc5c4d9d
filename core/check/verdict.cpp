#include "mznode/check/verdict.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "mznode/check/jsonl.hpp"
#include "mznode/json/codec.hpp"
#include "mznode/json/error.hpp"

namespace mznode::check {

using nlohmann::ordered_json;

Valid worst(Valid a, Valid b) {
  return std::max(a, b);
}

Verdict Verdict::unknown(std::string error) {
  Verdict verdict(Valid::unknown);
  verdict.error = std::move(error);
  return verdict;
}

ordered_json to_details(const Verdict& verdict) {
  ordered_json details = {{"valid?", to_details(verdict.valid)}};
  if (!verdict.error.empty()) details["error"] = verdict.error;
  if (verdict.valid != Valid::yes && verdict.may_lack_time) details["may-lack-time"] = true;
  for (const auto& finding : verdict.findings) finding->write_to(details);
  if (!verdict.explanation.empty()) details["explanation"] = verdict.explanation;
  return details;
}

std::string reason(const Verdict& verdict) {
  std::string text = verdict.error;
  for (const auto& finding : verdict.findings) {
    const std::string found = finding->reason();
    if (!found.empty()) text += (text.empty() ? "" : "; ") + found;
  }
  return text;
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

ordered_json to_details(const std::vector<Json>& values) {
  ordered_json details = ordered_json::array();
  for (const Json& value : values) details.push_back(to_details(value));
  return details;
}

ordered_json to_details(const std::vector<std::pair<Json, std::size_t>>& counts) {
  ordered_json details = ordered_json::object();
  for (const auto& [value, count] : counts) details[details_key(value)] = count;
  return details;
}

std::string few_of(const std::vector<Json>& values) {
  constexpr std::size_t most = 12;
  std::string text;
  for (std::size_t i = 0; i < std::min(most, values.size()); ++i) text += (i == 0 ? "" : ",") + values[i].text();
  if (values.size() <= most) return "[" + text + "]";
  return "[" + text + ",…] (" + std::to_string(values.size()) + ")";
}

std::string details_key(const Json& value) {
  return value.as_string().value_or(value.text());
}

}  // namespace mznode::check

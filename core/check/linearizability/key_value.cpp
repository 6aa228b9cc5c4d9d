#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "history/integers.hpp"
#include "history/parts.hpp"
#include "linearizability/timed_calls.hpp"
#include "mznode/check/linearizable.hpp"
#include "mznode/check/sequential.hpp"

namespace mznode::check {
namespace {

/// What is known of a key's history before it is searched.
struct Shown {
  /// What gets were answered, sorted.
  std::vector<std::string> texts = {};

  /// Whether a text is, or can become by appending, one that somebody was shown.
  bool can_be_shown(const std::string& text) const {
    const auto next = std::lower_bound(texts.begin(), texts.end(), text);
    return next != texts.end() && next->starts_with(text);
  }
};

/// The text behind a key, which is empty in the beginning. Texts that nobody was shown, and that nothing can make one
/// which was until it is put anew, are all the same: the search needs not tell apart in which order they came to be.
struct StoredText {
  std::shared_ptr<const Shown> shown;
  /// What is still to come, at most.
  std::size_t gets_left = 0;
  std::size_t puts_left = 0;
  bool is_lost = false;
  std::string value = {};

  std::optional<StoredText> step(const Call& call) const {
    StoredText next = *this;
    if (call.f == "get") {
      if (!call.result) return next;
      if (is_lost || call.result->as_string() != value) return std::nullopt;
      --next.gets_left;
      return next;
    }
    const std::string argument = call.argument.as_string().value_or("");
    if (call.f == "put") {
      next.value = argument;
      next.is_lost = false;
      --next.puts_left;
    } else if (!is_lost) {
      next.value += argument;
    }
    if (!next.is_lost && !shown->can_be_shown(next.value)) {
      next.is_lost = true;
      next.value.clear();
    }
    if (next.is_lost && next.gets_left > 0 && next.puts_left == 0) return std::nullopt;
    return next;
  }
  /// What is left follows from which calls were made.
  bool operator==(const StoredText& other) const { return is_lost == other.is_lost && value == other.value; }
  std::uint64_t hash() const { return detail::fingerprint_of(value).hash + (is_lost ? 1 : 0); }
  std::size_t bytes() const { return value.size(); }
  std::string text() const { return is_lost ? "a text that nobody was shown" : Json(value).text(); }
};

/// The state in which a key begins.
StoredText begin_of(const History& part) {
  auto shown = std::make_shared<Shown>();
  StoredText begin;
  for (const Operation& operation : part) {
    if (operation.f == "put" && operation.type == Type::invoke) ++begin.puts_left;
    if (operation.f != "get" || operation.type != Type::ok) continue;
    ++begin.gets_left;
    shown->texts.push_back(operation.value.as_string().value_or(""));
  }
  std::sort(shown->texts.begin(), shown->texts.end());
  begin.shown = std::move(shown);
  return begin;
}

/// Throws HistoryError for an operation that the model does not know.
void demand_text(const Operation& operation) {
  const bool is_get = operation.f == "get";
  if (!is_get && operation.f != "put" && operation.f != "append") {
    refuse(operation, "expected get, put or append, not " + operation.f);
  }
  const bool has_text = operation.value.as_string().has_value();
  const bool needs_text = is_get ? operation.type == Type::ok : operation.type == Type::invoke;
  if (needs_text && !has_text) refuse(operation, "expected a text as the value of " + operation.f);
}

}  // namespace

/// Judges whether each key holds a text that is linearizable with `get`, `put` and `append` (Porcupine's model of a
/// key-value store, and that of the MIT course 6.824). Every value is [key, text], or [key, null] where a get asks.
/// What was never put is an empty text. Finds a RegistersFinding.
Verdict check_kv(const History& history, const CheckOptions& options) {
  std::map<Json, History> by_key;
  for (const Operation& operation : history) {
    if (!operation.is_client()) continue;
    const auto pair = pair_of(operation.value.text());
    if (!pair) refuse(operation, "expected [key, value] as the value of " + operation.f);
    Operation& part = by_key[json_of(pair->first)].emplace_back(operation);
    part.value = json_of(pair->second);
    demand_text(part);
  }
  Verdict verdict(Valid::yes);
  RegistersFinding finding;
  for (const auto& [key, part] : by_key) {
    const std::vector<TimedCall> calls = timed_calls(part);
    Verdict judged =
        judge_calls(part, calls, calls, std::make_shared<detail::StateOf<StoredText>>(begin_of(part)), options.limits);
    verdict.valid = worst(verdict.valid, judged.valid);
    if (judged.valid == Valid::unknown) verdict.error = "key " + key.text() + ": " + judged.error;
    if (judged.valid == Valid::no) verdict.explanation.push_back("key " + key.text() + ":");
    verdict.explanation.insert(verdict.explanation.end(), judged.explanation.begin(), judged.explanation.end());
    finding.registers.push_back({key, std::move(judged)});
  }
  verdict.add(std::move(finding));
  return verdict;
}

}  // namespace mznode::check

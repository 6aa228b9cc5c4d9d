#include <algorithm>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "history/integers.hpp"
#include "history/parts.hpp"
#include "linearizability/text_monitor.hpp"
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

/// Throws HistoryError for an operation that the model does not know, whose value is this.
void demand_text(const Operation& operation, std::string_view value) {
  const bool is_get = operation.f == "get";
  if (!is_get && operation.f != "put" && operation.f != "append") {
    refuse(operation, "expected get, put or append, not " + operation.f);
  }
  const bool needs_text = is_get ? operation.type == Type::ok : operation.type == Type::invoke;
  if (needs_text && value.front() != '"') refuse(operation, "expected a text as the value of " + operation.f);
}

/// Reads a history key by key.
class KeyReader {
 public:
  struct Key {
    Json name;
    /// The places of its operations in the history.
    std::vector<std::size_t> places = {};
    std::vector<TextCall> calls = {};
  };

  explicit KeyReader(const History& history) : history_(history), values_(history.size()) {}

  /// In the order of the keys.
  std::vector<Key> read() {
    std::vector<std::size_t> key_of(history_.size());
    for (std::size_t i = 0; i < history_.size(); ++i) {
      const Operation& operation = history_[i];
      if (!operation.is_client()) continue;
      const auto pair = pair_of(operation.value.text());
      if (!pair) refuse(operation, "expected [key, value] as the value of " + operation.f);
      key_of[i] = number_of(pair->first);
      keys_[key_of[i]].places.push_back(i);
      values_[i] = pair->second;
      demand_text(operation, pair->second);
    }
    read_calls(key_of);
    std::sort(keys_.begin(), keys_.end(), [](const Key& a, const Key& b) { return a.name < b.name; });
    return std::move(keys_);
  }

  /// The operations of a key, with the texts alone as their values.
  History part(const Key& key) const {
    History part;
    for (const std::size_t i : key.places) part.emplace_back(history_[i]).value = json_of(values_[i]);
    return part;
  }

  /// Whether each completion is one of the key that was asked, so that the calls are whole.
  bool has_calls() const { return has_calls_; }

 private:
  std::size_t number_of(std::string_view name) {
    const auto [known, is_new] = by_text_.try_emplace(name, keys_.size());
    if (!is_new) return known->second;
    Json value = json_of(name);
    const auto [equal, is_new_value] = by_value_.try_emplace(value, keys_.size());
    known->second = equal->second;
    if (is_new_value) keys_.push_back({std::move(value)});
    return equal->second;
  }

  void read_calls(const std::vector<std::size_t>& key_of) {
    const Pairing pairing(history_);
    for (std::size_t i = 0; i < history_.size(); ++i) {
      const Operation& invocation = history_[i];
      if (!invocation.is_client() || invocation.type != Type::invoke) continue;
      const std::size_t end = pairing.completion(i);
      if (end != Pairing::none && (key_of[end] != key_of[i] || history_[end].f != invocation.f)) has_calls_ = false;
      const Type outcome = end == Pairing::none ? Type::info : history_[end].type;
      const bool is_get = invocation.f == "get";
      if (outcome == Type::fail || (is_get && outcome != Type::ok)) continue;
      keys_[key_of[i]].calls.push_back({
          .kind = is_get                  ? TextCall::Kind::get
                  : invocation.f == "put" ? TextCall::Kind::put
                                          : TextCall::Kind::append,
          .text = characters_of(values_[is_get ? end : i]),
          .invocation = i,
          .completion = outcome == Type::ok ? end : TextCall::never,
      });
    }
  }

  std::string_view characters_of(std::string_view json) {
    const std::string_view inner = json.substr(1, json.size() - 2);
    if (inner.find('\\') == std::string_view::npos) return inner;
    return unescaped_.emplace_back(json_of(json).as_string().value_or(""));
  }

  const History& history_;
  std::vector<std::string_view> values_;
  std::vector<Key> keys_;
  std::unordered_map<std::string_view, std::size_t> by_text_;
  std::unordered_map<Json, std::size_t> by_value_;
  std::deque<std::string> unescaped_;
  bool has_calls_ = true;
};

Verdict judge_key(const KeyReader& reader, const KeyReader::Key& key, const CheckOptions& options) {
  const TextOutcome known = reader.has_calls() ? judge_texts(key.calls) : TextOutcome::needs_search;
  // An order that explains nearly all tells more about what is wrong than that nothing explains all.
  const bool is_told =
      known == TextOutcome::linearizable || (known == TextOutcome::not_linearizable && !options.explain);
  if (is_told) {
    Verdict verdict(known == TextOutcome::linearizable ? Valid::yes : Valid::no);
    RegisterFinding finding;
    finding.op_count = key.calls.size();
    verdict.add(std::move(finding));
    return verdict;
  }
  const History part = reader.part(key);
  const std::vector<TimedCall> calls = timed_calls(part);
  Verdict judged =
      judge_calls(part, calls, calls, std::make_shared<detail::StateOf<StoredText>>(begin_of(part)), options.limits);
  if (judged.valid != Valid::unknown || known != TextOutcome::not_linearizable) return judged;
  judged.valid = Valid::no;
  judged.error.clear();
  judged.explanation = {"no order of the operations explains all that was shown"};
  return judged;
}

}  // namespace

/// Judges whether each key holds a text that is linearizable with `get`, `put` and `append` (Porcupine's model of a
/// key-value store, and that of the MIT course 6.824). Every value is [key, text], or [key, null] where a get asks.
/// What was never put is an empty text. Finds a RegistersFinding.
Verdict check_kv(const History& history, const CheckOptions& options) {
  KeyReader reader(history);
  Verdict verdict(Valid::yes);
  RegistersFinding finding;
  for (const KeyReader::Key& key : reader.read()) {
    Verdict judged = judge_key(reader, key, options);
    verdict.valid = worst(verdict.valid, judged.valid);
    if (judged.valid == Valid::unknown) verdict.error = "key " + key.name.text() + ": " + judged.error;
    if (judged.valid == Valid::no) verdict.explanation.push_back("key " + key.name.text() + ":");
    verdict.explanation.insert(verdict.explanation.end(), judged.explanation.begin(), judged.explanation.end());
    finding.registers.push_back({key.name, std::move(judged)});
  }
  verdict.add(std::move(finding));
  return verdict;
}

}  // namespace mznode::check

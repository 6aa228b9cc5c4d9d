#include "anomalies/words.hpp"

#include <nlohmann/json.hpp>
#include <optional>

#include "mznode/check/gloss.hpp"
#include "mznode/json/scanner.hpp"

namespace mznode::check::txn {
namespace {

using nlohmann::ordered_json;

/// What an example of an anomaly shows. {name} stands for what the example has under that name, {name.1} for the second
/// one of a list. Of several sentences about an anomaly the first one counts for which the example has everything.
struct Sentence {
  std::string_view anomaly;
  std::string_view text;
};
constexpr Sentence sentences[] = {
    {"G1a", "{reader} polled {value} from key {key}, which {writer} sent, and that failed"},
    {"G1a", "{op} read {value} from key {key}, which {writer} wrote, and that failed"},
    {"G1a", "{op} read {element} from key {key}, which {writer} appended, and that failed"},
    {"G1b", "{op} read {value} from key {key}, which {writer} itself overwrote"},
    {"G1b", "{op} read key {key} up to {element}, while {writer} had more to append"},
    {"internal", "{op} read {value} from key {key}, where it had seen or written {expected} before"},
    {"internal", "{op} read key {key} otherwise than what it had read and appended before"},
    {"future-read", "{op} read {element} from key {key} before it appended it"},
    {"lost-update", "{txns} all read {value} from key {key} and wrote that key: all but one of the updates are lost"},
    {"dirty-update", "{txns.1} wrote key {key} on top of what {txns.0} wrote, and that failed"},
    {"duplicate-elements", "{op} read {element} twice in key {key}"},
    {"incompatible-order",
     "{op} read key {key} as {values.1}, others as {values.0}: neither is the begin of the other"},
    {"cyclic-versions", "the versions {scc} of key {key} all come before one another, by {sources}"},
    {"empty-transaction-graph", "no transaction depends on another one, so the history tells nothing"},
    {"cycle-search-timeout", "the search for a cycle took too long, so that some may be missing"},
    {"inconsistent-offsets", "the messages {values} of key {key} all stand at offset {offset}"},
    {"duplicate", "message {value} of key {key} stands at several offsets, {offsets}"},
    {"lost-write", "message {value} of key {key}, from {writer}, was never polled, while polls went on behind it"},
    {"unseen", "message {value} of key {key}, from {writer}, was acknowledged, and no poll has shown it until the end"},
    {"precommitted-read", "{op} polled message {value} of key {key}, which it sent itself"},
    {"int-poll-skip", "{op} polled {values.0} and then {values.1} from key {key}, past {skipped}"},
    {"int-nonmonotonic-poll",
     "{op} polled {values.0} and then {values.1} from key {key}, where they stand the other way round"},
    {"int-send-skip", "{op} sent {values.0} and then {values.1} to key {key}, with {skipped} between them"},
    {"int-nonmonotonic-send",
     "{op} sent {values.0} and then {values.1} to key {key}, where they stand the other way round"},
    {"poll-skip", "{ops.0} polled {values.0} from key {key}, and {ops.1} went on with {values.1}, past {skipped}"},
    {"nonmonotonic-poll", "{ops.0} polled {values.0} from key {key}, and {ops.1} went back to {values.1}"},
    {"nonmonotonic-send", "{ops.0} sent {values.0} to key {key}, and {ops.1} sent {values.1}, which stands before it"},
};

bool is_operation(const ordered_json& value) {
  return value.is_object() && value.contains("index") && value.contains("process");
}

std::string name_of(const ordered_json& operation) {
  return "operation " + operation["index"].dump() + " (process " + operation["process"].dump() + ")";
}

std::string words_of(const ordered_json& value) {
  if (is_operation(value)) return name_of(value);
  if (!value.is_array() || value.empty() || !is_operation(value[0])) return shortened(value.dump());
  std::string list;
  for (std::size_t i = 0; i < value.size(); ++i) {
    list += (i == 0 ? "" : i + 1 == value.size() ? " and " : ", ") + name_of(value[i]);
  }
  return list;
}

/// Null when the example has no such part.
const ordered_json* find_part(const ordered_json& example, std::string_view path) {
  const std::size_t point = std::min(path.find('.'), path.size());
  const auto part = example.find(std::string(path.substr(0, point)));
  if (part == example.end()) return nullptr;
  if (point == path.size()) return &*part;
  const auto place = static_cast<std::size_t>(path[point + 1] - '0');
  return part->is_array() && place < part->size() ? &(*part)[place] : nullptr;
}

std::optional<std::string> filled_in(std::string_view text, const ordered_json& example) {
  std::string sentence;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t open = std::min(text.find('{', at), text.size());
    sentence += text.substr(at, open - at);
    if (open == text.size()) break;
    const std::size_t close = text.find('}', open);
    const ordered_json* part =
        example.is_object() ? find_part(example, text.substr(open + 1, close - open - 1)) : nullptr;
    if (part == nullptr) return std::nullopt;
    sentence += words_of(*part);
    at = close + 1;
  }
  return sentence;
}

std::vector<std::string> explain_cycle(const CycleExample& cycle) {
  std::vector<std::string> lines;
  for (const Operation& transaction : cycle.transactions) {
    lines.push_back("  T" + std::to_string(lines.size() + 1) + " is " + txn::name_of(transaction) + ": " +
                    shortened(to_details(transaction.value).dump()));
  }
  for (const CycleExample::Step& step : cycle.steps) lines.push_back("  " + step.words);
  return lines;
}

}  // namespace

std::string shortened(std::string_view text) {
  constexpr std::size_t longest = 160;
  const std::string_view part = whole_characters(text, longest);
  return std::string(part) + (part.size() < text.size() ? "…" : "");
}

std::string name_of(const Operation& operation) {
  return "operation " + std::to_string(operation.index) + " (process " + std::to_string(operation.process) + ")";
}

std::vector<std::string> explain_anomaly(const Anomaly& anomaly) {
  std::vector<std::string> lines = {anomaly.name +
                                    (anomaly.count > 1 ? ", one of " + std::to_string(anomaly.count) : "")};
  const AnomalyExample& example = anomaly.examples.front();
  if (example.cycle) {
    lines.front() += example.cycle->transactions.size() == 1 ? ": this transaction comes before itself"
                                                             : ": these transactions come before one another";
    if (const std::string plain = gloss(anomaly.name); !plain.empty()) lines.push_back("  " + plain);
    const std::vector<std::string> cycle = explain_cycle(*example.cycle);
    lines.insert(lines.end(), cycle.begin(), cycle.end());
    return lines;
  }
  for (const Sentence& each : sentences) {
    if (each.anomaly != anomaly.name) continue;
    if (const auto sentence = filled_in(each.text, example.parts)) {
      lines.front() += ": " + *sentence;
      return lines;
    }
  }
  lines.front() += ": " + shortened(example.parts.dump());
  return lines;
}

}  // namespace mznode::check::txn

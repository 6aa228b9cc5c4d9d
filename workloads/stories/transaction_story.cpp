#include <algorithm>

#include "mznode/check/kafka/kafka.hpp"
#include "mznode/check/txn/anomalies.hpp"
#include "stories/witness.hpp"

namespace mznode::story {
namespace {

using check::Anomaly;
using check::AnomalyExample;
using check::Operation;

/// Anomalies that are told: whoever has read these will look for the fault first.
constexpr std::size_t told_anomalies = 3;
/// Messages with the value that an anomaly is about.
constexpr std::size_t told_letters_of_value = 4;

/// A transaction as its node saw it. `name` is its letter in a cycle.
StoryEvent event_of(const Witness& witness, const Operation& completion, const std::string& name) {
  const Operation* asked = witness.invocation_of(completion.index);
  std::string text = witness.node_of(completion);
  switch (completion.type) {
    case check::Type::ok: text += " answers "; break;
    case check::Type::fail: text += " refuses "; break;
    case check::Type::info: text += " does not answer "; break;
    case check::Type::invoke: text += " is asked for "; break;
  }
  if (!name.empty()) text += name + ": ";
  text += completion.f.empty() || completion.f == "txn" ? shown(completion.value)
                                                        : completion.f + " " + shown(completion.value);
  if (asked != nullptr) text += " (asked at " + seconds(Witness::time_of(*asked)) + ")";
  return {.at = Witness::time_of(completion), .text = text, .operation = completion.index};
}

/// Between the nodes of two transactions: what was lost of the messages that could have carried the one to the other.
void tell_losses(const Witness& witness, const Operation& from, const Operation& to, std::vector<StoryEvent>& events) {
  const std::string& src = witness.node_of(from);
  const std::string& dest = witness.node_of(to);
  const Operation* begun = witness.invocation_of(from.index);
  if (src == dest || begun == nullptr || !witness.has_messages()) return;
  const auto letters = witness.letters(src, dest, Witness::time_of(*begun), Witness::time_of(to));
  const auto lost = std::find_if(letters.begin(), letters.end(),
                                 [](const Letter& letter) { return letter.lost && !letter.received; });
  if (lost == letters.end()) return;
  events.push_back(
      {.at = lost->sent, .text = src + " sends to " + dest + ", " + fate_of(witness, *lost), .message = lost->id});
}

/// Whether an operation wrote a value to a key, with its place in a log or without.
bool writes(const Operation& operation, const Json& key, const Json& value) {
  const nlohmann::ordered_json micro_operations = check::to_details(operation.value);
  if (!micro_operations.is_array()) return false;
  return std::any_of(micro_operations.begin(), micro_operations.end(), [&](const nlohmann::ordered_json& each) {
    const bool is_write = each.is_array() && each.size() == 3 && each[0] != "r" && each[0] != "poll";
    if (!is_write) return false;
    const nlohmann::ordered_json wanted = check::to_details(value);
    const bool has_place = each[2].is_array() && each[2].size() == 2 && each[2][1] == wanted;
    return check::details_key(Json::from_valid(each[1].dump())) == check::details_key(key) &&
           (each[2] == wanted || has_place);
  });
}

/// Who wrote the values that an anomaly is about, where it does not name the operations, and the messages with them.
void tell_writes(const Witness& witness, const AnomalyExample& example, const std::vector<std::int64_t>& named,
                 std::vector<StoryEvent>& events) {
  const auto key = check::key_of(example);
  std::size_t told = 0;
  std::size_t told_values = 0;
  for (const Json& value : check::values_of(example)) {
    if (value.kind() == Json::Kind::array || ++told_values > told_letters_of_value) continue;
    for (const Operation& operation : witness.history()) {
      const bool is_named = std::find(named.begin(), named.end(), operation.index) != named.end();
      if (is_named || !key || !operation.is_client() || operation.type != check::Type::ok) continue;
      if (writes(operation, *key, value)) events.push_back(event_of(witness, operation, ""));
    }
    for (const Letter& letter : witness.letters_with(value, key)) {
      if (told++ >= told_letters_of_value) break;
      events.push_back({.at = letter.sent,
                        .text = letter.packet->src + " sends " + shown(value) + " to " + letter.packet->dest + ", " +
                                fate_of(witness, letter),
                        .message = letter.id});
    }
  }
}

Story story_of(const Witness& witness, const Anomaly& anomaly) {
  const AnomalyExample& example = anomaly.examples.front();
  Story story{.title = check::headline_of(anomaly)};
  const std::vector<std::int64_t> operations = check::operations_of(example);
  std::size_t number = 0;
  for (const std::int64_t index : operations) {
    const std::string name = example.cycle ? "T" + std::to_string(++number) : "";
    story.events.push_back(event_of(witness, witness.operation(index), name));
  }
  tell_writes(witness, example, operations, story.events);
  if (example.cycle) {
    const auto& transactions = example.cycle->transactions;
    for (std::size_t i = 0; i < transactions.size(); ++i) {
      if (example.cycle->steps[i].relation != "rw") continue;
      tell_losses(witness, transactions[(i + 1) % transactions.size()], transactions[i], story.events);
    }
  }
  sort_by_time(story.events);
  if (example.cycle) {
    for (const auto& step : example.cycle->steps) story.events.push_back({.text = step.words});
  }
  return story;
}

}  // namespace

std::vector<Story> stories_of_transactions(const Witness& witness, const check::Verdict& verdict) {
  std::vector<const Anomaly*> anomalies;
  if (const auto* found = verdict.found<check::TransactionsFinding>()) {
    for (const Anomaly& anomaly : found->anomalies) anomalies.push_back(&anomaly);
  }
  if (const auto* found = verdict.found<check::LogsFinding>()) {
    for (const auto& error : found->errors) {
      if (!error.is_tolerated) anomalies.push_back(&error.anomaly);
    }
  }
  std::erase_if(anomalies, [](const Anomaly* each) {
    const AnomalyExample& example = each->examples.front();
    return check::operations_of(example).empty() && check::values_of(example).empty();
  });
  // What takes few operations is the plainest.
  std::stable_sort(anomalies.begin(), anomalies.end(), [](const Anomaly* a, const Anomaly* b) {
    return check::operations_of(a->examples.front()).size() < check::operations_of(b->examples.front()).size();
  });
  std::vector<Story> stories;
  for (std::size_t i = 0; i < std::min(told_anomalies, anomalies.size()); ++i) {
    stories.push_back(story_of(witness, *anomalies[i]));
  }
  return stories;
}

}  // namespace mznode::story

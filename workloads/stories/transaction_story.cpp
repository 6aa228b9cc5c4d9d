#include <algorithm>
#include <utility>

#include "mznode/check/gloss.hpp"
#include "mznode/check/kafka/kafka.hpp"
#include "mznode/check/txn/anomalies.hpp"
#include "mznode/json/codec.hpp"
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

/// The elements of a list, as they are spelled; nothing of any other value.
std::vector<std::string_view> parts_of(std::string_view text) {
  std::vector<std::string_view> parts;
  if (text.starts_with('[')) codec::decode_array(text, [&](std::string_view part) { parts.push_back(part); });
  return parts;
}

/// Whether an operation wrote a value to a key, with its place in a log or without.
bool writes(const Operation& operation, const Json& key, const Json& value) {
  if (operation.f == "poll" || !may_have(operation.value.text(), value)) return false;
  bool is_found = false;
  for (const std::string_view micro_operation : parts_of(operation.value.text())) {
    const auto parts = parts_of(micro_operation);
    if (is_found || parts.size() != 3 || parts[0] == "\"r\"" || parts[0] == "\"poll\"") continue;
    const auto place_and_value = parts_of(parts[2]);
    const bool is_value = place_and_value.empty()
                              ? is_text_of(parts[2], value)
                              : place_and_value.size() == 2 && is_text_of(place_and_value[1], value);
    is_found = is_value && check::details_key(Json::from_valid(std::string(parts[1]))) == check::details_key(key);
  }
  return is_found;
}

/// The values that an anomaly is about; of lists that contradict each other the elements by which they first do.
std::vector<Json> contradicting_values(const AnomalyExample& example) {
  std::vector<Json> values = check::values_of(example);
  std::vector<std::vector<std::string_view>> lists;
  for (const Json& value : values) {
    if (value.kind() == Json::Kind::array) lists.push_back(parts_of(value.text()));
  }
  if (lists.size() != 2) return values;
  const std::size_t shorter = std::min(lists[0].size(), lists[1].size());
  for (std::size_t i = 0; i < shorter; ++i) {
    if (lists[0][i] == lists[1][i]) continue;
    return {Json::from_valid(std::string(lists[0][i])), Json::from_valid(std::string(lists[1][i]))};
  }
  return values;
}

/// Who wrote the values that an anomaly is about, where it does not name the operations, and the messages with them.
void tell_writes(const Witness& witness, const AnomalyExample& example, const std::vector<std::int64_t>& named,
                 std::vector<StoryEvent>& events) {
  const auto key = check::key_of(example);
  std::size_t told = 0;
  std::size_t told_values = 0;
  for (const Json& value : contradicting_values(example)) {
    if (value.kind() == Json::Kind::array || ++told_values > told_letters_of_value) continue;
    for (const Operation& operation : witness.history()) {
      if (!key || operation.type != check::Type::ok || !operation.is_client()) continue;
      const bool is_named = std::find(named.begin(), named.end(), operation.index) != named.end();
      if (!is_named && writes(operation, *key, value)) events.push_back(event_of(witness, operation, ""));
    }
    for (const Letter& letter : witness.letters_with(value, key, told_letters_of_value - told)) {
      ++told;
      events.push_back({.at = letter.sent,
                        .text = letter.packet->src + " sends " + shown(value) + " to " + letter.packet->dest + ", " +
                                fate_of(witness, letter),
                        .message = letter.id});
    }
  }
}

/// Of two transactions of which one saw a part of what the other one did, and missed the rest.
struct FracturedRead {
  const Operation* reader = nullptr;
  const Operation* writer = nullptr;
  const check::CycleExample::Step* seen = nullptr;
  const check::CycleExample::Step* missed = nullptr;
};

std::optional<FracturedRead> fractured_read(const AnomalyExample& example) {
  if (!example.cycle || example.cycle->transactions.size() != 2) return std::nullopt;
  const auto& [transactions, steps] = *example.cycle;
  for (std::size_t i = 0; i < 2; ++i) {
    const bool is_one = steps[i].relation == "rw" && steps[1 - i].relation == "wr";
    if (is_one) return FracturedRead{&transactions[i], &transactions[1 - i], &steps[1 - i], &steps[i]};
  }
  return std::nullopt;
}

/// What was seen and what was missed, and where the messages show it, why.
std::string words_of(const Witness& witness, const FracturedRead& read) {
  const auto& [reader, writer, seen, missed] = read;
  if (!seen->key || !seen->value || !missed->key || !missed->next_value) return "";
  const std::string& from = witness.node_of(*writer);
  const std::string& to = witness.node_of(*reader);
  std::string text = "read skew: " + to + " saw " + shown(*seen->value) + " of key " + shown(*seen->key) + " of what " +
                     from + " did, and missed " + shown(*missed->next_value) + " of key " + shown(*missed->key);
  const Operation* asked = witness.invocation_of(writer->index);
  if (from == to || asked == nullptr) return text;
  const Duration begun = Witness::time_of(*asked);
  const Duration answered = Witness::time_of(*reader);
  const auto letter_of = [&](const Json& value, const Json& key) -> std::optional<Letter> {
    for (const Letter& letter : witness.letters_with(value, key)) {
      const bool is_between = letter.packet->src == from && letter.packet->dest == to;
      if (is_between && letter.sent >= begun) return letter;
    }
    return std::nullopt;
  };
  const auto first = letter_of(*seen->value, *seen->key);
  const auto later = letter_of(*missed->next_value, *missed->key);
  const bool is_split = first && later && first->id != later->id && first->received && *first->received <= answered &&
                        !(later->received && *later->received < answered);
  if (is_split) text += ", which " + from + " had sent in a message of its own";
  if (is_split && later->lost && !later->received) text += " that was lost";
  if (is_split && later->received && *later->received > answered) text += " that came later";
  return text;
}

/// What a cycle means, where it has a name; what happened, of others.
std::string title_of(const Witness& witness, const Anomaly& anomaly) {
  const AnomalyExample& example = anomaly.examples.front();
  std::string plain = example.cycle ? check::gloss(anomaly.name) : "";
  if (plain.empty()) return check::headline_of(anomaly);
  if (const auto read = fractured_read(example)) {
    if (std::string words = words_of(witness, *read); !words.empty()) plain = std::move(words);
  }
  if (example.cycle->transactions.size() == 2) {
    for (std::size_t i = 0; i < 2; ++i) {
      const Operation& reader = example.cycle->transactions[i];
      const Operation& writer = example.cycle->transactions[1 - i];
      const bool is_stale =
          example.cycle->steps[i].relation == "rw" && example.cycle->steps[1 - i].relation == "realtime";
      if (!is_stale) continue;
      plain = "stale read: " + witness.node_of(reader) + " misses what " + witness.node_of(writer) +
              " had acknowledged before it was asked";
    }
  }
  return anomaly.name + (anomaly.count > 1 ? ", one of " + std::to_string(anomaly.count) : "") + ": " + plain;
}

/// The nodes that were killed between the first and the last of what a story tells.
void tell_deaths(const Witness& witness, Story& story) {
  Duration from = Duration::max();
  Duration to = Duration::min();
  for (const StoryEvent& event : story.events) {
    if (!event.at || !event.operation) continue;
    from = std::min(from, *event.at);
    to = std::max(to, *event.at);
  }
  std::string killed;
  for (const std::string& node : witness.nodes()) {
    const auto deaths = witness.deaths(node, from, to);
    if (!deaths.empty()) killed += (killed.empty() ? "" : ", ") + node;
    story.events.insert(story.events.end(), deaths.begin(), deaths.end());
  }
  if (!killed.empty()) story.title += "; killed meanwhile: " + killed;
}

/// Where one of the operations that are told wrote over what another one had written to a key of a service.
void tell_overwrites(const Witness& witness, Story& story) {
  struct Span {
    std::string node;
    Duration from;
    Duration to;
    bool holds(const ServiceCall& call) const { return call.node == node && call.asked >= from && call.asked <= to; }
  };
  std::vector<Span> spans;
  for (const StoryEvent& event : story.events) {
    if (!event.operation) continue;
    const Operation& completion = witness.operation(*event.operation);
    const Operation* asked = witness.invocation_of(*event.operation);
    if (asked == nullptr) continue;
    spans.push_back({witness.node_of(completion), Witness::time_of(*asked), Witness::time_of(completion)});
  }
  const std::vector<Overwrite>& all = witness.overwrites();
  const auto found = std::find_if(all.begin(), all.end(), [&](const Overwrite& each) {
    return std::any_of(spans.begin(), spans.end(), [&](const Span& writer) {
      const auto loses = [&](const Span& span) { return &span != &writer && span.holds(*each.lost); };
      return writer.holds(*each.write) && std::any_of(spans.begin(), spans.end(), loses);
    });
  });
  if (found == all.end()) return;
  story.title += "; " + words_of(*found, 1);
  tell(*found, story.events);
}

/// Where a node acknowledged a value though nobody whom it had asked with it had answered by then.
void tell_unanswered(const Witness& witness, const AnomalyExample& example, Story& story) {
  const auto key = check::key_of(example);
  if (!key) return;
  for (const Json& value : contradicting_values(example)) {
    if (value.kind() == Json::Kind::array) continue;
    for (const StoryEvent& event : story.events) {
      if (!event.operation) continue;
      const Operation& ended = witness.operation(*event.operation);
      const Operation* asked = witness.invocation_of(ended.index);
      if (asked == nullptr || ended.type != check::Type::ok || !writes(ended, *key, value)) continue;
      const Duration acknowledged = Witness::time_of(ended);
      const std::vector<Letter> requests = witness.requests_with(
          value, *key, {.src = witness.node_of(ended), .from = Witness::time_of(*asked), .to = acknowledged});
      if (requests.empty()) continue;
      const auto is_answered = [&](const Letter& letter) {
        const auto answer = witness.answer_to(letter);
        return answer && answer->received && *answer->received <= acknowledged;
      };
      if (std::any_of(requests.begin(), requests.end(), is_answered)) continue;
      const Letter& request = requests.back();
      const auto answer = witness.answer_to(request);
      const std::string& dest = request.packet->dest;
      const Letter& missed = request.received && answer ? *answer : request;
      story.events.push_back({.at = request.sent,
                              .text = request.packet->src + " asks " + dest + " with it, " + fate_of(witness, request),
                              .message = request.id});
      if (answer) {
        story.events.push_back(
            {.at = answer->sent, .text = dest + " answers, " + fate_of(witness, *answer), .message = answer->id});
      }
      const bool is_lost = missed.lost && !missed.received;
      const std::string why = is_lost ? witness.why_lost(missed) : "";
      story.title += "; " + request.packet->src + " acknowledged " + shown(value) + " without " + dest + "'s answer" +
                     (is_lost ? ": " + std::string(&missed == &request ? "its request" : "that") + " was lost" : "") +
                     (why.empty() ? "" : " (" + why + ")");
      return;
    }
  }
}

Story story_of(const Witness& witness, const Anomaly& anomaly) {
  const AnomalyExample& example = anomaly.examples.front();
  Story story{.title = title_of(witness, anomaly)};
  const std::vector<std::int64_t> operations = check::operations_of(example);
  std::size_t number = 0;
  for (const std::int64_t index : operations) {
    const std::string name = example.cycle ? "T" + std::to_string(++number) : "";
    story.events.push_back(event_of(witness, witness.operation(index), name));
  }
  tell_writes(witness, example, operations, story.events);
  tell_overwrites(witness, story);
  tell_unanswered(witness, example, story);
  tell_deaths(witness, story);
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
  // What takes few operations is the plainest, and a cycle never is; but models that let updates be lost, such as read
  // atomic, forbid that a part of a transaction is seen.
  const auto plainness = [](const Anomaly* each) {
    const AnomalyExample& example = each->examples.front();
    const int rank = fractured_read(example) ? 1 : example.cycle ? 3 : each->name == "lost-update" ? 2 : 0;
    return std::pair(rank, check::operations_of(example).size());
  };
  std::stable_sort(anomalies.begin(), anomalies.end(),
                   [&](const Anomaly* a, const Anomaly* b) { return plainness(a) < plainness(b); });
  std::vector<Story> stories;
  for (std::size_t i = 0; i < std::min(told_anomalies, anomalies.size()); ++i) {
    stories.push_back(story_of(witness, *anomalies[i]));
  }
  return stories;
}

}  // namespace mznode::story

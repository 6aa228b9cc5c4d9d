#include <algorithm>
#include <map>

#include "mznode/check/linearizable.hpp"
#include "mznode/json/codec.hpp"
#include "mznode/json/error.hpp"
#include "mznode/sim/error_words.hpp"
#include "stories/witness.hpp"

namespace mznode::story {
namespace {

using check::Contradiction;
using check::Operation;

/// How many operations a story has at most; those nearest to what cannot be explained are kept.
constexpr std::size_t told_operations = 8;

bool is_of_key(const Operation& operation, const Json& key) {
  try {
    return from_json<std::pair<Json, Json>>(operation.value).first == key;
  } catch (const Error&) {
    return false;
  }
}

const Operation& at(const Witness& witness, std::int64_t index) {
  return witness.operation(index);
}

StoryEvent event_of(const Witness& witness, const Contradiction::Member& member) {
  const Operation& asked = at(witness, member.operation);
  const Operation* answered = witness.completion_of(member.operation);
  const std::string& node = witness.node_of(asked);
  std::string text = node + " is asked: " + member.text;
  if (member.completion && answered != nullptr) {
    text += ", and answers at " + seconds(Witness::time_of(*answered));
  } else {
    text += ", and the client never learns whether it took effect";
  }
  return {.at = Witness::time_of(asked), .text = text, .operation = member.operation};
}

/// The last operation in the longest order that was over before the one that cannot be explained began: what that one
/// should have known of.
const Contradiction::Member* unheard_of(const Contradiction& contradiction, const Contradiction::Member& stuck) {
  for (auto step = contradiction.linearization.rbegin(); step != contradiction.linearization.rend(); ++step) {
    for (const Contradiction::Member& member : contradiction.operations) {
      const bool is_before = member.completion && *member.completion < stuck.operation;
      if (member.operation == step->operation && is_before && !member.text.starts_with("read")) return &member;
    }
  }
  return nullptr;
}

/// What passed between the node that did something and the one that knows nothing of it.
StoryEvent word_between(const Witness& witness, const Contradiction::Member& known,
                        const Contradiction::Member& stuck) {
  const Operation& begun = at(witness, known.operation);
  const Operation& ended = at(witness, stuck.completion.value_or(stuck.operation));
  const std::string& from = witness.node_of(begun);
  const std::string& to = witness.node_of(at(witness, stuck.operation));
  if (from == to) return {.text = from + " answered both: it knew of " + known.text};
  if (!witness.has_messages()) return {};
  const auto letters = witness.letters(from, to, Witness::time_of(begun), Witness::time_of(ended));
  const auto is_heard = [&](const Letter& letter) {
    return letter.received && *letter.received <= Witness::time_of(ended);
  };
  const auto heard = std::count_if(letters.begin(), letters.end(), is_heard);
  const auto lost = std::find_if(letters.begin(), letters.end(),
                                 [](const Letter& letter) { return letter.lost && !letter.received; });
  const std::string span = " between " + seconds(Witness::time_of(begun)) + " and " + seconds(Witness::time_of(ended));
  if (letters.empty()) return {.text = from + " sent no message to " + to + span};
  if (lost != letters.end() && heard == 0) {
    const std::string why = witness.why_lost(*lost);
    return {.at = lost->sent,
            .text = (letters.size() == 1 ? std::string("the only message")
                                         : "none of the " + std::to_string(letters.size()) + " messages") +
                    " from " + from + (letters.size() == 1 ? " did not reach " : " reached ") + to + span +
                    (why.empty() ? "" : ": " + why),
            .message = lost->id};
  }
  const auto last = std::find_if(letters.rbegin(), letters.rend(), is_heard);
  if (last == letters.rend()) return {.text = "no message from " + from + " had reached " + to + span};
  return {.at = last->received,
          .text = to + " had heard from " + from + " since (" + std::to_string(heard) + " messages, the last one here)",
          .message = last->id};
}

/// Of a key, what was asked until an operation completed, but for the completion of one that failed: whether that one
/// took effect is open.
check::History with_open(const Witness& witness, const Json& key, std::int64_t until, const Operation& failed) {
  constexpr std::int64_t nobody_else = std::int64_t{1} << 40;
  const Operation* asked = witness.invocation_of(failed.index);
  check::History history;
  for (const Operation& operation : witness.history()) {
    if (operation.index > until) break;
    if (!operation.is_client() || operation.index == failed.index || !is_of_key(operation, key)) continue;
    history.push_back(operation);
    if (&operation == asked) history.back().process = nobody_else;
  }
  return history;
}

/// What a read or a compare-and-set finds in its register.
Json seen_by(const Operation& operation) {
  Json value = from_json<std::pair<Json, Json>>(operation.value).second;
  return operation.f == "cas" ? from_json<std::pair<Json, Json>>(value).first : value;
}

/// What a write or a compare-and-set leaves in its register.
Json written_by(const Operation& operation) {
  Json value = from_json<std::pair<Json, Json>>(operation.value).second;
  return operation.f == "cas" ? from_json<std::pair<Json, Json>>(value).second : value;
}

/// An operation that failed, where there would be an order had it taken effect, and which would have written what was
/// seen: the nearest to what cannot be explained, of a few.
const Operation* failed_that_explains(const Witness& witness, const Json& key, const Operation& stuck) {
  constexpr std::size_t tried = 24;
  constexpr std::uint64_t most_steps = 1'000'000;
  check::CheckOptions options;
  options.strict_null_reads = true;
  options.explain = false;
  options.limits.steps = most_steps;
  std::size_t count = 0;
  const check::History& history = witness.history();
  for (auto each = history.rbegin(); each != history.rend() && count < tried; ++each) {
    const bool is_failed = each->index < stuck.index && each->is_client() && each->type == check::Type::fail;
    if (!is_failed || each->f == "read" || !is_of_key(*each, key) || written_by(*each) != seen_by(stuck)) continue;
    ++count;
    const check::History open = with_open(witness, key, stuck.index, *each);
    if (check::check_lin_kv(open, options).valid == check::Valid::yes) return &*each;
  }
  return nullptr;
}

/// The same for each key that is invalid, of a few. By chance there may be one for some key: nothing is said unless
/// there is one for each.
std::map<Json, const Operation*> failed_that_explain(const Witness& witness, const check::RegistersFinding& found) {
  constexpr std::size_t tried = 5;
  std::map<Json, const Operation*> failed;
  for (const auto& [key, judged] : found.registers) {
    const auto* of_key = judged.found<check::RegisterFinding>();
    if (judged.valid != check::Valid::no || of_key == nullptr || !of_key->op || failed.size() == tried) continue;
    const Operation* operation = failed_that_explains(witness, key, *of_key->op);
    if (operation == nullptr) return {};
    failed[key] = operation;
  }
  return failed;
}

/// "cas from 2 to 3, which n1 answered with error 22 …".
std::string words_of(const Witness& witness, const Operation& failed) {
  const auto value = from_json<std::pair<Json, Json>>(failed.value).second;
  std::string text = failed.f + " " + shown(value);
  if (failed.f == "cas") {
    const auto [from, to] = from_json<std::pair<Json, Json>>(value);
    text = "cas from " + shown(from) + " to " + shown(to);
  }
  const std::string error = failed.error ? sim::error_words(*failed.error) : "";
  return text + ", which " + witness.node_of(failed) + " refused" + (error.empty() ? "" : " with " + error);
}

Story story_of(const Witness& witness, const Contradiction& contradiction, const std::string& object,
               const Operation* failed) {
  Story story;
  const auto stuck = std::find_if(contradiction.operations.begin(), contradiction.operations.end(),
                                  [&](const auto& member) { return member.operation == contradiction.stuck; });
  if (stuck == contradiction.operations.end()) return story;
  story.title = object + ": " + stuck->text + ", which " + witness.node_of(at(witness, stuck->operation)) +
                " answered, fits no order";
  std::vector<const Contradiction::Member*> told;
  for (const auto& member : contradiction.operations) {
    if (member.is_required || member.operation == stuck->operation) told.push_back(&member);
  }
  if (told.size() > told_operations) told.erase(told.begin(), told.end() - told_operations);
  for (const auto* member : told) story.events.push_back(event_of(witness, *member));
  if (const auto* known = unheard_of(contradiction, *stuck)) {
    const std::string& knew = witness.node_of(at(witness, known->operation));
    if (failed == nullptr) story.title += "; before it began, " + knew + " had answered " + known->text;
    StoryEvent word = word_between(witness, *known, *stuck);
    if (!word.text.empty()) story.events.push_back(std::move(word));
  }
  if (failed != nullptr) {
    const std::string words = words_of(witness, *failed);
    story.title += " but one in which " + words + ", took effect";
    story.events.push_back({.at = Witness::time_of(*failed), .text = words, .operation = failed->index});
  }
  sort_by_time(story.events);
  for (const auto& blocked : contradiction.blocked) {
    if (blocked.operation != stuck->operation) continue;
    story.events.push_back({.text = stuck->text + " " + blocked.reason});
  }
  return story;
}

}  // namespace

std::vector<Story> stories_of_registers(const Witness& witness, const check::Verdict& verdict) {
  std::vector<Story> stories;
  const auto add = [&](const check::Verdict& judged, const std::string& object, const Operation* failed) {
    const auto* found = judged.found<check::RegisterFinding>();
    if (found == nullptr || !found->contradiction) return;
    Story story = story_of(witness, *found->contradiction, object, failed);
    if (!story.events.empty()) stories.push_back(std::move(story));
  };
  add(verdict, "the register", nullptr);
  if (const auto* registers = verdict.found<check::RegistersFinding>()) {
    const auto failed = failed_that_explain(witness, *registers);
    for (const auto& [key, judged] : registers->registers) {
      const auto of_key = failed.find(key);
      add(judged, "key " + shown(key), of_key == failed.end() ? nullptr : of_key->second);
    }
  }
  return stories;
}

}  // namespace mznode::story

#include <algorithm>

#include "mznode/check/linearizable.hpp"
#include "stories/witness.hpp"

namespace mznode::story {
namespace {

using check::Contradiction;
using check::Operation;

/// How many operations a story has at most; those nearest to what cannot be explained are kept.
constexpr std::size_t told_operations = 8;

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

Story story_of(const Witness& witness, const Contradiction& contradiction, const std::string& object) {
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
    story.title += "; before it began, " + knew + " had answered " + known->text;
    StoryEvent word = word_between(witness, *known, *stuck);
    if (!word.text.empty()) story.events.push_back(std::move(word));
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
  const auto add = [&](const check::Verdict& judged, const std::string& object) {
    const auto* found = judged.found<check::RegisterFinding>();
    if (found == nullptr || !found->contradiction) return;
    Story story = story_of(witness, *found->contradiction, object);
    if (!story.events.empty()) stories.push_back(std::move(story));
  };
  add(verdict, "the register");
  if (const auto* registers = verdict.found<check::RegistersFinding>()) {
    for (const auto& [key, judged] : registers->registers) add(judged, "key " + shown(key));
  }
  return stories;
}

}  // namespace mznode::story

#include <algorithm>
#include <map>

#include "counted.hpp"
#include "mznode/check/set_full.hpp"
#include "stories/witness.hpp"

namespace mznode::story {
namespace {

using check::Operation;
using check::Type;

/// How many nodes that lack an element are told about, and how many of the messages to each.
constexpr std::size_t told_nodes = 2;
constexpr std::size_t told_letters_to_a_node = 3;
/// How many events a story of a double has before the read that shows it.
constexpr std::size_t told_hearings = 6;

StoryEvent about(const Operation& operation, const std::string& text) {
  return {.at = Witness::time_of(operation), .text = text, .operation = operation.index};
}

/// The last read that each node answered, of those that began after `known`.
std::map<std::string, const Operation*> last_reads(const Witness& witness, Duration known) {
  std::map<std::string, const Operation*> reads;
  for (const Operation& operation : witness.history()) {
    if (!operation.is_client() || operation.type != Type::ok || operation.f != "read") continue;
    const Operation* asked = witness.invocation_of(operation.index);
    if (asked != nullptr && Witness::time_of(*asked) >= known) reads[witness.node_of(operation)] = &operation;
  }
  return reads;
}

/// How an element came to be known: its acknowledged add, or the first read that shows it.
struct Beginning {
  const Operation* operation = nullptr;
  std::string text;
};

Beginning beginning_of(const Witness& witness, const Json& element) {
  for (const Operation& operation : witness.history()) {
    if (!operation.is_client() || operation.type != Type::ok) continue;
    const std::string& node = witness.node_of(operation);
    if (operation.f == "read") {
      if (!holds(operation.value, element)) continue;
      return {&operation, node + " answers a read with " + shown(element) + " in it"};
    }
    const Operation* asked = witness.invocation_of(operation.index);
    if (asked == nullptr || asked->value != element) continue;
    return {&operation, node + " acknowledges " + operation.f + " " + shown(element)};
  }
  return {};
}

/// The messages that would have told a node of an element.
void tell_letters(const Witness& witness, const Json& element, const std::string& node,
                  const std::vector<Letter>& carrying, std::vector<StoryEvent>& events) {
  std::vector<Letter> to_node;
  for (const Letter& letter : carrying) {
    if (letter.packet->dest == node) to_node.push_back(letter);
  }
  if (!witness.has_messages()) return;
  if (carrying.empty()) {
    const bool is_sure = !witness.may_carry_unseen(element, {});
    events.push_back({.text = is_sure ? "no message between nodes shows " + shown(element)
                                      : shown(element) + " stands in no message where others of the kind do"});
    return;
  }
  if (to_node.empty()) {
    const bool is_sure = !witness.may_carry_unseen(element, {.dest = node});
    events.push_back(
        {.text = "nobody " + std::string(is_sure ? "sends " : "is seen to send ") + shown(element) + " to " + node});
    return;
  }
  for (std::size_t i = 0; i < to_node.size(); ++i) {
    const bool is_told = i + 1 < told_letters_to_a_node || i + 1 == to_node.size();
    if (!is_told) {
      if (i + 1 == told_letters_to_a_node) {
        events.push_back({.at = to_node[i].sent,
                          .text = "… and " + counted(to_node.size() - told_letters_to_a_node, "more message") +
                                  " with it to " + node});
      }
      continue;
    }
    const Letter& letter = to_node[i];
    events.push_back({.at = letter.sent,
                      .text = letter.packet->src + " sends it to " + node + ", " + fate_of(witness, letter),
                      .message = letter.id});
  }
  const bool has_arrived =
      std::any_of(to_node.begin(), to_node.end(), [](const Letter& each) { return each.received; });
  if (!has_arrived) {
    events.push_back(
        {.at = to_node.back().lost.value_or(to_node.back().sent), .text = "nobody sends it to " + node + " again"});
  }
}

/// What became of an element that a node had and that its death took: whether it had told anybody, and who told it
/// when it was back. Begins with ", ".
std::string after_death(const Witness& witness, const Json& element, const std::string& node,
                        const std::vector<Letter>& carrying, const std::vector<std::string>& having, Duration known,
                        const std::vector<StoryEvent>& deaths) {
  std::string text = ", and was killed later";
  if (!witness.has_messages()) return text;
  const Duration died = deaths.front().at.value_or(Duration::zero());
  const auto has_told = [&](const Letter& letter) { return letter.packet->src == node && letter.sent <= died; };
  const bool has_heard_or_told = std::any_of(carrying.begin(), carrying.end(), [&](const Letter& letter) {
    return has_told(letter) || letter.packet->dest == node;
  });
  if (!has_heard_or_told) {
    const bool is_sure = !witness.may_carry_unseen(element, {.src = node, .from = known, .to = died});
    return text + (is_sure ? ", before it had told anybody" : "");
  }
  // It lacks what nobody told it after its last beginning.
  const Duration last_death = deaths.back().at.value_or(died);
  const auto is_told_anew = [&](const Letter& letter) {
    return letter.packet->dest == node && (letter.received ? *letter.received : letter.sent) >= last_death;
  };
  if (having.empty() || std::any_of(carrying.begin(), carrying.end(), is_told_anew)) return text;
  if (witness.may_carry_unseen(element, {.dest = node, .from = last_death})) return text;
  std::string names;
  for (const std::string& each : having) names += (names.empty() ? "" : ", ") + each;
  return text + "; " + names + (having.size() == 1 ? ", which has it, has" : ", which have it, have") + " sent it to " +
         node + " no more";
}

/// Why a node lacks an element, as far as the run shows it; empty where it does not. `having` are the nodes whose last
/// reads show it.
std::string cause_of(const Witness& witness, const Json& element, const Beginning& beginning, const std::string& node,
                     const std::vector<Letter>& carrying, const std::vector<std::string>& having, Duration until) {
  const Duration known = Witness::time_of(*beginning.operation);
  const auto deaths = witness.deaths(node, known, until);
  const std::string death = deaths.empty() ? "" : after_death(witness, element, node, carrying, having, known, deaths);
  if (node == witness.node_of(*beginning.operation)) {
    return node + " itself had " + (beginning.operation->f == "read" ? "shown" : "acknowledged") + " it" + death;
  }
  if (!witness.has_messages()) return {};
  std::size_t count = 0;
  const Letter* arrived = nullptr;
  const Letter* last = nullptr;
  for (const Letter& letter : carrying) {
    if (letter.packet->dest != node) continue;
    ++count;
    last = &letter;
    if (letter.received && arrived == nullptr) arrived = &letter;
  }
  if (count == 0) {
    return witness.may_carry_unseen(element, {.dest = node}) ? "" : "no message told " + node + " of it";
  }
  if (arrived != nullptr) return node + " had heard of it from " + arrived->packet->src + death;
  const std::string why = witness.why_lost(*last);
  return (count == 1 ? "the only message with it to " + node + " was lost"
                     : "all " + std::to_string(count) + " messages with it to " + node + " were lost") +
         (why.empty() ? "" : ": " + why);
}

/// The lost element that is told about: the first, of a few, that some node has in the end. What nobody has may have
/// gone with all who knew it, which says little of how nodes tell each other.
const Json& told_of(const Witness& witness, const std::vector<Json>& lost) {
  constexpr std::size_t tried = 100;
  const auto reads = last_reads(witness, Duration::zero());
  for (std::size_t i = 0; i < std::min(tried, lost.size()); ++i) {
    const auto has = [&](const auto& each) { return holds(each.second->value, lost[i]); };
    if (std::any_of(reads.begin(), reads.end(), has)) return lost[i];
  }
  return lost.front();
}

Story story_of_loss(const Witness& witness, const check::SetFinding& found) {
  const Json& element = told_of(witness, found.lost);
  Story story;
  const Beginning beginning = beginning_of(witness, element);
  if (beginning.operation == nullptr) return story;
  const Duration known = Witness::time_of(*beginning.operation);
  story.events.push_back(about(*beginning.operation, beginning.text));
  const std::vector<Letter> carrying = witness.letters_with(element);
  std::string lacking;
  std::string cause;
  std::size_t lacking_count = 0;
  const auto reads = last_reads(witness, known);
  std::vector<std::string> having;
  for (const auto& [node, read] : reads) {
    if (holds(read->value, element)) having.push_back(node);
  }
  for (const auto& [node, read] : reads) {
    if (holds(read->value, element)) continue;
    lacking += (lacking.empty() ? "" : ", ") + node;
    // Of the node that the title names first, or of the one that had it and lacks it now.
    if (lacking_count == 0 || node == witness.node_of(*beginning.operation)) {
      cause = cause_of(witness, element, beginning, node, carrying, having, Witness::time_of(*read));
    }
    if (++lacking_count > told_nodes) continue;
    if (node != witness.node_of(*beginning.operation)) tell_letters(witness, element, node, carrying, story.events);
    const auto deaths = witness.deaths(node, known, Witness::time_of(*read));
    story.events.insert(story.events.end(), deaths.begin(), deaths.end());
    story.events.push_back(about(*read, "the last read of " + node + " lacks it"));
  }
  const std::size_t others = found.lost.size() - 1;
  story.title = shown(element) + " is lost" + (lacking.empty() ? "" : ": the last reads of " + lacking + " lack it") +
                (others > 0 ? " (and " + counted(others, "other element") + " likewise)" : "") +
                (cause.empty() ? "" : "; " + cause);
  sort_by_time(story.events);
  return story;
}

/// The messages with an element that had reached a node when it answered a read.
std::vector<Letter> heard_before(const Witness& witness, const Json& element, const Operation& read) {
  std::vector<Letter> letters = witness.letters_with(element);
  std::erase_if(letters, [&](const Letter& letter) {
    return letter.packet->dest != witness.node_of(read) || !letter.received ||
           *letter.received > Witness::time_of(read);
  });
  return letters;
}

std::size_t arrivals_of(const std::vector<Letter>& letters) {
  std::size_t count = 0;
  for (const Letter& letter : letters) count += letter.arrivals;
  return count;
}

/// Whether a read shows an element once that its node had heard of several times: it does not keep all that arrives. A
/// few are looked at.
bool tells_others_apart(const Witness& witness, const nlohmann::ordered_json& list, const Operation& read) {
  constexpr std::size_t tried = 10;
  for (std::size_t i = 0; i < std::min(tried, list.size()); ++i) {
    if (std::count(list.begin(), list.end(), list[i]) > 1) continue;
    if (arrivals_of(heard_before(witness, Json::parse(list[i].dump()), read)) > 1) return true;
  }
  return false;
}

Story story_of_double(const Witness& witness, const Json& element, std::size_t times) {
  Story story{.title = "a read shows " + shown(element) + " " + std::to_string(times) + " times"};
  const Beginning beginning = beginning_of(witness, element);
  for (const Operation& operation : witness.history()) {
    if (!operation.is_client() || operation.f == "read" || operation.value != element) continue;
    const std::string& node = witness.node_of(operation);
    if (operation.type == Type::invoke) {
      story.events.push_back(about(operation, node + " is asked for " + operation.f + " " + shown(element)));
    } else if (operation.type != Type::ok) {
      story.events.push_back(about(operation, "the client does not know whether it took effect"));
    }
  }
  if (beginning.operation != nullptr) story.events.push_back(about(*beginning.operation, beginning.text));
  for (const Operation& operation : witness.history()) {
    if (!operation.is_client() || operation.type != Type::ok || operation.f != "read") continue;
    if (!holds(operation.value, element)) continue;
    const nlohmann::ordered_json list = check::to_details(operation.value);
    const auto shows = std::count(list.begin(), list.end(), check::to_details(element));
    if (static_cast<std::size_t>(shows) < times) continue;
    const std::string& node = witness.node_of(operation);
    const std::vector<Letter> heard = heard_before(witness, element, operation);
    for (const Letter& letter : heard) {
      if (story.events.size() > told_hearings) break;
      story.events.push_back(
          {.at = letter.received, .text = node + " hears of it from " + letter.packet->src, .message = letter.id});
    }
    if (const std::size_t count = arrivals_of(heard); count > 1 && !tells_others_apart(witness, list, operation)) {
      story.title += "; " + node + " had heard of it " + std::to_string(count) + " times";
    }
    story.events.push_back(about(operation, node + " answers a read with " + std::to_string(shows) + " of it"));
    break;
  }
  sort_by_time(story.events);
  return story;
}

Story story_of_invention(const Witness& witness, const Json& element) {
  Story story{.title = "a read shows " + shown(element) + ", which nobody had added"};
  for (const Operation& operation : witness.history()) {
    if (!operation.is_client() || operation.type != Type::ok || operation.f != "read") continue;
    if (!holds(operation.value, element)) continue;
    story.events.push_back(
        about(operation, witness.node_of(operation) + " answers a read with " + shown(element) + " in it"));
    break;
  }
  return story;
}

}  // namespace

std::optional<Story> story_of_set(const Witness& witness, const check::Verdict& verdict) {
  const auto* found = verdict.found<check::SetFinding>();
  if (found == nullptr) return std::nullopt;
  if (!found->unexpected.empty()) return story_of_invention(witness, found->unexpected.front());
  if (!found->lost.empty()) return story_of_loss(witness, *found);
  if (!found->duplicated.empty()) {
    return story_of_double(witness, found->duplicated.front().first, found->duplicated.front().second);
  }
  return std::nullopt;
}

}  // namespace mznode::story

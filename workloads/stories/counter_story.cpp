#include <algorithm>
#include <cstdlib>
#include <map>
#include <unordered_map>

#include "counted.hpp"
#include "mznode/check/pn_counter.hpp"
#include "stories/witness.hpp"

namespace mznode::story {
namespace {

using check::Operation;
using check::Type;

/// What a node acknowledged.
struct Added {
  std::int64_t sum = 0;
  std::vector<const Operation*> adds = {};
  bool has_negative = false;

  void add(const Operation& operation) {
    const std::int64_t delta = operation.value.as_int().value_or(0);
    adds.push_back(&operation);
    sum += delta;
    has_negative = has_negative || delta < 0;
  }
};

std::string sums_text(const std::vector<check::PnCounterFinding::Range>& acceptable) {
  constexpr std::size_t told = 4;
  std::string text;
  for (std::size_t i = 0; i < std::min(told, acceptable.size()); ++i) {
    const auto& [lower, upper] = acceptable[i];
    text += (text.empty() ? "" : ", ") + std::to_string(lower);
    if (upper != lower) text += " to " + std::to_string(upper);
  }
  return text + (acceptable.size() > told ? ", …" : "");
}

/// The distance from the nearest sum that would have been right: negative when something is missing.
std::int64_t missed_by(std::int64_t value, const std::vector<check::PnCounterFinding::Range>& acceptable) {
  std::optional<std::int64_t> nearest;
  for (const auto& [lower, upper] : acceptable) {
    const std::int64_t distance = value < lower ? value - lower : value - upper;
    if (!nearest || std::abs(distance) < std::abs(*nearest)) nearest = distance;
  }
  return nearest.value_or(0);
}

/// The last adds of a node that make up a difference; nothing where none do. Where some are negative, many sums are the
/// same, and it says something of a few only.
std::optional<std::size_t> last_adds(const Added& added, std::int64_t difference) {
  constexpr std::size_t most_signed = 3;
  std::int64_t sum = 0;
  for (std::size_t i = added.adds.size(); i > 0; --i) {
    if (added.has_negative && added.adds.size() - i == most_signed) break;
    sum += added.adds[i - 1]->value.as_int().value_or(0);
    if (sum == difference) return added.adds.size() - i + 1;
  }
  return std::nullopt;
}

/// What was lost of all that one node sent to another.
void tell_losses(const Witness& witness, const std::string& from, const std::string& to, Duration until,
                 std::vector<StoryEvent>& events) {
  const auto letters = witness.letters(from, to, Duration::min(), until);
  const auto is_lost = [](const Letter& letter) { return letter.lost && !letter.received; };
  const auto lost = std::count_if(letters.begin(), letters.end(), is_lost);
  if (lost == 0) {
    if (witness.has_messages() && letters.empty()) events.push_back({.text = from + " sent no message to " + to});
    return;
  }
  const auto last = std::find_if(letters.rbegin(), letters.rend(), is_lost);
  const std::string why = witness.why_lost(*last);
  events.push_back({.at = last->sent,
                    .text = std::to_string(lost) + " of " + std::to_string(letters.size()) + " messages from " + from +
                            " to " + to + " were lost, the last one here" + (why.empty() ? "" : ": " + why),
                    .message = last->id});
}

bool is_acceptable(std::int64_t value, const std::vector<check::PnCounterFinding::Range>& acceptable) {
  return std::any_of(acceptable.begin(), acceptable.end(),
                     [&](const auto& range) { return value >= range.lower && value <= range.upper; });
}

/// A message may have any number: sums that go beyond what fits go on from the other end, and are no explanation.
std::int64_t plus(std::int64_t one, std::int64_t other) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(one) + static_cast<std::uint64_t>(other));
}
std::int64_t minus(std::int64_t one, std::int64_t other) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(one) - static_cast<std::uint64_t>(other));
}

/// What came to a node more than once, and what never came, of messages that carry one number each.
struct Deliveries {
  std::size_t repeated = 0;
  std::int64_t repeated_sum = 0;
  /// Who sent what had arrived, and whether the network delivered a message twice.
  std::string senders;
  bool has_copies = false;
  std::size_t lost = 0;
  std::int64_t lost_sum = 0;
  std::string why_lost;
  /// The first that was sent again, and that again.
  std::optional<std::pair<Letter, Letter>> example;
};

Deliveries deliveries_to(const Witness& witness, const std::string& node, Duration until) {
  Deliveries all;
  for (const std::string& other : witness.nodes()) {
    struct Same {
      std::int64_t number = 0;
      std::vector<Letter> letters = {};
    };
    std::unordered_map<std::string, std::size_t> by_content;
    std::vector<Same> sent;
    if (other == node) continue;
    for (const Letter& letter : witness.letters(other, node, Duration::min(), until)) {
      const std::vector<Json> values = witness.values_in(letter);
      if (values.size() != 1) continue;
      const auto [found, is_new] = by_content.try_emplace(content_of(letter), sent.size());
      if (is_new) sent.push_back({.number = values.front().as_int().value_or(0)});
      sent[found->second].letters.push_back(letter);
    }
    const Letter* last_lost = nullptr;
    bool has_sent_again = false;
    for (const auto& [number, letters] : sent) {
      const Letter* first = nullptr;
      std::size_t arrivals = 0;
      for (const Letter& letter : letters) {
        if (!letter.received || *letter.received > until) continue;
        arrivals += letter.arrivals;
        all.has_copies = all.has_copies || letter.arrivals > 1;
        if (first != nullptr) has_sent_again = true;
        if (first != nullptr && !all.example) all.example.emplace(*first, letter);
        if (first == nullptr) first = &letter;
      }
      if (arrivals > 1) {
        all.repeated += arrivals - 1;
        for (std::size_t i = 1; i < arrivals; ++i) all.repeated_sum = plus(all.repeated_sum, number);
      } else if (arrivals == 0) {
        ++all.lost;
        all.lost_sum = plus(all.lost_sum, number);
        last_lost = &letters.back();
      }
    }
    if (last_lost != nullptr) all.why_lost = witness.why_lost(*last_lost);
    if (has_sent_again) all.senders += (all.senders.empty() ? "" : ", ") + other;
  }
  return all;
}

/// Where the numbers in messages that came again, or never came, are what a sum is wrong by: that, beginning with "; ".
std::string told_by_numbers(const Witness& witness, const std::string& node, std::int64_t value, Duration until,
                            const std::vector<check::PnCounterFinding::Range>& acceptable,
                            std::vector<StoryEvent>& events) {
  const Deliveries all = deliveries_to(witness, node, until);
  const bool is_repeated = is_acceptable(minus(value, all.repeated_sum), acceptable) ||
                           is_acceptable(plus(minus(value, all.repeated_sum), all.lost_sum), acceptable);
  if (all.repeated > 0 && is_repeated) {
    if (all.example) {
      const auto& [first, again] = *all.example;
      events.push_back({.at = first.sent,
                        .text = first.packet->src + " sends to " + node + ", " + fate_of(witness, first),
                        .message = first.id});
      events.push_back({.at = again.sent,
                        .text = first.packet->src + " sends the same again, " + fate_of(witness, again),
                        .message = again.id});
    }
    const std::string again = all.senders.empty() ? "the network delivered twice"
                              : all.has_copies    ? "were sent or delivered more than once"
                                                  : all.senders + " had sent more than once";
    return "; that is what came to " + node + " again: " + counted(all.repeated, "message") + " with " +
           std::to_string(all.repeated_sum) + " in all, which " + again;
  }
  if (all.lost > 0 && is_acceptable(plus(value, all.lost_sum), acceptable)) {
    return "; that is what never came to " + node + ": " + counted(all.lost, "lost message") + " with " +
           std::to_string(all.lost_sum) + " in all" + (all.why_lost.empty() ? "" : ": " + all.why_lost);
  }
  return "";
}

/// Two compare-and-sets by which a node made one add twice.
struct Repeat {
  const Operation* add = nullptr;
  ServiceCall first;
  ServiceCall again;
};

/// By how much a compare-and-set changed a number; nothing of other values.
std::optional<std::int64_t> difference_made(const ServiceCall& call) {
  if (call.type != "cas" || !call.from || !call.value) return std::nullopt;
  const auto from = call.from->as_int();
  const auto to = call.value->as_int();
  return from && to ? std::optional(minus(*to, *from)) : std::nullopt;
}

/// The adds during which a node changed a number by theirs more often than adds of that number were under way.
std::vector<Repeat> repeats(const Witness& witness) {
  struct Span {
    const Operation* add;
    Duration from;
    Duration to;
  };
  std::map<std::pair<std::string, std::int64_t>, std::vector<Span>> adds;
  for (const Operation& operation : witness.history()) {
    if (!operation.is_client() || operation.type != Type::invoke || operation.f != "add") continue;
    const Operation* ended = witness.completion_of(operation.index);
    const bool is_over = ended != nullptr && ended->type != Type::info;
    adds[{witness.node_of(operation), operation.value.as_int().value_or(0)}].push_back(
        {&operation, Witness::time_of(operation), is_over ? Witness::time_of(*ended) : Duration::max()});
  }
  std::map<std::pair<std::string, std::int64_t>, std::vector<const ServiceCall*>> changes;
  for (const ServiceCall& call : witness.service_calls()) {
    if (const auto made = difference_made(call)) changes[{call.node, *made}].push_back(&call);
  }
  std::vector<Repeat> found;
  for (const auto& [what, spans] : adds) {
    const auto made = changes.find(what);
    if (made == changes.end() || what.second == 0) continue;
    for (const Span& span : spans) {
      const auto overlaps = [&](const Span& other) { return other.from <= span.to && other.to >= span.from; };
      const auto under_way = std::count_if(spans.begin(), spans.end(), overlaps);
      std::vector<const ServiceCall*> within;
      for (const ServiceCall* call : made->second) {
        if (call->asked >= span.from && call->asked <= span.to) within.push_back(call);
      }
      if (static_cast<std::ptrdiff_t>(within.size()) <= under_way) continue;
      // All but the last were repeated: that whose answer took longest was most likely given up.
      const auto took = [](const ServiceCall* call) { return call->heard.value_or(Duration::max()) - call->asked; };
      const auto first = std::max_element(within.begin(), std::prev(within.end()),
                                          [&](const auto* one, const auto* other) { return took(one) < took(other); });
      found.push_back({span.add, **first, **std::next(first)});
    }
  }
  return found;
}

/// That a node made adds twice, beginning with "; ".
std::string told_by_repeats(const Witness& witness, std::vector<StoryEvent>& events) {
  const std::vector<Repeat> found = repeats(witness);
  if (found.empty()) return "";
  const auto& [add, first, again] = found.front();
  const std::string number = shown(add->value);
  events.push_back(
      {.at = Witness::time_of(*add), .text = first.node + " is asked for add " + number, .operation = add->index});
  for (const ServiceCall* call : {&first, &again}) {
    events.push_back({.at = call->asked,
                      .text = call->node + " changes " + place_of(*call) + " from " + shown(*call->from) + " to " +
                              shown(*call->value) +
                              (call->heard ? ", and hears so at " + seconds(*call->heard) : ", and never hears so"),
                      .message = call->message});
  }
  const std::string answer = "the answer to its first " + first.type + " ";
  return "; " + first.node + " made add " + number + " twice: " + answer +
         (first.heard ? "took " + seconds(*first.heard - first.asked) : "never came") + ", and it sent another" +
         (found.size() > 1 ? " (and so " + counted(found.size() - 1, "other add") + ")" : "");
}

/// What may be why a sum is wrong, beginning with "; ": the sum itself says so, or what became of messages and nodes;
/// empty where nothing shows it.
std::string cause_of(const Witness& witness, const std::map<std::string, Added>& by_node, const Operation& read,
                     std::int64_t value, const std::vector<check::PnCounterFinding::Range>& acceptable) {
  const std::string& node = witness.node_of(read);
  const bool only_grows =
      std::none_of(by_node.begin(), by_node.end(), [](const auto& each) { return each.second.has_negative; });
  const auto own = by_node.find(node);
  if (only_grows && !acceptable.empty() && value > acceptable.back().upper) {
    return "; that is more than was ever added: some of it is counted twice";
  }
  if (only_grows && own != by_node.end() && value < own->second.sum) {
    return "; " + node + " alone had acknowledged " + std::to_string(own->second.sum);
  }
  std::size_t lost = 0;
  std::size_t doubled = 0;
  std::string why;
  std::string killed;
  for (const std::string& other : witness.nodes()) {
    if (!witness.deaths(other, Duration::zero(), Witness::time_of(read)).empty()) {
      killed += (killed.empty() ? "" : ", ") + other;
    }
    for (const Letter& letter : witness.letters(other, node, Duration::min(), Witness::time_of(read))) {
      doubled += letter.arrivals > 1 ? 1 : 0;
      if (!letter.lost || letter.arrivals > 0) continue;
      ++lost;
      why = witness.why_lost(letter);
    }
  }
  if (!killed.empty()) return "; killed before: " + killed;
  if (lost > 0) {
    return "; " + counted(lost, "message") + " to " + node + (lost == 1 ? " was" : " were") + " lost" +
           (why.empty() ? "" : ": " + why);
  }
  return doubled > 0 ? "; " + counted(doubled, "message") + " to " + node + " came twice" : "";
}

}  // namespace

std::optional<Story> story_of_counter(const Witness& witness, const check::Verdict& verdict) {
  const auto* found = verdict.found<check::PnCounterFinding>();
  if (found == nullptr || found->errors.empty()) return std::nullopt;
  const Operation& read = found->errors.front();
  const std::string& node = witness.node_of(read);
  Story story;
  const auto value = read.value.as_int();
  story.title =
      "the last read of " + node + " is " + shown(read.value) + "; right would be " + sums_text(found->acceptable);
  std::map<std::string, Added> by_node;
  for (const Operation& operation : witness.history()) {
    if (!operation.is_client() || operation.type != Type::ok || operation.f != "add") continue;
    const Operation* asked = witness.invocation_of(operation.index);
    by_node[witness.node_of(operation)].add(asked == nullptr ? operation : *asked);
  }
  const std::int64_t difference = value ? missed_by(*value, found->acceptable) : 0;
  if (difference != 0) {
    story.title += ", it is " + std::to_string(std::abs(difference)) + (difference < 0 ? " too little" : " too much");
  }
  std::vector<Overwrite> lost_in_services = witness.overwrites();
  std::erase_if(lost_in_services, [](const Overwrite& each) { return each.lost->node == each.write->node; });
  if (!lost_in_services.empty()) {
    story.title += "; " + words_of(lost_in_services.front(), lost_in_services.size());
    tell(lost_in_services.front(), story.events);
  }
  bool is_explained = !lost_in_services.empty();
  if (!is_explained && difference != 0) {
    const std::string told =
        told_by_numbers(witness, node, *value, Witness::time_of(read), found->acceptable, story.events);
    is_explained = !told.empty();
    story.title += told;
  }
  if (!is_explained && difference != 0) {
    const std::string told = told_by_repeats(witness, story.events);
    is_explained = !told.empty();
    story.title += told;
  }
  for (const auto& [adder, added] : by_node) {
    story.events.push_back({.text = adder + " acknowledged " + std::to_string(added.adds.size()) + " adds, " +
                                    std::to_string(added.sum) + " in all"});
    const auto deaths = witness.deaths(adder, Duration::zero(), Witness::time_of(read));
    story.events.insert(story.events.end(), deaths.begin(), deaths.end());
    if (adder != node) tell_losses(witness, adder, node, Witness::time_of(read), story.events);
    // What a node added itself it has, unless it was killed.
    const bool may_lack = adder != node || !deaths.empty();
    const auto missing = difference == 0 || !may_lack ? std::nullopt : last_adds(added, -difference);
    if (!missing) continue;
    if (!is_explained) {
      story.title += "; the last " + (*missing == 1 ? std::string("add") : std::to_string(*missing) + " adds") +
                     " of " + adder + (*missing == 1 ? " is" : " are") + " what is missing" +
                     (deaths.empty() ? "" : ", and " + adder + " was killed");
    }
    is_explained = true;
    const Operation& first = *added.adds[added.adds.size() - *missing];
    const bool is_one = *missing == 1;
    story.events.push_back({.at = Witness::time_of(first),
                            .text = "the last " + (is_one ? std::string("add") : std::to_string(*missing) + " adds") +
                                    " of " + adder + ", from here on, " + (is_one ? "is" : "are") + " " +
                                    std::to_string(-difference) + ", which is what is missing",
                            .operation = first.index});
  }
  if (!is_explained && value) story.title += cause_of(witness, by_node, read, *value, found->acceptable);
  std::string text = node + " answers the last read with " + shown(read.value);
  if (difference != 0) {
    text += ", " + std::to_string(std::abs(difference)) + (difference < 0 ? " too little" : " too much");
  }
  story.events.push_back({.at = Witness::time_of(read), .text = text, .operation = read.index});
  sort_by_time(story.events);
  return story;
}

}  // namespace mznode::story

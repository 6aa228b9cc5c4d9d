#include "mznode/check/set_full.hpp"

#include <algorithm>

#include "mznode/check/lack_of_time.hpp"
#include "mznode/json/scanner.hpp"
#include "quantiles.hpp"
#include "set_timeline.hpp"
#include "value_order.hpp"

namespace mznode::check {
namespace {

using nlohmann::ordered_json;

/// How many stale elements are described, as upstream.
constexpr std::size_t described_stale = 8;

enum class Fate { stable, lost, never_read };

struct Result {
  const SetElement* element;
  Fate fate;
  std::int64_t latency_ms = 0;  // until it was stable or lost

  bool is_stale() const { return fate == Fate::stable && latency_ms > 0; }
};

Fate fate_of(const SetElement& element) {
  if (element.last_present != SetElement::never && element.last_absent < element.last_present) return Fate::stable;
  const bool lost = element.known != SetElement::never && element.last_present < element.last_absent &&
                    element.known < element.last_absent;
  return lost ? Fate::lost : Fate::never_read;
}

std::int64_t time_ns_at(const History& history, std::int64_t position) {
  return history[static_cast<std::size_t>(position)].time_ns;
}

Result judge(const SetElement& element, const History& history) {
  Result result{&element, fate_of(element)};
  if (result.fate == Fate::never_read) return result;
  // The read after which nothing changed any more; without one, the fate holds from the beginning of time.
  const std::int64_t last = result.fate == Fate::stable ? element.last_absent : element.last_present;
  const std::int64_t since_ns = last == SetElement::never ? 0 : time_ns_at(history, last) + 1;
  const std::int64_t latency_ns = std::max<std::int64_t>(0, since_ns - time_ns_at(history, element.known));
  result.latency_ms = latency_ns / 1'000'000;
  return result;
}

ordered_json describe(const Result& result, const History& history) {
  const SetElement& element = *result.element;
  ordered_json description = ordered_json::object();
  description["element"] = to_details(element.value);
  description["outcome"] = "stable";
  description["stable-latency"] = result.latency_ms;
  description["known"] = to_details(history[static_cast<std::size_t>(element.known)]);
  description["last-absent"] = to_details(history[static_cast<std::size_t>(element.last_absent)]);
  return description;
}

ordered_json worst_stale(const std::vector<Result>& results, const History& history) {
  std::vector<const Result*> stale;
  for (const Result& result : results) {
    if (result.is_stale()) stale.push_back(&result);
  }
  std::stable_sort(stale.begin(), stale.end(),
                   [](const Result* a, const Result* b) { return a->latency_ms < b->latency_ms; });
  ordered_json worst = ordered_json::array();
  for (auto result = stale.rbegin(); result != stale.rend() && worst.size() < described_stale; ++result) {
    worst.push_back(describe(**result, history));
  }
  return worst;
}

/// The results of all attempted elements, in the order of the elements.
std::vector<Result> judge_all(const std::vector<SetElement>& elements, const History& history) {
  std::vector<OrderedValue> values;
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < elements.size(); ++i) {
    values.emplace_back(elements[i].value);
    if (elements[i].attempted) order.push_back(i);
  }
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  std::vector<Result> results;
  for (const std::size_t i : order) results.push_back(judge(elements[i], history));
  return results;
}

/// The elements that one read showed more than once, with the highest number of times.
ordered_json find_duplicates(const std::vector<SetElement>& elements) {
  std::vector<OrderedValue> values;
  for (const SetElement& element : elements) values.emplace_back(element.value);
  std::vector<std::size_t> duplicated;
  for (std::size_t i = 0; i < elements.size(); ++i) {
    if (elements[i].multiplicity > 1) duplicated.push_back(i);
  }
  std::sort(duplicated.begin(), duplicated.end(), [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  ordered_json details = ordered_json::object();
  for (const std::size_t i : duplicated) details[details_key(elements[i].value)] = elements[i].multiplicity;
  return details;
}

/// Elements that a read showed although nobody had begun to add them (Jepsen's checker/set calls them so).
struct Unexpected {
  ordered_json elements = ordered_json::array();
  std::string explanation;
};

Unexpected find_unexpected(const std::vector<SetElement>& elements, const History& history) {
  Unexpected found;
  const SetElement* first = nullptr;
  for (const SetElement& element : elements) {
    if (element.unexpected == SetElement::never) continue;
    found.elements.push_back(to_details(element.value));
    if (first == nullptr || element.unexpected < first->unexpected) first = &element;
  }
  if (first == nullptr) return found;
  const Operation& read = history[static_cast<std::size_t>(first->unexpected)];
  const std::size_t others = found.elements.size() - 1;
  found.explanation = "the read of process " + std::to_string(read.process) + " (operation " +
                      std::to_string(read.index) + ") shows " +
                      std::string(whole_characters(first->value.text(), 160)) + ", which nobody had added" +
                      (others > 0 ? "; so do reads of " + std::to_string(others) + " other elements" : "");
  return found;
}

/// The elements of a kind, and the latencies of those that are stable and of those that are lost.
struct Summary {
  std::size_t stable_count = 0;
  ordered_json lost = ordered_json::array();
  ordered_json never_read = ordered_json::array();
  ordered_json stale = ordered_json::array();
  std::vector<std::int64_t> stable_latencies_ms;
  std::vector<std::int64_t> lost_latencies_ms;

  explicit Summary(const std::vector<Result>& results) {
    for (const Result& result : results) {
      const ordered_json element = to_details(result.element->value);
      switch (result.fate) {
        case Fate::stable:
          ++stable_count;
          stable_latencies_ms.push_back(result.latency_ms);
          if (result.is_stale()) stale.push_back(element);
          break;
        case Fate::lost:
          lost.push_back(element);
          lost_latencies_ms.push_back(result.latency_ms);
          break;
        case Fate::never_read: never_read.push_back(element); break;
      }
    }
  }
};

}  // namespace

Verdict check_set_full(const History& history, const CheckOptions& options) {
  const SetTimeline timeline(history);
  const std::vector<Result> results = judge_all(timeline.elements(), history);
  Summary summary(results);
  ordered_json duplicated = options.compat_jepsen ? ordered_json::object() : find_duplicates(timeline.elements());
  Unexpected unexpected = options.compat_jepsen ? Unexpected{} : find_unexpected(timeline.elements(), history);
  const bool is_stale = options.linearizable && !summary.stale.empty();

  Valid valid = Valid::yes;
  if (!summary.lost.empty() || !duplicated.empty() || !unexpected.elements.empty()) {
    valid = Valid::no;
  } else if (summary.stable_count == 0) {
    valid = Valid::unknown;
  } else if (is_stale) {
    valid = Valid::no;
  }
  Verdict verdict(valid);
  note_lack_of_time(verdict, duplicated.empty() && !is_stale);
  ordered_json& details = verdict.details;
  if (valid == Valid::unknown)
    details["error"] = results.empty() ? "nothing was added" : "no element is known to have stayed";
  details["attempt-count"] = results.size();
  details["stable-count"] = summary.stable_count;
  details["lost-count"] = summary.lost.size();
  details["lost"] = std::move(summary.lost);
  details["never-read-count"] = summary.never_read.size();
  details["never-read"] = std::move(summary.never_read);
  details["stale-count"] = summary.stale.size();
  details["stale"] = std::move(summary.stale);
  details["worst-stale"] = worst_stale(results, history);
  if (!summary.stable_latencies_ms.empty()) details["stable-latencies"] = quantiles(summary.stable_latencies_ms);
  if (!summary.lost_latencies_ms.empty()) details["lost-latencies"] = quantiles(summary.lost_latencies_ms);
  details["duplicated-count"] = duplicated.size();
  details["duplicated"] = std::move(duplicated);
  details["unexpected-count"] = unexpected.elements.size();
  if (!unexpected.elements.empty()) details["explanation"] = {std::move(unexpected.explanation)};
  details["unexpected"] = std::move(unexpected.elements);
  return verdict;
}

std::vector<SetOutcome> set_outcomes(const History& history) {
  const SetTimeline timeline(history);
  std::vector<SetOutcome> outcomes;
  for (const SetElement& element : timeline.elements()) {
    if (!element.attempted) continue;
    const Result result = judge(element, history);
    if (result.fate == Fate::never_read) continue;
    outcomes.push_back({.element = element.value,
                        .is_lost = result.fate == Fate::lost,
                        .known_ns = time_ns_at(history, element.known),
                        .latency_ms = result.latency_ms});
  }
  std::stable_sort(outcomes.begin(), outcomes.end(),
                   [](const SetOutcome& a, const SetOutcome& b) { return a.known_ns < b.known_ns; });
  return outcomes;
}

}  // namespace mznode::check

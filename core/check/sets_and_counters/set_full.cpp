#include "mznode/check/set_full.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "compat/upstream.hpp"
#include "history/parts.hpp"
#include "history/value_order.hpp"
#include "mznode/check/answers.hpp"
#include "sets_and_counters/set_timeline.hpp"

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

/// The most stale ones, the worst first.
std::vector<SetFinding::Stale> worst_stale(const std::vector<Result>& results, const History& history) {
  std::vector<const Result*> stale;
  for (const Result& result : results) {
    if (result.is_stale()) stale.push_back(&result);
  }
  std::stable_sort(stale.begin(), stale.end(),
                   [](const Result* a, const Result* b) { return a->latency_ms < b->latency_ms; });
  std::vector<SetFinding::Stale> worst;
  for (auto result = stale.rbegin(); result != stale.rend() && worst.size() < described_stale; ++result) {
    const SetElement& element = *(*result)->element;
    worst.push_back({.element = element.value,
                     .latency_ms = (*result)->latency_ms,
                     .known = history[static_cast<std::size_t>(element.known)],
                     .last_absent = history[static_cast<std::size_t>(element.last_absent)]});
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
std::vector<std::pair<Json, std::size_t>> find_duplicates(const std::vector<SetElement>& elements) {
  std::vector<OrderedValue> values;
  for (const SetElement& element : elements) values.emplace_back(element.value);
  std::vector<std::size_t> duplicated;
  for (std::size_t i = 0; i < elements.size(); ++i) {
    if (elements[i].multiplicity > 1) duplicated.push_back(i);
  }
  std::sort(duplicated.begin(), duplicated.end(), [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  std::vector<std::pair<Json, std::size_t>> found;
  for (const std::size_t i : duplicated) found.emplace_back(elements[i].value, elements[i].multiplicity);
  return found;
}

/// Elements that a read showed although nobody had begun to add them (Jepsen's checker/set calls them so), and the
/// first of them in words.
std::vector<Json> find_unexpected(const std::vector<SetElement>& elements, const History& history,
                                  std::vector<std::string>& explanation) {
  std::vector<Json> found;
  const SetElement* first = nullptr;
  for (const SetElement& element : elements) {
    if (element.unexpected == SetElement::never) continue;
    found.push_back(element.value);
    if (first == nullptr || element.unexpected < first->unexpected) first = &element;
  }
  if (first == nullptr) return found;
  const Operation& read = history[static_cast<std::size_t>(first->unexpected)];
  const std::size_t others = found.size() - 1;
  explanation.push_back(named(read) + " shows " + shown(first->value.text()) + ", which nobody had added" +
                        (others > 0 ? "; so do reads of " + std::to_string(others) + " other elements" : ""));
  return found;
}

/// What is found of the fates of the elements.
SetFinding finding_of(const std::vector<Result>& results, const History& history) {
  SetFinding finding;
  std::vector<std::int64_t> stable_latencies_ms;
  std::vector<std::int64_t> lost_latencies_ms;
  finding.attempt_count = results.size();
  for (const Result& result : results) {
    const Json& element = result.element->value;
    switch (result.fate) {
      case Fate::stable:
        ++finding.stable_count;
        stable_latencies_ms.push_back(result.latency_ms);
        if (result.is_stale()) finding.stale.push_back(element);
        break;
      case Fate::lost:
        finding.lost.push_back(element);
        lost_latencies_ms.push_back(result.latency_ms);
        break;
      case Fate::never_read: finding.never_read.push_back(element); break;
    }
  }
  finding.worst_stale = worst_stale(results, history);
  finding.stable_latencies_ms = Quantiles<std::int64_t>::of(std::move(stable_latencies_ms));
  finding.lost_latencies_ms = Quantiles<std::int64_t>::of(std::move(lost_latencies_ms));
  return finding;
}

ordered_json stale_details(const SetFinding::Stale& stale) {
  return {{"element", to_details(stale.element)},
          {"outcome", "stable"},
          {"stable-latency", stale.latency_ms},
          {"known", to_details(stale.known)},
          {"last-absent", to_details(stale.last_absent)}};
}

}  // namespace

void SetFinding::write_to(ordered_json& details) const {
  details["attempt-count"] = attempt_count;
  details["stable-count"] = stable_count;
  details["lost-count"] = lost.size();
  details["lost"] = to_details(lost);
  details["never-read-count"] = never_read.size();
  details["never-read"] = to_details(never_read);
  details["stale-count"] = stale.size();
  details["stale"] = to_details(stale);
  details["worst-stale"] = ordered_json::array();
  for (const Stale& each : worst_stale) details["worst-stale"].push_back(stale_details(each));
  if (stable_latencies_ms) details["stable-latencies"] = stable_latencies_ms->to_details();
  if (lost_latencies_ms) details["lost-latencies"] = lost_latencies_ms->to_details();
  details["duplicated-count"] = duplicated.size();
  details["duplicated"] = to_details(duplicated);
  details["unexpected-count"] = unexpected.size();
  details["unexpected"] = to_details(unexpected);
}

std::string SetFinding::reason() const {
  std::string text;
  if (!lost.empty()) text += "lost " + few_of(lost);
  std::vector<Json> doubled;
  for (const auto& [element, count] : duplicated) doubled.push_back(element);
  if (!doubled.empty()) text += (text.empty() ? "" : "; ") + ("duplicated " + few_of(doubled));
  return text;
}

Verdict check_set_full(const History& history, const CheckOptions& options) {
  const SetTimeline timeline(history);
  SetFinding finding = finding_of(judge_all(timeline.elements(), history), history);
  Verdict verdict(Valid::yes);
  if (!Upstream(options).ignores_impossible_elements()) {
    finding.duplicated = find_duplicates(timeline.elements());
    finding.unexpected = find_unexpected(timeline.elements(), history, verdict.explanation);
  }
  const bool is_stale = options.linearizable && !finding.stale.empty();
  const bool is_wrong = !finding.lost.empty() || !finding.duplicated.empty() || !finding.unexpected.empty();
  if (!is_wrong && finding.stable_count == 0) {
    verdict = Verdict::unknown(finding.attempt_count == 0 ? "nothing was added" : "no element is known to have stayed");
  } else if (is_wrong || is_stale) {
    verdict.valid = Valid::no;
  }
  verdict.may_lack_time = verdict.valid == Valid::no && finding.duplicated.empty() && !is_stale;
  verdict.add(std::move(finding));
  return verdict;
}

std::vector<SetOutcome> set_outcomes(const History& history) {
  const auto filled = with_asked_values(history, Pairing(history));
  const SetTimeline timeline(filled ? *filled : history);
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

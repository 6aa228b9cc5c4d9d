#include "report/run_data.hpp"

#include <algorithm>

#include "comparison.hpp"
#include "mznode/check/set_full.hpp"
#include "mznode/sim/excerpt.hpp"
#include "report/evidence_data.hpp"

namespace mznode::app {
namespace {

constexpr std::int64_t ns_per_us = 1000;
constexpr std::size_t shown_operations = 20'000;
constexpr std::size_t most_operations = 2 * shown_operations;  // of one crowded instant
constexpr std::size_t shown_elements = 20'000;
constexpr std::size_t shown_value_bytes = 120;
/// Failed operations and lost elements that are moments of interest; more would be everywhere.
constexpr std::size_t moments_of_a_kind = 20;

std::int64_t whole_us(Duration duration) {
  return duration.count() / ns_per_us;
}

std::string shown(const Json& value) {
  return value.is_null() ? "" : sim::excerpt(value.text(), shown_value_bytes);
}

std::int64_t number_of(std::vector<std::string>& names, const std::string& name) {
  const std::ptrdiff_t number = std::find(names.begin(), names.end(), name) - names.begin();
  if (number == std::ssize(names)) names.push_back(name);
  return number;
}

/// Invocations with the places of their completions.
std::vector<std::pair<std::size_t, std::size_t>> pairs(const check::History& history) {
  const check::Pairing pairing(history);
  std::vector<std::pair<std::size_t, std::size_t>> pairs;
  for (std::size_t i = 0; i < history.size(); ++i) {
    if (history[i].is_client() && history[i].type == check::Type::invoke) pairs.emplace_back(i, pairing.completion(i));
  }
  return pairs;
}

}  // namespace

std::vector<FaultBand> fault_spans(const TestReport& report, const std::vector<std::string>& nodes) {
  constexpr std::size_t longest_value = 20'000;
  constexpr std::size_t longest_unheard = 600;
  std::vector<FaultBand> spans;
  for (const sim::FaultSpan& span : report.run.fault_spans) {
    const bool fits = span.value.text().size() <= longest_value;
    spans.push_back(
        {.name = std::string(fault_name(span.fault)),
         .from = whole_us(span.from),
         .to = whole_us(span.to.value_or(report.run.duration)),
         .value = fits ? span.value : Json(),
         .unheard = span.unheard.empty() ? "" : sim::excerpt(sim::unheard_text(span.unheard, nodes), longest_unheard)});
  }
  return spans;
}

SetColumns set_columns(const check::History& history, const check::Checker* checker) {
  SetColumns columns;
  if (latency_kind(checker) != LatencyKind::stable) return columns;
  std::vector<check::SetOutcome> outcomes;
  try {
    outcomes = check::set_outcomes(history);
  } catch (const check::HistoryError&) {
    return columns;  // the verdict says why
  }
  for (const check::SetOutcome& outcome : outcomes) {
    if (columns.known.size() >= shown_elements && !outcome.is_lost) continue;
    if (outcome.is_lost) columns.lost.push_back(static_cast<std::int64_t>(columns.known.size()));
    columns.known.push_back(outcome.known_ns / ns_per_us);
    columns.latency_ms.push_back(outcome.latency_ms);
    columns.element.push_back(shown(outcome.element));
  }
  return columns;
}

OperationPlaces::OperationPlaces(const OperationColumns& operations) {
  for (std::size_t i = 0; i < operations.invocations.size(); ++i) {
    places_[operations.invocations[i]] = static_cast<std::int64_t>(i);
    if (operations.completions[i] >= 0) places_[operations.completions[i]] = static_cast<std::int64_t>(i);
  }
}

std::int64_t OperationPlaces::of(std::int64_t index) const {
  const auto found = places_.find(index);
  return found == places_.end() ? -1 : found->second;
}

OperationColumns operation_columns(const check::History& history, const Clients& clients,
                                   const std::vector<std::int64_t>& moments) {
  const auto all = pairs(history);
  std::vector<std::int64_t> times;
  for (const auto& [begin, end] : all) times.push_back(history[begin].time_ns / ns_per_us);
  const Selection selection(times, moments, shown_operations);
  OperationColumns columns;
  columns.total = all.size();
  columns.kept = selection.spans();
  for (const auto& [begin, end] : all) {
    const check::Operation& invocation = history[begin];
    const std::int64_t start = invocation.time_ns / ns_per_us;
    if (!selection.keeps(start) || columns.start.size() >= most_operations) continue;
    const check::Operation* completion = end == check::Pairing::none ? nullptr : &history[end];
    columns.invocations.push_back(invocation.index);
    columns.completions.push_back(completion != nullptr ? completion->index : -1);
    columns.worker.push_back(static_cast<std::int64_t>(clients.worker_of(invocation.process)));
    columns.process.push_back(invocation.process);
    columns.name.push_back(number_of(columns.names, invocation.f));
    columns.start.push_back(start);
    columns.took.push_back(completion != nullptr ? (completion->time_ns - invocation.time_ns) / ns_per_us : -1);
    const check::Type type = completion != nullptr ? completion->type : check::Type::info;
    columns.outcome.push_back(type == check::Type::ok ? 0 : type == check::Type::fail ? 1 : 2);
    columns.asked.push_back(shown(invocation.value));
    const bool is_news = completion != nullptr && completion->value.text() != invocation.value.text();
    columns.answered.push_back(is_news ? shown(completion->value) : "");
    columns.error.push_back(completion != nullptr && completion->error ? shown(*completion->error) : "");
  }
  return columns;
}

Rates rates(const check::History& history, Duration whole, const sim::RunResult* run) {
  // A length that people count in; a few operations in each, and not more of them than a plot has room for.
  constexpr std::int64_t fewest = 10;
  constexpr std::int64_t most = 150;
  constexpr std::int64_t operations_each = 5;
  const std::int64_t wanted = std::clamp(std::ssize(history) / 2 / operations_each, fewest, most);
  const std::int64_t duration = std::max<std::int64_t>(whole_us(whole), 1);
  Rates rates;
  rates.interval = 10'000'000;
  for (const std::int64_t ms : {1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000}) {
    if (duration / (ms * 1000) < wanted) {
      rates.interval = ms * 1000;
      break;
    }
  }
  const auto intervals = static_cast<std::size_t>((duration + rates.interval - 1) / rates.interval);
  for (auto* counts : {&rates.ok, &rates.fail, &rates.info, &rates.sent, &rates.lost}) counts->assign(intervals, 0);
  const auto count = [&](std::vector<std::int64_t>& counts, std::int64_t at) {
    if (at < 0) return;  // what sets the cluster up
    ++counts[std::min(static_cast<std::size_t>(at / rates.interval), intervals - 1)];
  };
  for (const check::Operation& operation : history) {
    if (!operation.is_client() || operation.type == check::Type::invoke) continue;
    count(operation.type == check::Type::ok     ? rates.ok
          : operation.type == check::Type::fail ? rates.fail
                                                : rates.info,
          operation.time_ns / ns_per_us);
  }
  if (run == nullptr) return rates;
  for (const sim::JournalEntry& entry : run->journal) {
    if (entry.event == sim::JournalEntry::Event::receive) continue;
    const sim::Packet& packet = run->packets[entry.packet];
    if (sim::is_client_name(packet.src) || sim::is_client_name(packet.dest)) continue;
    count(entry.event == sim::JournalEntry::Event::send ? rates.sent : rates.lost, whole_us(entry.at - run->started));
  }
  return rates;
}

std::vector<std::int64_t> moments_of_interest(const check::History& history, const check::Verdict& workload,
                                              const std::vector<Story>& stories, const std::vector<FaultBand>& faults,
                                              const SetColumns& set) {
  std::vector<std::int64_t> moments = {0};
  for (const FaultBand& fault : faults) {
    moments.push_back(fault.from);
    moments.push_back(fault.to);
  }
  for (const Story& story : stories) {
    for (const StoryEvent& event : story.events) {
      if (event.at) moments.push_back(whole_us(*event.at));
    }
  }
  const auto of_evidence = evidence_moments(workload, history);
  moments.insert(moments.end(), of_evidence.begin(), of_evidence.end());
  std::size_t failed = 0;
  for (const check::Operation& operation : history) {
    const bool fails =
        operation.is_client() && (operation.type == check::Type::fail || operation.type == check::Type::info);
    if (operation.is_client() && operation.is_final) moments.push_back(operation.time_ns / ns_per_us);
    if (fails && failed++ < moments_of_a_kind) moments.push_back(operation.time_ns / ns_per_us);
  }
  for (std::size_t i = 0; i < std::min(set.lost.size(), moments_of_a_kind); ++i) {
    moments.push_back(set.known[static_cast<std::size_t>(set.lost[i])]);
  }
  return moments;
}

}  // namespace mznode::app

#pragma once

#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "mznode/workloads/figures.hpp"
#include "mznode/workloads/harness.hpp"
#include "tests/workloads/liveness.hpp"

namespace mznode {

/// A test of three nodes under a fault.
inline TestSettings partitioned(const std::string& workload, const std::string& strategy, const std::string& fault,
                                Duration interval) {
  TestSettings settings;
  settings.workload = workload;
  settings.strategy = strategy;
  settings.nodes = sim::node_names(3);
  settings.concurrency = 6;
  settings.rate_millis = 50'000;
  settings.time_limit = 30s;
  settings.nemesis = {fault};
  settings.nemesis_interval = interval;
  settings.keep_journal = false;
  return settings;
}

/// The place of the node that a client of this event asks.
inline std::size_t node_of(const check::Operation& event, const TestSettings& settings) {
  return static_cast<std::size_t>(event.process) % settings.workers() % settings.nodes.size();
}

/// True when each of three nodes hears one other.
inline bool is_ring(const sim::FaultSpan& span) {
  return span.unheard.size() == 3 && std::all_of(span.unheard.begin(), span.unheard.end(),
                                                 [](const auto& each) { return each.second.size() == 1; });
}

/// The longest time without an answer that counts within a partition that is a ring; nothing when there is none.
inline std::optional<Duration> longest_outage_in_rings(const sim::RunResult& run,
                                                       const std::function<bool(const check::Operation&)>& counts) {
  std::optional<Duration> longest;
  for (const sim::FaultSpan& span : run.fault_spans) {
    if (!is_ring(span)) continue;
    const Duration end = span.to.value_or(Duration(run.history.back().time_ns));
    Duration last = span.from;
    const auto pass = [&](Duration now) {
      longest = std::max(longest.value_or(Duration(0)), now - last);
      last = now;
    };
    for (const check::Operation& event : run.history) {
      const Duration at(event.time_ns);
      const bool is_answer = event.is_client() && event.type != check::Type::invoke && is_certain_answer(event);
      if (is_answer && at > span.from && at < end && counts(event)) pass(at);
    }
    pass(end);
  }
  return longest;
}

inline Duration median(std::vector<Duration> durations) {
  const auto middle = durations.begin() + static_cast<std::ptrdiff_t>(durations.size() / 2);
  std::nth_element(durations.begin(), middle, durations.end());
  return *middle;
}

}  // namespace mznode

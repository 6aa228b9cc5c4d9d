#pragma once

#include <string>
#include <vector>

#include "comparison.hpp"
#include "mznode/json/codec.hpp"

namespace mznode::app {

/// The latencies of one test over its time: of the operations (or the elements of a set) that began in each of the
/// equal intervals, in milliseconds; -1 where none did.
struct LatencySeries {
  /// In microseconds.
  std::int64_t interval = 0;
  std::vector<double> median;
  std::vector<double> max;
  MZNODE_FIELDS(interval, median, max)
};
LatencySeries latency_series(const TestReport& report, LatencyKind kind);

/// A comparison as a page of HTML: latency against messages with the Pareto front, latency over time, the table. It
/// needs nothing but itself. `series` has one for each contender, and `command` is what was typed.
std::string compare_page(const Comparison& comparison, const std::vector<LatencySeries>& series,
                         const std::string& command);

}  // namespace mznode::app

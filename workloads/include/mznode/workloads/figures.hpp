#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mznode/check/history.hpp"
#include "mznode/node/runtime.hpp"
#include "mznode/workloads/registry.hpp"
#include "mznode/workloads/test_verdict.hpp"

/// The figures of a test by the names that users give them: those of the columns of `mznode compare`, and of each kind
/// of operation how long it took.
namespace mznode {

/// What the latencies of a workload are: from the acknowledgement until all reads show an element, for a set; until the
/// answer, for all others.
enum class LatencyKind : std::uint8_t { stable, answer };

/// The kind of latency that is reported of what this checker judges; null for one of a user's own.
LatencyKind latency_kind(const check::Checker* checker);

/// The share of operations that a protocol of majorities could have answered (ReachFinding); nothing where no fault
/// cuts anybody off.
std::optional<double> reach_bound_of(const TestVerdict& verdict);

/// The longest time in which nothing was acknowledged, until `time_limit`, when clients stop.
double longest_outage_ms(const check::History& history, Duration time_limit);

/// What a figure is measured in.
enum class Unit : std::uint8_t { count, fraction, milliseconds };

/// A figure that can be asked for.
struct Figure {
  std::string name;
  Unit unit = Unit::count;
};

/// The figures that tests of this workload have.
std::vector<Figure> figures_of(const WorkloadInfo& workload);

/// A figure of a test that was carried out, in its unit (milliseconds for times); nothing when there was nothing to
/// measure, such as the latencies of a run in which nothing was acknowledged.
std::optional<double> measured(std::string_view figure, const TestVerdict& verdict, const check::History& history,
                               Duration time_limit);

/// Median, 95 %, 99 % and maximum of each kind of latency; nothing when nothing became stable, or was acknowledged.
std::optional<std::array<double, 4>> stable_latencies_ms(const TestVerdict& verdict);
std::optional<std::array<double, 4>> answer_latencies_ms(const TestVerdict& verdict);

}  // namespace mznode

#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mznode/check/verdict.hpp"
#include "mznode/sim/runner.hpp"
#include "mznode/workloads/figures.hpp"
#include "mznode/workloads/test_verdict.hpp"

/// Limits that a user sets to the figures of a test, such as msgs-per-op<30.
namespace mznode {

struct Limit {
  enum class Relation : std::uint8_t { below, at_most, above, at_least };

  Figure figure;
  Relation relation = Relation::below;
  /// In the figure's unit.
  double value = 0;

  bool is_met_by(double measured) const;
  /// How much of the limit is used: 0.78 of one of 30 is 23.4. Above 1 an upper limit is missed.
  double share_of(double measured) const { return value == 0 ? 0 : measured / value; }
  /// "< 30", "> 99.9 %".
  std::string text() const;
  /// A number as this figure's reader wants it: "23.4", "99.9 %", "412 ms".
  std::string number(double measured) const;
};

/// Reads limits separated by commas: the name of a figure, one of < <= > >=, and a number, to which a time may have ms
/// or s and a fraction a %. Throws std::invalid_argument with one line for the user: for a figure that no test of this
/// workload has, with those that it has.
std::vector<Limit> parse_limits(std::string_view text, const WorkloadInfo& workload);

/// What parse_limits() reads as these.
std::string limits_text(const std::vector<Limit>& limits);

/// Limits, and what was measured.
struct LimitsFinding final : check::Finding {
  struct Measured {
    Limit limit;
    /// Nothing when there was nothing to measure.
    std::optional<double> value = {};

    bool is_met() const { return value && limit.is_met_by(*value); }
    /// Nothing when it was not measured, or of a limit of 0.
    std::optional<double> share() const;
  };
  std::vector<Measured> limits = {};

  void write_to(nlohmann::ordered_json& details) const override;
};

/// For each limit its `figure`, `limit`, `value` and `share` (null when not measured) and `met?`.
nlohmann::ordered_json to_details(const std::vector<LimitsFinding::Measured>& limits);

/// Judges the figures of a test. Invalid when one misses its limit, unknown when one could not be measured, or when in
/// real time the bench itself was late by as much as a latency is too long. Finds a LimitsFinding; the error names
/// those that are missed.
check::Verdict judge_limits(const std::vector<Limit>& limits, const TestVerdict& verdict, const sim::RunResult& run,
                            Duration time_limit);

}  // namespace mznode

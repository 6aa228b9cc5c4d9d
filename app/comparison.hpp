#pragma once

#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "mznode/workloads/figures.hpp"
#include "mznode/workloads/harness.hpp"

namespace mznode::app {

/// What a test cost and gave, as far as strategies are compared by it.
struct Figures {
  check::Valid valid = check::Valid::yes;
  /// Of the operations that were begun, how many succeeded; nothing when there were none.
  std::optional<double> ok_fraction;
  /// How many a protocol of majorities could have answered (ReachFinding); nothing where no fault cuts anybody off.
  std::optional<double> bound;
  /// Of messages between servers, for each operation of a client.
  double messages_per_op = 0;
  double bytes_per_op = 0;
  /// The longest time without any acknowledgement: from the first fault on, or of the whole test when there was none.
  double longest_outage_ms = 0;
  /// Median, 95 %, 99 % and maximum; nothing when nothing was acknowledged or became stable.
  std::optional<std::array<double, 4>> latencies_ms;
  /// Of transactions: the strongest consistency models that they satisfied; nothing where nothing can be said.
  std::optional<std::vector<std::string>> models;
};

/// Whether tests of this workload are judged by consistency models of transactions.
bool has_consistency_models(const check::Checker* checker);

Figures figures(const TestReport& report, LatencyKind kind);
/// Of each figure the worse one.
Figures worst(const Figures& a, const Figures& b);

/// One line of a comparison: a strategy with its options, or a program, and its worst figures over all seeds.
struct Contender {
  TestSettings settings;
  /// None of a program.
  const StrategyInfo* strategy = nullptr;
  /// The options that are swept, in the order of the command line; nothing where the strategy has no such option.
  std::vector<std::pair<std::string, std::optional<std::string>>> swept;
  Figures figures = {};
  /// How many seeds were run to their ends; all but when the user interrupts.
  std::size_t finished = 0;
  /// Why the first seed that was not valid is not, with the command that replays it; empty when all are valid.
  std::string failure = {};
  std::string replay = {};
  /// Of a program: which time it ran in, as in the summary of a test; of a seed that may not repeat its run, if any.
  std::string time = {};
};

/// Every contender, and what is common to all.
struct Comparison {
  std::string workload;
  LatencyKind latency = LatencyKind::answer;
  /// Whether it is about transactions, so that figures have models.
  bool has_models = false;
  std::vector<std::uint64_t> seeds;
  std::vector<Contender> contenders;
};

/// The strategy's name with the values that are swept, such as "star flush-ms=50"; or the program.
std::string contender_name(const Contender& contender);

/// Consistency models, separated by commas: "none" when there is none, "-" when nothing can be said.
std::string models_text(const Figures& figures);

/// The faults that it claims to survive, such as "all but kill, skew"; "-" for a program.
std::string survives(const Contender& contender);

/// A table for a person, with a caption that says what the figures are.
std::string comparison_text(const Comparison& comparison);
std::string comparison_csv(const Comparison& comparison);
/// One line a contender.
nlohmann::ordered_json comparison_json(const Comparison& comparison, const Contender& contender);

}  // namespace mznode::app

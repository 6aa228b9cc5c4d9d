#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "mznode/check/history.hpp"
#include "mznode/check/options.hpp"
#include "mznode/check/quantiles.hpp"
#include "mznode/check/verdict.hpp"

namespace mznode::check {

/// How many operations ended in which way.
struct Completions {
  std::size_t ok = 0;
  std::size_t fail = 0;
  std::size_t info = 0;

  std::size_t count() const { return ok + fail + info; }
};

struct StatsFinding final : Finding {
  Completions all = {};
  std::map<std::string, Completions> by_f = {};
  /// Of the kinds that never succeeded, though they should have: the completions (their positions) that were left open,
  /// unanswered or unavailable, and whether all others rightly failed. Faults can do that to right nodes.
  std::vector<std::size_t> unanswered = {};
  bool may_be_faults = true;

  void write_to(nlohmann::ordered_json& details) const override;
};

/// Counts the completions of the clients, together and by f (Jepsen, checker/stats). Invalid unless every kind of
/// operation succeeded at least once; the error then says which did not. Kafka's `crash` and `debug-topic-partitions`
/// are exempt, as Maelstrom has it. Unless `compat_jepsen` is set, it is unknown where all that never succeeded are
/// compare-and-sets of another value and reads of what nobody had written, or may be so by chance, since of the kinds
/// that did succeed many operations were not answered, either: then too little happened to say. Finds a StatsFinding.
Verdict check_stats(const History& history, const CheckOptions& options = {});

struct AvailabilityFinding final : Finding {
  /// Nothing when nothing was invoked.
  std::optional<double> ok_fraction = {};
  /// That of compare-and-sets that rightly failed, because the key had another value or none, when there are any.
  std::optional<double> cas_mismatch_fraction = {};

  void write_to(nlohmann::ordered_json& details) const override;
};

/// Maelstrom's availability checker: the fraction of invocations that were acknowledged must reach
/// `options.availability`; always valid without that. Upstream compares a 32-bit float, so that 9 of 10 do not reach
/// 0.9; `compat_jepsen` does too. Finds an AvailabilityFinding.
Verdict check_availability(const History& history, const CheckOptions& options);

/// Latencies of the acknowledged operations in milliseconds.
struct PerfFinding final : Finding {
  std::map<std::string, Quantiles<double>> by_f = {};
  /// Those of all operations together, when any was acknowledged.
  std::optional<Quantiles<double>> all = {};

  void write_to(nlohmann::ordered_json& details) const override;
};

/// Always valid. Finds a PerfFinding.
Verdict check_perf(const History& history);

}  // namespace mznode::check

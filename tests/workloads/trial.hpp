#pragma once

#include <cstdlib>
#include <stdexcept>
#include <string>

#include "mznode/check/registry.hpp"
#include "mznode/check/stats.hpp"
#include "mznode/workloads/registry.hpp"
#include "tests/sim/simulate.hpp"

namespace mznode {

/// A short test of nodes that `install` sets up, and the verdicts on it.
struct Trial {
  std::string workload;
  std::size_t nodes = 3;
  std::size_t concurrency_per_node = 2;
  std::int64_t rate = 50;
  Duration time_limit = 10s;
  Duration nemesis_interval = 2s;
  std::vector<Fault> faults = {};
  std::size_t most_victims = SIZE_MAX;
  std::uint64_t seed = 0;
  sim::Latency latency = {};
  bool keeps_packets = false;

  struct Result {
    sim::RunResult run;
    check::Verdict workload{check::Valid::unknown};
    check::Verdict stats{check::Valid::unknown};
    /// What `mznode test` would say of it.
    bool is_valid() const {
      return workload.valid == check::Valid::yes && stats.valid == check::Valid::yes && !run.error &&
             run.malformed_replies.empty();
    }
  };

  sim::RunOptions options() const {
    const auto names = sim::node_names(nodes);
    return {.nodes = names,
            .concurrency = concurrency_per_node * nodes,
            .mean_interval = Duration(1s) / rate,
            .time_limit = time_limit,
            .latency = latency,
            .topology = grid_topology(names),
            .faults = faults,
            .nemesis_interval = nemesis_interval,
            .most_victims = most_victims,
            .seed = seed,
            .keep_journal = keeps_packets};
  }

  Result run(const sim::Installer& install) const {
    const WorkloadInfo& info = find_workload(workload);
    Result result;
    result.run = sim::simulate(info.test, options(), install);
    if (const auto* checker = check::find_checker(workload)) result.workload = checker->check(result.run.history, {});
    result.stats = check::check_stats(result.run.history);
    return result;
  }
};

/// How many seeds a cell of a table gets: `otherwise`, or as many as the environment variable MZNODE_SEEDS says.
inline std::uint64_t seeds_per_cell(std::uint64_t otherwise) {
  const char* set = std::getenv("MZNODE_SEEDS");
  if (set == nullptr) return otherwise;
  const std::uint64_t seeds = std::strtoull(set, nullptr, 10);
  if (seeds == 0) throw std::invalid_argument("MZNODE_SEEDS must be a number from 1 on, not " + std::string(set));
  return seeds;
}

}  // namespace mznode

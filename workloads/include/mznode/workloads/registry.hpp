#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "mznode/check/options.hpp"
#include "mznode/sim/client.hpp"
#include "mznode/workloads/strategy.hpp"

namespace mznode::check {
struct Checker;
struct Verdict;  // whoever makes or reads one includes mznode/check/verdict.hpp
}  // namespace mznode::check

namespace mznode::sim {
struct RunResult;  // mznode/sim/runner.hpp
}  // namespace mznode::sim

namespace mznode {

/// A problem of Maelstrom's, and the ways that this program has to solve it.
struct WorkloadInfo {
  std::string name;
  std::string summary;
  /// The name of the module that serves this workload and others of its kind, such as "counter"; empty when it serves
  /// only this one.
  std::string module = {};
  /// How long Maelstrom's client waits for an answer.
  Duration client_timeout;
  /// So many mean latencies it waits where that is longer, which nodes do not know.
  int client_timeout_latencies = 0;
  /// The client's side of the test.
  sim::TestSpec test;
  /// The first is the default; none yet for a workload that can only be tested with the nodes of others.
  std::vector<StrategyInfo> strategies;
  /// What judges the history; empty for the checker of the workload's name.
  std::function<check::Verdict(const check::History& history, const check::CheckOptions& options)> check = {};
  /// What else a run shows, valid or not, that Maelstrom's checker has no eye for, a line each; empty for none.
  std::function<std::vector<std::string>(const sim::RunResult& run)> remarks = {};
  /// The checker of its name, which it is given as it is registered; null when there is none.
  const check::Checker* checker = nullptr;

  /// How long a client waits where a message takes so many milliseconds.
  Duration patience(std::int64_t mean_latency_ms) const {
    return std::max<Duration>(client_timeout, client_timeout_latencies * std::chrono::milliseconds(mean_latency_ms));
  }

  /// The verdict of that checker. One that throws, and a history that has nothing to judge, is unknown, with the reason
  /// as `error`.
  check::Verdict judge(const check::History& history, const check::CheckOptions& options) const;
};

/// All workloads, in the order in which they are listed.
const std::vector<WorkloadInfo>& workloads();

/// Adds a workload of one's own, in the place of the one of the same name where there is one. Before any run: what
/// find_workload() gave is not valid afterwards. Throws std::invalid_argument, naming the workload, when it is
/// incomplete, or was added before.
void add_workload(WorkloadInfo workload);
/// Adds a strategy of one's own before the others, so that it is the default, in the place of the one of the same name
/// where there is one. As for add_workload().
void add_strategy(std::string_view workload, StrategyInfo strategy);

/// Throws std::invalid_argument, naming what exists, when there is no workload (or no strategy) of that name. An empty
/// strategy name means the default.
const WorkloadInfo& find_workload(std::string_view name);
/// The same for a node, which may also be given the name of a module.
const WorkloadInfo& find_node_workload(std::string_view name);
const StrategyInfo& find_strategy(const WorkloadInfo& workload, std::string_view name);

}  // namespace mznode

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mznode/sim/client.hpp"
#include "mznode/workloads/strategy.hpp"

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
  /// The client's side of Maelstrom's test; its checker has the workload's name.
  sim::TestSpec test;
  /// The first is the default; none yet for a workload that can only be tested with the nodes of others.
  std::vector<StrategyInfo> strategies;
};

/// All workloads, in the order in which they are listed.
const std::vector<WorkloadInfo>& workloads();

/// Throws std::invalid_argument, naming what exists, when there is no workload (or no strategy) of that name. An empty
/// strategy name means the default.
const WorkloadInfo& find_workload(std::string_view name);
/// The same for a node, which may also be given the name of a module.
const WorkloadInfo& find_node_workload(std::string_view name);
const StrategyInfo& find_strategy(const WorkloadInfo& workload, std::string_view name);

}  // namespace mznode

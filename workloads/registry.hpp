#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/sim/client.hpp"
#include "workloads/strategy.hpp"

namespace mznode {

/// A problem of Maelstrom's, and the ways that this program has to solve it.
struct WorkloadInfo {
  std::string name;
  std::string summary;
  /// How long Maelstrom's client waits for an answer.
  Duration client_timeout;
  /// The client's side of Maelstrom's test; its checker has the workload's name.
  sim::TestSpec test;
  /// The first is the default.
  std::vector<StrategyInfo> strategies;
};

/// All workloads, in the order in which they are listed.
const std::vector<WorkloadInfo>& workloads();

/// Throws std::invalid_argument, naming what exists, when there is no workload (or no strategy) of that name. An empty
/// strategy name means the default.
const WorkloadInfo& find_workload(std::string_view name);
const StrategyInfo& find_strategy(const WorkloadInfo& workload, std::string_view name);

}  // namespace mznode

#pragma once

#include "mznode/workloads/registry.hpp"
#include "mznode/workloads/strategy_list.hpp"

/// Maelstrom's broadcast: every message that a client gives to any node must end up in the reads of all nodes.
namespace mznode::broadcast {

WorkloadInfo workload();
sim::TestSpec broadcast_test();

/// Messages (Maelstrom, doc/workloads.md, "Broadcast").
struct Broadcast {
  Json message;
  MZNODE_FIELDS(message)
};
struct ReadOk {
  Json messages;
  MZNODE_FIELDS(messages)
};
struct TopologyMessage {
  Topology topology;
  MZNODE_FIELDS(topology)
};

MZNODE_STRATEGIES(star, flood, tree, direct, gossip)

}  // namespace mznode::broadcast

#pragma once

#include "mznode/workloads/registry.hpp"
#include "mznode/workloads/strategy_list.hpp"

/// Maelstrom's g-set: a set that only grows; every element that a client adds must end up in the reads of all nodes.
namespace mznode::g_set {

WorkloadInfo workload();
sim::TestSpec g_set_test();

/// Messages (Maelstrom, doc/workloads.md, "G-set").
struct Add {
  Json element;
  MZNODE_FIELDS(element)
};
struct ReadOk {
  std::vector<Json> value;
  MZNODE_FIELDS(value)
};

MZNODE_STRATEGIES(delta, full, star)

}  // namespace mznode::g_set

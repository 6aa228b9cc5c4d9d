#pragma once

#include <cstdint>

#include "mznode/workloads/registry.hpp"
#include "mznode/workloads/strategy_list.hpp"

/// Maelstrom's g-counter and pn-counter: the sum of what clients add, in the former nothing negative.
namespace mznode::counter {

WorkloadInfo g_counter_workload();
WorkloadInfo pn_counter_workload();
sim::TestSpec g_counter_test();
sim::TestSpec pn_counter_test();

/// Messages (Maelstrom, doc/workloads.md, "PN-counter").
struct Add {
  std::int64_t delta = 0;
  MZNODE_FIELDS(delta)
};
struct ReadOk {
  std::int64_t value = 0;
  MZNODE_FIELDS(value)
};

MZNODE_STRATEGIES(crdt, seq_kv, lin_kv)

}  // namespace mznode::counter

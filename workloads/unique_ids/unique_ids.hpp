#pragma once

#include "mznode/workloads/registry.hpp"
#include "mznode/workloads/strategy_list.hpp"

/// Maelstrom's unique-ids: every `generate` is answered with an id that no other request ever gets.
namespace mznode::unique_ids {

WorkloadInfo workload();
sim::TestSpec unique_ids_test();

/// Messages (Maelstrom, doc/workloads.md, "Unique IDs").
struct GenerateOk {
  Json id;
  MZNODE_FIELDS(id)
};

MZNODE_STRATEGIES(counter, snowflake, uuid, tso)

}  // namespace mznode::unique_ids

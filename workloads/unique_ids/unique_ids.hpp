#pragma once

#include "mznode/workloads/registry.hpp"

/// Maelstrom's unique-ids: every `generate` is answered with an id that no other request ever gets.
namespace mznode::unique_ids {

WorkloadInfo workload();
sim::TestSpec unique_ids_test();

/// Messages (Maelstrom, doc/workloads.md, "Unique IDs").
struct GenerateOk {
  Json id;
  MZNODE_FIELDS(id)
};

StrategyInfo counter_strategy();
StrategyInfo snowflake_strategy();
StrategyInfo uuid_strategy();
StrategyInfo tso_strategy();

}  // namespace mznode::unique_ids

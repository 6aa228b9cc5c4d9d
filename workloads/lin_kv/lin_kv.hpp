#pragma once

#include "mznode/workloads/registry.hpp"
#include "mznode/workloads/strategy_list.hpp"

/// Maelstrom's lin-kv: a store of registers with read, write and compare-and-set, each linearizable.
namespace mznode::linearizable_kv {

/// How long Maelstrom's client waits, or so many mean latencies if that is more.
inline constexpr Duration client_timeout = 1s;
inline constexpr int client_timeout_latencies = 10;

WorkloadInfo workload();
sim::TestSpec lin_kv_test();

MZNODE_STRATEGIES(raft, caspaxos, proxy)

/// Messages (Maelstrom, doc/workloads.md, "Lin-kv").
struct Read {
  Json key;
  MZNODE_FIELDS(key)
};
struct ReadOk {
  Json value;
  MZNODE_FIELDS(value)
};
struct Write {
  Json key;
  Json value;
  MZNODE_FIELDS(key, value)
};
struct Cas {
  Json key;
  Json from;
  Json to;
  MZNODE_FIELDS(key, from, to)
};

}  // namespace mznode::linearizable_kv

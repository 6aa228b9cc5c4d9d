#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "mznode/workloads/registry.hpp"
#include "mznode/workloads/strategy_list.hpp"

/// Maelstrom's kafka: append-only logs, one a key, whose messages have offsets.
namespace mznode::kafka {

WorkloadInfo workload();
sim::TestSpec kafka_test();

MZNODE_STRATEGIES(owner, lin_kv, raft)

using Offset = std::int64_t;
using Offsets = std::map<std::string, Offset>;
/// Messages by key, each with its offset.
using Messages = std::map<std::string, std::vector<std::pair<Offset, Json>>>;

/// Messages (Maelstrom, doc/workloads.md, "Kafka").
struct Send {
  std::string key;
  Json msg;
  MZNODE_FIELDS(key, msg)
};
struct SendOk {
  Offset offset = 0;
  MZNODE_FIELDS(offset)
};
/// Also what `commit_offsets` is asked and `list_committed_offsets` answered with.
struct Poll {
  Offsets offsets;
  MZNODE_FIELDS(offsets)
};
struct PollOk {
  Messages msgs;
  MZNODE_FIELDS(msgs)
};
struct ListCommitted {
  std::vector<std::string> keys;
  MZNODE_FIELDS(keys)
};

/// The generator of the test, by which it is also finished.
std::unique_ptr<sim::Generator> make_generator(const sim::ClientOptions& options);

/// The name of the field that makes an assign begin at offset 0.
inline constexpr const char* seek_to_beginning = "seek-to-beginning?";

}  // namespace mznode::kafka

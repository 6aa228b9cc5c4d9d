#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "mznode/sim/runner.hpp"
#include "mznode/workloads/story.hpp"

namespace mznode::story {

/// What a node asked one of Maelstrom's key-value services for, and what the service answered.
struct ServiceCall {
  std::string node;
  std::string service;
  /// "read", "write" or "cas".
  std::string type;
  Json key = {};
  /// What was read or written; nothing where the key was not there.
  std::optional<Json> value = {};
  /// Of a cas, what it replaced.
  std::optional<Json> from = {};
  Duration asked{0};
  /// When the answer reached the node.
  std::optional<Duration> heard = {};
  /// The id of the request.
  std::uint64_t message = 0;

  bool is_change() const { return type != "read"; }
};

/// Those calls that were answered, without error or with that of a key that is not there, in the order in which the
/// services answered. Needs the messages of the run.
std::vector<ServiceCall> service_calls(const sim::RunResult& run);

/// A write of a node that did not know what had been written since the node last heard of the key; all are calls of
/// those in which it was found.
struct Overwrite {
  const ServiceCall* lost;
  const ServiceCall* known;
  const ServiceCall* write;
};
/// Whether a node may have written a key of a service without a compare-and-set: a quick look, which may say yes in
/// vain.
bool may_overwrite(const sim::RunResult& run);
/// All of them, by the time of the write. Where a node is the only one that writes a key, it may well write over what
/// it wrote itself.
std::vector<Overwrite> overwrites(const std::vector<ServiceCall>& calls);

/// "\"sum\" of lin-kv".
std::string place_of(const ServiceCall& call);
/// "n1 wrote \"sum\" of lin-kv over what n0 had written since n1 read it, one of 12 times".
std::string words_of(const Overwrite& overwrite, std::size_t count);
/// What happened, as three events.
void tell(const Overwrite& overwrite, std::vector<StoryEvent>& events);

}  // namespace mznode::story

#pragma once

#include <cstdint>
#include <functional>

#include "mznode/node/runtime.hpp"
#include "raft/messages.hpp"

namespace mznode::raft {

struct Config {
  std::size_t members = 1;
  Member self = 0;
  MemoryId memory = 0;
  /// A follower that hears no leader for so long, and up to twice that, campaigns. Longer than a round trip.
  Duration election_timeout = 400ms;
  /// How often a leader speaks when it has nothing to say.
  Duration heartbeat = 100ms;
  /// How long commands and reads may wait for others to share their broadcast.
  Duration batch_window{0};
  /// Leaders answer reads without a round trip for as long as no other leader can have been elected, which trusts the
  /// clocks of all servers to run at nearly the same speed (thesis, 6.4.1).
  bool lease_reads = false;
  /// Entries in one message, and entries that may be under way to one follower.
  std::size_t max_batch = 500;
  std::size_t max_in_flight = 5'000;
  /// 64 random bits, for election time-outs.
  std::function<std::uint64_t()> random = {};

  /// So many servers are a majority.
  std::size_t quorum() const { return members / 2 + 1; }
};

}  // namespace mznode::raft

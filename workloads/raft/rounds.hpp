#pragma once

#include <algorithm>
#include <map>
#include <optional>

#include "raft/config.hpp"

namespace mznode::raft {

/// When a leader speaks to all: at each heartbeat, and for the sake of commands and reads that wait to share a
/// broadcast. The broadcasts of a leader are its rounds; when each was sent is kept as long as a lease can rest on it.
class Rounds {
 public:
  explicit Rounds(const Config& config) : config_(config) {}

  /// A new leader has yet to speak.
  void begin();
  /// Speaks within the batch window.
  void request(Time now) {
    if (!requested_at_) requested_at_ = now + config_.batch_window;
  }
  /// Whether something waits for a broadcast that is due.
  bool is_requested(Time now) const { return requested_at_ && *requested_at_ <= now; }
  bool is_heartbeat_due(Time now) const { return heartbeat_at_ <= now; }
  Time next_at() const { return requested_at_ ? std::min(*requested_at_, heartbeat_at_) : heartbeat_at_; }
  /// The latest round.
  Round current() const { return current_; }

  /// Begins a round now, for all that waits, and returns it.
  Round next(Time now);
  /// A majority has answered this round: when those before it were sent matters no more.
  void confirm(Round round);
  /// True as long as the majority that has answered a round votes for nobody else: each of them waits an election
  /// time-out from when it heard of it (thesis, 6.4.1).
  bool has_lease(Round confirmed, Time now) const;
  /// Ends the process unless a leader counts its broadcasts.
  void check() const;

 private:
  Config config_;
  Round current_ = 0;
  Time heartbeat_at_ = {};
  std::optional<Time> requested_at_;
  std::map<Round, Time> sent_at_;
};

}  // namespace mznode::raft

#include "raft/rounds.hpp"

#include "mznode/node/invariant.hpp"

namespace mznode::raft {

void Rounds::begin() {
  current_ = 0;
  heartbeat_at_ = {};
  requested_at_.reset();
  sent_at_.clear();
}

Round Rounds::next(Time now) {
  sent_at_[++current_] = now;
  requested_at_.reset();
  heartbeat_at_ = now + config_.heartbeat;
  return current_;
}

void Rounds::confirm(Round round) {
  sent_at_.erase(sent_at_.begin(), sent_at_.lower_bound(round));
}

bool Rounds::has_lease(Round confirmed, Time now) const {
  const auto sent = sent_at_.find(confirmed);
  // A quarter for clocks that run at different speeds.
  return sent != sent_at_.end() && now < sent->second + config_.election_timeout * 3 / 4;
}

void Rounds::check() const {
  invariant(!sent_at_.empty() && sent_at_.rbegin()->first == current_, "a leader counts its broadcasts", {current_});
}

}  // namespace mznode::raft

// Reads without log entries, and what a leader knows about its being one: thesis, sections 6.2 and 6.4.

#include <algorithm>

#include "workloads/raft/raft.hpp"

namespace mznode::raft {

bool Raft::read(Time now, ReadId id) {
  if (role_ != Role::leader) return false;
  if (has_lease(now)) {
    reads_.push_back({.id = id, .confirmed = true});
    return true;
  }
  pending_reads_.push_back({.id = id, .round = std::nullopt, .index = std::max(commit_, first_of_term_)});
  if (!broadcast_at_) broadcast_at_ = now + config_.batch_window;
  return true;
}

/// Lets the reads go on whose broadcast a majority has answered: there was no other leader when it did so.
void Raft::confirm_reads() {
  const Round confirmed = reached_by_quorum(round_, &Progress::acked_round);
  round_sent_at_.erase(round_sent_at_.begin(), round_sent_at_.lower_bound(confirmed));
  while (!pending_reads_.empty()) {
    const PendingRead& read = pending_reads_.front();
    if (!read.round || *read.round > confirmed || read.index > commit_) return;
    reads_.push_back({.id = read.id, .confirmed = true});
    pending_reads_.pop_front();
  }
}

void Raft::fail_reads() {
  for (const PendingRead& read : pending_reads_) reads_.push_back({.id = read.id, .confirmed = false});
  pending_reads_.clear();
}

/// True as long as the majority that has answered a broadcast votes for nobody else: each of them waits an election
/// time-out from when it heard it.
bool Raft::has_lease(Time now) const {
  if (!config_.lease_reads || commit_ < first_of_term_) return false;
  const Round confirmed = reached_by_quorum(round_, &Progress::acked_round);
  const auto sent = round_sent_at_.find(confirmed);
  // A quarter for clocks that run at different speeds.
  return sent != round_sent_at_.end() && now < sent->second + config_.election_timeout * 3 / 4;
}

bool Raft::quorum_is_silent(Time now) const {
  return reached_by_quorum(now, &Progress::heard_at) + config_.election_timeout <= now;
}

}  // namespace mznode::raft

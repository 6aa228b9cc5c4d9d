// Log replication: paper, sections 5.3, 5.4.2 and 7; thesis, 10.2.2 (pipelining).

#include <algorithm>

#include "raft/raft.hpp"

namespace mznode::raft {

// ---- The follower

/// Recognises the sender as the leader of `term`. False when that term is over, which it is then told.
bool Raft::follow(Time now, Member leader, Term term, Round round) {
  if (term < term_) {
    answer(leader, false, 0, 0, round);
    return false;
  }
  if (term == term_ && role_ == Role::leader) return false;  // there is no other leader of this term
  if (term > term_ || role_ != Role::follower) become_follower(now, term);
  leader_ = leader;
  leader_heard_at_ = now;
  reset_election_timer(now);
  return true;
}

void Raft::answer(Member leader, bool success, Index index, Term conflict_term, Round round) {
  send(leader, Appended{.term = term_,
                        .success = success,
                        .index = index,
                        .conflict_term = conflict_term,
                        .round = round,
                        .life = config_.life,
                        .is_voter = is_voter_});
}

void Raft::receive(Time now, Member from, const AppendEntries& request) {
  if (!follow(now, from, request.term, request.round)) return;
  leader_commit_ = request.commit;
  const bool is_before_base = request.prev_index < log_.base_index();
  if (!is_before_base && log_.term_at(request.prev_index) != request.prev_term) {
    const Index index = log_.last_possible_match(request.prev_index, request.prev_term);
    answer(from, false, index, *log_.term_at(index), request.round);
    return;
  }
  const Index match = take_entries(request);
  commit_ = std::max(commit_, std::min(request.commit, match));
  answer(from, true, match, 0, request.round);
}

/// Brings the entries that follow `prev` into the log (paper, figure 2, AppendEntries, steps 3 and 4) and returns up to
/// where it now agrees with the leader's.
Index Raft::take_entries(const AppendEntries& request) {
  Index index = request.prev_index;
  for (const Entry& entry : request.entries) {
    ++index;
    // Those that are committed are there, and the same: the leader has them too (paper, figure 3, leader completeness).
    if (index <= commit_ || log_.term_at(index) == entry.term) continue;
    if (index <= log_.last_index()) {
      log_.truncate(index);
      first_unsaved_ = std::min(first_unsaved_, index);
    }
    const Index appended = log_.append(entry);
    invariant(appended == index, "an entry has the place that its leader gave it", {appended, index});
  }
  return std::max(index, commit_);
}

void Raft::receive(Time now, Member from, const InstallSnapshot& request) {
  if (!follow(now, from, request.term, request.round)) return;
  const Snapshot& snapshot = request.snapshot;
  if (snapshot.index > commit_) {
    log_.install(snapshot);
    commit_ = snapshot.index;
    must_rewrite_ = must_restore_ = true;
  }
  answer(from, true, commit_, 0, request.round);
}

// ---- The leader

void Raft::receive(Time now, Member from, const Appended& reply) {
  if (reply.term > term_) {
    become_follower(now, reply.term);
    return;
  }
  if (role_ != Role::leader || reply.term < term_) return;
  Progress& progress = progress_[from];
  if (progress.life != reply.life) {
    // Another memory: what the one before it had acknowledged is gone.
    progress = {.life = reply.life, .next = log_.last_index() + 1, .acked_round = progress.acked_round};
  }
  progress.is_voter = reply.is_voter;
  progress.heard_at = now;
  progress.acked_round = std::max(progress.acked_round, reply.round);
  if (reply.success) {
    progress.match = std::max(progress.match, reply.index);
    progress.next = std::max(progress.next, progress.match + 1);
    if (progress.next > log_.base_index()) {
      progress.is_probing = false;
      progress.paused_until = {};
    }
    advance_commit();
  } else if (reply.index >= progress.match) {
    fall_back(progress, reply);
  }
  confirm_reads();
  send_entries(now, from, Empty::skip);
}

/// Goes back to where the logs may agree, at most (paper, 5.3, at its end).
void Raft::fall_back(Progress& progress, const Appended& reply) const {
  const Index possible = log_.last_possible_match(reply.index, reply.conflict_term);
  progress.next = std::max(progress.match + 1, std::min(progress.next, possible + 1));
  progress.is_probing = true;
  if (progress.next > log_.base_index()) progress.paused_until = {};
}

/// Says to everybody what is new, and that this leader lives.
void Raft::broadcast(Time now) {
  const bool is_heartbeat = heartbeat_at_ <= now;
  ++round_;
  round_sent_at_[round_] = now;
  const std::set<Member> must_answer = begin_round_for_reads();
  broadcast_at_.reset();
  heartbeat_at_ = now + config_.heartbeat;
  for (Member member = 0; member < config_.members; ++member) {
    if (member == config_.self) continue;
    const bool is_silent = progress_[member].told_at + config_.heartbeat <= now;
    send_entries(now, member, is_heartbeat || is_silent || must_answer.contains(member) ? Empty::send : Empty::skip);
  }
  confirm_reads();
}

/// Sends a follower what it lacks, as far as that is known and has not been sent.
void Raft::send_entries(Time now, Member to, Empty empty) {
  Progress& progress = progress_[to];
  const bool lacks_entries = progress.next <= log_.last_index() || progress.next <= log_.base_index();
  // Who is silent gets heartbeats alone: its link or process may be down for long.
  const bool may_send = now >= progress.paused_until && now < progress.heard_at + config_.election_timeout &&
                        progress.next <= progress.match + config_.max_in_flight;
  AppendEntries request{.term = term_, .entries = {}, .commit = commit_, .round = round_};
  if (progress.next <= log_.base_index()) {
    if (may_send) {
      send_snapshot(now, to);
      return;
    }
    // A heartbeat that any log agrees with.
  } else {
    request.prev_index = progress.next - 1;
    request.prev_term = *log_.term_at(request.prev_index);
    if (may_send && lacks_entries) request.entries = log_.slice(progress.next, config_.max_batch);
  }
  if (request.entries.empty() && empty == Empty::skip) return;
  progress.told_at = now;
  if (progress.is_probing) {
    progress.paused_until = now + config_.heartbeat;
  } else {
    progress.next += request.entries.size();
  }
  send(to, std::move(request));
}

void Raft::send_snapshot(Time now, Member to) {
  progress_[to].told_at = now;
  progress_[to].paused_until = now + 2 * config_.election_timeout;
  send(to, InstallSnapshot{.term = term_, .snapshot = log_.snapshot(), .round = round_});
}

/// Only entries of the leader's own term are committed by counting (paper, 5.4.2 and figure 8).
void Raft::advance_commit() {
  const Index reached = reached_by_quorum(log_.last_index(), &Progress::match);
  if (reached <= commit_ || log_.term_at(reached) != term_) return;
  commit_ = reached;
  // Reads may have waited for this leader's first commit.
  confirm_reads();
}

}  // namespace mznode::raft

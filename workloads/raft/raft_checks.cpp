// What a server believes of others, and what it holds itself to: the first is refused with an error when it cannot be,
// the second ends the process.

#include <algorithm>

#include "mznode/node/invariant.hpp"
#include "raft/raft.hpp"

namespace mznode::raft {
namespace {

/// Entries that a leader may have committed since it last told a follower. It tells ten times a second.
constexpr Index longest_commit_leap = 1 << 20;

}  // namespace

void Saved::validate() const {
  Term last = snapshot.term;
  for (const Entry& entry : entries) {
    demand(entry.term >= last, "terms do not fall along a log");
    last = entry.term;
  }
  demand(last <= hard_state.term, "no entry is of a later term than its server");
}

void Raft::demand_possible(const RequestVote& request) const {
  demand_within_reach("term", request.term, term_);
}

void Raft::demand_possible(const Vote& vote) const {
  demand_within_reach("term", vote.term, term_);
}

void Raft::demand_possible(const AppendEntries& request) const {
  demand_within_reach("term", request.term, term_);
  if (request.term < term_) return;
  Index index = request.prev_index;
  for (const Entry& entry : request.entries) {
    if (++index > commit_) break;
    const auto known = log_.term_at(index);
    demand(!known || *known == entry.term, "a leader has what is committed (paper, figure 3, leader completeness)");
  }
}

/// A leader sends a snapshot of what it has committed, and to whom it has told of that in heartbeats just before.
void Raft::demand_possible(const InstallSnapshot& request) const {
  demand_within_reach("term", request.term, term_);
  demand_within_reach("the snapshot's index", request.snapshot.index, std::max(commit_, leader_commit_),
                      longest_commit_leap);
}

void Raft::demand_possible(const Appended& reply) const {
  demand_within_reach("term", reply.term, term_);
  if (role_ != Role::leader || reply.term != term_) return;
  demand(reply.index <= log_.last_index(), "the follower has more than this leader, which it follows");
  demand(reply.round <= round_, "the follower answers what this leader has not sent yet");
}

/// What only grows, and what is never taken back.
void Raft::check_step() {
  const Checked now{.role = role_,
                    .term = term_,
                    .vote = vote_,
                    .is_voter = is_voter_,
                    .commit = commit_,
                    .applied = applied_,
                    .last_index = log_.last_index()};
  const Checked& before = checked_;
  invariant(now.term >= before.term, "no server goes back in term", {now.term, before.term});
  const bool is_same_term = now.term == before.term;
  invariant(!is_same_term || !before.vote || now.vote == before.vote, "a server votes once in a term", {now.term});
  invariant(now.is_voter || !before.is_voter, "a voter stays one");
  invariant(now.commit >= before.commit, "no commit is taken back", {now.commit, before.commit});
  invariant(now.applied >= before.applied, "nothing is applied twice", {now.applied, before.applied});
  const bool leads_on = is_same_term && now.role == Role::leader && before.role == Role::leader;
  invariant(!leads_on || now.last_index >= before.last_index, "a leader does not shorten its log",
            {now.last_index, before.last_index});
  checked_ = now;
  check_log();
  check_role();
}

void Raft::check_log() const {
  const Index last = log_.last_index();
  const Index snapshot = log_.snapshot().index;
  invariant(applied_ <= commit_ && commit_ <= last, "what is applied is committed, and what is committed is there",
            {applied_, commit_, last});
  invariant(log_.base_index() <= snapshot && snapshot <= commit_, "a snapshot is of what is committed",
            {log_.base_index(), snapshot, commit_});
  invariant(must_restore_ == (applied_ < snapshot), "a snapshot is restored, or made of what was applied",
            {applied_, snapshot});
  invariant(log_.last_term() <= term_, "no entry is of a later term than its server", {log_.last_term(), term_});
  invariant(must_rewrite_ || (first_unsaved_ > snapshot && first_unsaved_ <= last + 1),
            "what is not saved yet begins behind the snapshot", {first_unsaved_, snapshot, last});
}

void Raft::check_role() const {
  const bool is_leader = role_ == Role::leader;
  invariant(role_ == Role::follower || is_voter_, "only voters campaign");
  invariant(is_leader == (leader_ == config_.self), "a server knows whether it leads", {term_});
  invariant((role_ != Role::candidate && !is_leader) || vote_ == config_.self, "a candidate votes for itself", {term_});
  if (!is_leader) {
    invariant(pending_reads_.empty(), "only a leader confirms reads", {pending_reads_.size()});
    return;
  }
  invariant(log_.last_term() == term_ && first_of_term_ <= log_.last_index(), "a leader's log ends in its own term",
            {log_.last_term(), term_, first_of_term_});
  invariant(!round_sent_at_.empty() && round_sent_at_.rbegin()->first == round_, "a leader counts its broadcasts",
            {round_});
  for (Member member = 0; member < config_.members; ++member) {
    if (member != config_.self) check_progress(progress_[member]);
  }
}

void Raft::check_progress(const Progress& progress) const {
  invariant(progress.match < progress.next && progress.next <= log_.last_index() + 1,
            "a follower is sent what comes behind what it has", {progress.match, progress.next, log_.last_index()});
  invariant(progress.acked_round <= round_, "only what was sent is answered", {progress.acked_round, round_});
}

}  // namespace mznode::raft

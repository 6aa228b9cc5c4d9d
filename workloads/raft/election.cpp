// Leader election: paper, sections 5.2 and 5.4.1; thesis, 4.2.3 (leaders are not disrupted) and 9.6 (pre-votes).

#include "raft/raft.hpp"

namespace mznode::raft {

void Raft::reset_election_timer(Time now) {
  const auto spread = static_cast<std::uint64_t>(config_.election_timeout.count());
  const Duration random_part(static_cast<std::int64_t>(config_.random() % spread));
  election_at_ = now;
  if (quorum() > 1) election_at_ += random_part;
  // In a new cluster there is no leader whose silence had to be waited for.
  if (quorum() > 1 && term_ > 0) election_at_ += config_.election_timeout;
}

bool Raft::hears_leader(Time now) const {
  return role_ == Role::leader || (leader_heard_at_ && now < *leader_heard_at_ + config_.election_timeout);
}

/// Asks for votes. A pre-candidate only asks whether it would get them, so that a server that was cut off does not come
/// back with a term that unseats the leader.
void Raft::campaign(Time now, Role role) {
  role_ = role;
  leader_.reset();
  reset_election_timer(now);
  if (role == Role::candidate) {
    ++term_;
    vote_ = config_.self;
  }
  const bool is_pre_vote = role == Role::pre_candidate;
  votes_.clear();
  send_to_all(RequestVote{.term = is_pre_vote ? term_ + 1 : term_,
                          .is_pre_vote = is_pre_vote,
                          .last_index = log_.last_index(),
                          .last_term = log_.last_term()});
  count_vote(now, config_.self);
}

void Raft::receive(Time now, Member from, const RequestVote& request) {
  // The leader of this server may ask, having stepped down; from anybody else it would only disturb.
  if (hears_leader(now) && leader_ != from) return;
  const bool is_up_to_date = log_.is_up_to_date(request.last_index, request.last_term);
  if (request.is_pre_vote) {
    const bool granted = is_voter_ && request.term > term_ && is_up_to_date;
    send(from, Vote{.term = granted ? request.term : term_, .is_pre_vote = true, .granted = granted});
    return;
  }
  if (request.term > term_) become_follower(now, request.term);
  const bool granted = is_voter_ && request.term == term_ && (!vote_ || *vote_ == from) && is_up_to_date;
  if (granted) {
    vote_ = from;
    role_ = Role::follower;
    reset_election_timer(now);
  }
  send(from, Vote{.term = term_, .is_pre_vote = false, .granted = granted});
}

void Raft::receive(Time now, Member from, const Vote& vote) {
  if (!vote.granted) {
    if (vote.term > term_) become_follower(now, vote.term);
    return;
  }
  const bool is_of_this_campaign = vote.is_pre_vote ? role_ == Role::pre_candidate && vote.term == term_ + 1
                                                    : role_ == Role::candidate && vote.term == term_;
  if (is_of_this_campaign) count_vote(now, from);
}

void Raft::count_vote(Time now, Member from) {
  votes_.insert(from);
  if (votes_.size() < quorum()) return;
  if (role_ == Role::pre_candidate) {
    campaign(now, Role::candidate);
  } else {
    become_leader(now);
  }
}

void Raft::become_follower(Time now, Term term) {
  if (role_ == Role::leader) reset_election_timer(now);
  if (term > term_) {
    term_ = term;
    vote_.reset();
    leader_commit_ = 0;
  }
  role_ = Role::follower;
  leader_.reset();
  fail_reads();
}

void Raft::become_leader(Time now) {
  role_ = Role::leader;
  leader_ = config_.self;
  progress_.assign(config_.members, Progress{.next = log_.last_index() + 1, .heard_at = now});
  for (const Member member : votes_) progress_[member].is_voter = true;
  round_ = 0;
  round_sent_at_.clear();
  // Committing an entry of its own term commits all before it (paper, 5.4.2), and tells what was committed (section 8).
  first_of_term_ = log_.append({.term = term_, .command = Command()});
  broadcast(now);
  advance_commit();
}

}  // namespace mznode::raft

#include "raft/raft.hpp"

#include <algorithm>
#include <utility>

#include "mznode/node/invariant.hpp"

namespace mznode::raft {

Raft::Raft(Config config, Saved saved, Time now)
    : config_(std::move(config)),
      journal_(std::move(saved)),
      election_(config_, now, journal_.term() > 0),
      tracker_(config_),
      rounds_(config_) {
  check_step();
}

void Raft::step(Time now, Member from, const Message& message) {
  if (from >= config_.members || from == config_.self) return;
  std::visit(
      [&](const auto& each) {
        demand_possible(each);
        receive(now, from, each);
      },
      message);
  check_step();
}

void Raft::tick(Time now) {
  if (election_.leads()) {
    // Somebody else may lead already, where this leader is not heard; whoever waits here should know (thesis, 6.2).
    if (tracker_.heard_by_quorum(now) + config_.election_timeout <= now) become_follower(now, term());
    if (election_.leads() && rounds_.is_heartbeat_due(now)) broadcast(now);
  }
  if (!election_.leads() && is_voter() && election_.due_at() <= now) {
    campaign(now, config_.quorum() == 1 ? Role::candidate : Role::pre_candidate);
  }
  check_step();
}

Time Raft::next_tick() const {
  if (!election_.leads()) return is_voter() ? election_.due_at() : Time::max();
  if (config_.quorum() == 1) return rounds_.next_at();
  return std::min(rounds_.next_at(), tracker_.heard_by_quorum(Time::max()) + config_.election_timeout);
}

Effects Raft::take_effects(Time now) {
  if (election_.leads() && rounds_.is_requested(now)) broadcast(now);
  Effects effects;
  effects.unsaved = journal_.take_unsaved();
  effects.messages = std::exchange(messages_, {});
  effects.restore = journal_.take_restore();
  effects.committed = journal_.take_committed();
  effects.reads = reads_.take_results();
  check_step();
  return effects;
}

std::optional<Index> Raft::propose(Time now, Command command) {
  if (!election_.leads()) return std::nullopt;
  const Index index = journal_.append(std::move(command));
  rounds_.request(now);
  advance_commit();
  check_step();
  return index;
}

bool Raft::read(Time now, ReadId id, std::optional<ReadingVoter> voter) {
  if (!election_.leads()) return false;
  std::optional<Member> confirming;
  if (voter && voter->term == term()) confirming = voter->member;
  if (!reads_.ask(id, confirming, has_lease(now), tracker_, commit())) rounds_.request(now);
  return true;
}

void Raft::compact(Index index, Json state) {
  journal_.compact(index, std::move(state), config_.max_batch);
  check_step();
}

void Raft::become_voter(Time now) {
  journal_.become_voter();
  restart_election_timer(now);
  check_step();
}

// ---- Who leads: paper, 5.2 and 5.4.1; thesis, 4.2.3 (leaders are not disrupted) and 9.6 (pre-votes)

void Raft::campaign(Time now, Role role) {
  const bool is_pre_vote = role == Role::pre_candidate;
  election_.campaign(role);
  restart_election_timer(now);
  if (!is_pre_vote) {
    journal_.enter(term() + 1);
    journal_.vote_for(config_.self);
  }
  const RequestVote request{.term = is_pre_vote ? term() + 1 : term(),
                            .is_pre_vote = is_pre_vote,
                            .last_index = log().last_index(),
                            .last_term = log().last_term()};
  for (const Member member : tracker_.others()) send(member, request);
  count_vote(now, config_.self);
}

void Raft::receive(Time now, Member from, const RequestVote& request) {
  // The leader of this server may ask, having stepped down; from anybody else it would only disturb.
  if (election_.hears_leader(now) && leader() != from) return;
  const bool is_up_to_date = log().is_up_to_date(request.last_index, request.last_term);
  if (request.is_pre_vote) {
    const bool granted = is_voter() && request.term > term() && is_up_to_date;
    send(from, Vote{.term = granted ? request.term : term(), .is_pre_vote = true, .granted = granted});
    return;
  }
  if (request.term > term()) become_follower(now, request.term);
  const bool granted = is_voter() && request.term == term() && journal_.may_vote_for(from) && is_up_to_date;
  if (granted) {
    journal_.vote_for(from);
    election_.withdraw();
    restart_election_timer(now);
  }
  send(from, Vote{.term = term(), .is_pre_vote = false, .granted = granted});
}

void Raft::receive(Time now, Member from, const Vote& vote) {
  if (!vote.granted) {
    if (vote.term > term()) become_follower(now, vote.term);
    return;
  }
  const bool is_of_this_campaign = vote.is_pre_vote ? role() == Role::pre_candidate && vote.term == term() + 1
                                                    : role() == Role::candidate && vote.term == term();
  if (is_of_this_campaign) count_vote(now, from);
}

void Raft::count_vote(Time now, Member from) {
  if (!election_.add_vote(from)) return;
  if (role() == Role::pre_candidate) {
    campaign(now, Role::candidate);
  } else {
    become_leader(now);
  }
}

void Raft::become_follower(Time now, Term term) {
  if (election_.leads()) restart_election_timer(now);
  if (term > journal_.term()) {
    journal_.enter(term);
    leader_commit_ = 0;
  }
  election_.follow_nobody();
  reads_.fail();
}

void Raft::become_leader(Time now) {
  election_.lead();
  tracker_.reset(log().last_index() + 1, now, election_.votes());
  rounds_.begin();
  // Committing an entry of its own term commits all before it (paper, 5.4.2), and tells what was committed (section 8).
  reads_.begin(journal_.append(Command()));
  broadcast(now);
  advance_commit();
}

// ---- The follower: paper, 5.3 and 7

/// Recognises the sender as the leader of `term`. False when that term is over, which it is then told.
bool Raft::follow(Time now, Member leader, Term term, Round round) {
  if (term < journal_.term()) {
    answer(leader, false, 0, 0, round);
    return false;
  }
  if (term == journal_.term() && election_.leads()) return false;  // there is no other leader of this term
  if (term > journal_.term() || role() != Role::follower) become_follower(now, term);
  election_.follow(leader, now);
  restart_election_timer(now);
  return true;
}

void Raft::answer(Member leader, bool success, Index index, Term conflict_term, Round round) {
  send(leader, Appended{.term = term(),
                        .success = success,
                        .index = index,
                        .conflict_term = conflict_term,
                        .round = round,
                        .life = config_.memory,
                        .is_voter = is_voter()});
}

void Raft::receive(Time now, Member from, const AppendEntries& request) {
  if (!follow(now, from, request.term, request.round)) return;
  leader_commit_ = request.commit;
  const bool is_before_base = request.prev_index < log().base_index();
  if (!is_before_base && log().term_at(request.prev_index) != request.prev_term) {
    const Index index = log().last_possible_match(request.prev_index, request.prev_term);
    answer(from, false, index, *log().term_at(index), request.round);
    return;
  }
  const Index match = journal_.take(request.prev_index, request.entries);
  journal_.commit_up_to(std::max(commit(), std::min(request.commit, match)));
  answer(from, true, match, 0, request.round);
}

void Raft::receive(Time now, Member from, const InstallSnapshot& request) {
  if (!follow(now, from, request.term, request.round)) return;
  if (request.snapshot.index > commit()) journal_.install(request.snapshot);
  answer(from, true, commit(), 0, request.round);
}

// ---- The leader: paper, 5.3, 5.4.2 and 7; thesis, 10.2.2 (pipelining) and 6.4 (reads)

void Raft::receive(Time now, Member from, const Appended& reply) {
  if (reply.term > term()) {
    become_follower(now, reply.term);
    return;
  }
  if (!election_.leads() || reply.term < term()) return;
  tracker_[from].receive(now, reply, log());
  if (reply.success) advance_commit();
  confirm_reads();
  send_entries(now, from, Empty::skip);
}

/// Says to everybody what is new, and that this leader lives.
void Raft::broadcast(Time now) {
  const bool is_heartbeat = rounds_.is_heartbeat_due(now);
  const Round round = rounds_.next(now);
  const std::set<Member> must_answer = reads_.join(round, tracker_);
  for (const Member member : tracker_.others()) {
    const bool is_silent = tracker_[member].told_at() + config_.heartbeat <= now;
    send_entries(now, member, is_heartbeat || is_silent || must_answer.contains(member) ? Empty::send : Empty::skip);
  }
  confirm_reads();
}

/// Sends a follower what it lacks, as far as that is known and has not been sent.
void Raft::send_entries(Time now, Member to, Empty empty) {
  Progress& progress = tracker_[to];
  const bool may_be_sent = progress.may_be_sent(now, config_);
  const bool needs_snapshot = progress.needs_snapshot(log());
  if (may_be_sent && needs_snapshot) {
    progress.sent_snapshot(now, log(), config_);
    send(to, InstallSnapshot{.term = term(), .snapshot = log().snapshot(), .round = rounds_.current()});
    return;
  }
  AppendEntries request{.term = term(), .entries = {}, .commit = commit(), .round = rounds_.current()};
  if (!needs_snapshot) {  // otherwise it is a heartbeat that any log agrees with
    request.prev_index = progress.next() - 1;
    request.prev_term = *log().term_at(request.prev_index);
    if (may_be_sent) request.entries = log().slice(progress.next(), config_.max_batch);
  }
  if (request.entries.empty() && empty == Empty::skip) return;
  progress.sent_entries(now, request.entries.size(), config_);
  send(to, std::move(request));
}

/// Only entries of the leader's own term are committed by counting (paper, 5.4.2 and figure 8).
void Raft::advance_commit() {
  const Index reached = tracker_.matched_by_quorum(log().last_index());
  if (reached <= commit() || log().term_at(reached) != term()) return;
  journal_.commit_up_to(reached);
  // Reads may have waited for this leader's first commit.
  confirm_reads();
}

void Raft::confirm_reads() {
  rounds_.confirm(tracker_.acked_by_quorum(rounds_.current()));
  reads_.confirm(tracker_, commit());
}

bool Raft::has_lease(Time now) const {
  return config_.lease_reads && commit() >= reads_.first_of_term() &&
         rounds_.has_lease(tracker_.acked_by_quorum(rounds_.current()), now);
}

void Raft::send(Member to, Message message) {
  messages_.push_back({.to = to, .message = std::move(message)});
}

}  // namespace mznode::raft

#include "raft/raft.hpp"

#include <algorithm>
#include <utility>

namespace mznode::raft {

void Saved::add(const Unsaved& unsaved) {
  if (unsaved.rewrite) *this = *unsaved.rewrite;
  if (unsaved.hard_state) hard_state = *unsaved.hard_state;
  if (!unsaved.append) return;
  const Append& append = *unsaved.append;
  demand(append.first > snapshot.index && append.first <= snapshot.index + entries.size() + 1,
         "entries are saved behind those that were saved before");
  entries.resize(append.first - snapshot.index - 1);
  entries.insert(entries.end(), append.entries.begin(), append.entries.end());
}

Raft::Raft(Config config, Saved saved, Time now)
    : config_(std::move(config)),
      term_(saved.hard_state.term),
      vote_(saved.hard_state.vote),
      is_voter_(saved.hard_state.is_voter),
      log_(std::move(saved.snapshot), std::move(saved.entries)),
      saved_(saved.hard_state),
      first_unsaved_(log_.last_index() + 1),
      must_restore_(log_.snapshot().index > 0),
      commit_(log_.snapshot().index),
      progress_(config_.members) {
  invariant(config_.self < config_.members && config_.random, "a server is one of the members",
            {config_.self, config_.members});
  if (term_ > 0) leader_heard_at_ = now;
  reset_election_timer(now);
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
  if (role_ == Role::leader) {
    // Somebody else may lead already, where this leader is not heard; whoever waits here should know (thesis, 6.2).
    if (quorum_is_silent(now)) become_follower(now, term_);
    if (role_ == Role::leader && heartbeat_at_ <= now) broadcast(now);
  }
  if (role_ != Role::leader && is_voter_ && election_at_ <= now) {
    campaign(now, quorum() == 1 ? Role::candidate : Role::pre_candidate);
  }
  check_step();
}

Time Raft::next_tick() const {
  if (role_ != Role::leader) return is_voter_ ? election_at_ : Time::max();
  const Time next = broadcast_at_ ? std::min(*broadcast_at_, heartbeat_at_) : heartbeat_at_;
  return quorum() == 1 ? next
                       : std::min(next, reached_by_quorum(Time::max(), &Progress::heard_at) + config_.election_timeout);
}

Effects Raft::take_effects(Time now) {
  if (role_ == Role::leader && broadcast_at_ && *broadcast_at_ <= now) broadcast(now);
  Effects effects;
  effects.unsaved = take_unsaved();
  effects.messages = std::exchange(messages_, {});
  if (std::exchange(must_restore_, false)) {
    effects.restore = log_.snapshot();
    applied_ = log_.snapshot().index;
  }
  while (applied_ < commit_) {
    ++applied_;
    effects.committed.push_back({.index = applied_, .entry = log_.at(applied_)});
  }
  effects.reads = std::exchange(reads_, {});
  check_step();
  return effects;
}

Unsaved Raft::take_unsaved() {
  const HardState hard_state{.term = term_, .vote = vote_, .is_voter = is_voter_};
  const auto entries_from = [this](Index first) { return log_.slice(first, log_.last_index()); };
  Unsaved unsaved;
  if (std::exchange(must_rewrite_, false)) {
    const Snapshot& snapshot = log_.snapshot();
    unsaved.rewrite = {.hard_state = hard_state, .snapshot = snapshot, .entries = entries_from(snapshot.index + 1)};
  } else {
    if (hard_state != saved_) unsaved.hard_state = hard_state;
    if (first_unsaved_ <= log_.last_index())
      unsaved.append = {.first = first_unsaved_, .entries = entries_from(first_unsaved_)};
  }
  saved_ = hard_state;
  first_unsaved_ = log_.last_index() + 1;
  return unsaved;
}

std::optional<Index> Raft::propose(Time now, Command command) {
  if (role_ != Role::leader) return std::nullopt;
  const Index index = log_.append({.term = term_, .command = std::move(command)});
  if (!broadcast_at_) broadcast_at_ = now + config_.batch_window;
  advance_commit();
  check_step();
  return index;
}

void Raft::compact(Index index, Json state) {
  invariant(index <= applied_, "a snapshot is of what was applied", {index, applied_});
  log_.compact(index, std::move(state), config_.max_batch);
  must_rewrite_ = true;
  check_step();
}

void Raft::become_voter(Time now) {
  is_voter_ = true;
  reset_election_timer(now);
  check_step();
}

void Raft::send(Member to, Message message) {
  messages_.push_back({.to = to, .message = std::move(message)});
}

void Raft::send_to_all(const Message& message) {
  for (Member member = 0; member < config_.members; ++member) {
    if (member != config_.self) send(member, message);
  }
}

}  // namespace mznode::raft

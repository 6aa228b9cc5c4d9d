#include "raft/tracker.hpp"

#include <algorithm>
#include <functional>

#include "mznode/node/invariant.hpp"

namespace mznode::raft {

void Progress::sent_entries(Time now, std::size_t count, const Config& config) {
  told_at_ = now;
  if (state_ == State::probe) paused_until_ = now + config.heartbeat;
  if (state_ == State::replicate) next_ += count;
}

void Progress::sent_snapshot(Time now, const Log& log, const Config& config) {
  state_ = State::snapshot;
  snapshot_index_ = log.snapshot().index;
  told_at_ = now;
  paused_until_ = now + 2 * config.election_timeout;
}

void Progress::receive(Time now, const Appended& reply, const Log& log) {
  if (memory_ != reply.life) {
    // Another memory: what the one before it had acknowledged is gone.
    const Round acked_round = acked_round_;
    *this = Progress(log.last_index() + 1, now, reply.is_voter);
    memory_ = reply.life;
    acked_round_ = acked_round;
  }
  is_voter_ = reply.is_voter;
  heard_at_ = now;
  acked_round_ = std::max(acked_round_, reply.round);
  if (reply.success) {
    accept(reply.index, log);
  } else if (reply.index >= match_) {
    fall_back(reply, log);
  }
}

void Progress::accept(Index index, const Log& log) {
  match_ = std::max(match_, index);
  next_ = std::max(next_, match_ + 1);
  if (!needs_snapshot(log)) {
    state_ = State::replicate;
    paused_until_ = {};
  } else if (state_ == State::snapshot && match_ >= snapshot_index_) {
    // It is there, but the log has been compacted again meanwhile.
    state_ = State::probe;
    paused_until_ = {};
  }
}

/// Goes back to where the logs may agree, at most (paper, 5.3, at its end).
void Progress::fall_back(const Appended& reply, const Log& log) {
  const Index possible = log.last_possible_match(reply.index, reply.conflict_term);
  next_ = std::max(match_ + 1, std::min(next_, possible + 1));
  if (state_ == State::snapshot && needs_snapshot(log)) return;
  state_ = State::probe;
  if (!needs_snapshot(log)) paused_until_ = {};
}

void Progress::check(const Log& log, Round latest) const {
  invariant(match_ < next_ && next_ <= log.last_index() + 1, "a follower is sent what comes behind what it has",
            {match_, next_, log.last_index()});
  invariant(acked_round_ <= latest, "only what was sent is answered", {acked_round_, latest});
}

Tracker::Tracker(const Config& config) : quorum_(config.quorum()), followers_(config.members) {
  for (Member member = 0; member < config.members; ++member) {
    if (member != config.self) others_.push_back(member);
  }
}

void Tracker::reset(Index next, Time now, const std::set<Member>& voters) {
  for (const Member member : others_) followers_[member] = Progress(next, now, voters.contains(member));
}

template <class T>
T Tracker::reached_by_quorum(T own, T (Progress::*value)() const) const {
  std::vector<T> values = {own};
  values.reserve(followers_.size());
  for (const Member member : others_) {
    const Progress& follower = followers_[member];
    values.push_back(follower.is_voter() ? (follower.*value)() : T{});
  }
  const auto place = values.begin() + static_cast<std::ptrdiff_t>(quorum_ - 1);
  std::nth_element(values.begin(), place, values.end(), std::greater<>());
  return *place;
}

Index Tracker::matched_by_quorum(Index own) const {
  return reached_by_quorum(own, &Progress::match);
}

Round Tracker::acked_by_quorum(Round own) const {
  return reached_by_quorum(own, &Progress::acked_round);
}

Time Tracker::heard_by_quorum(Time own) const {
  return reached_by_quorum(own, &Progress::heard_at);
}

std::vector<Member> Tracker::voters_heard_last() const {
  std::vector<Member> voters;
  std::copy_if(others_.begin(), others_.end(), std::back_inserter(voters),
               [this](Member member) { return followers_[member].is_voter(); });
  std::stable_sort(voters.begin(), voters.end(),
                   [this](Member a, Member b) { return followers_[a].heard_at() > followers_[b].heard_at(); });
  return voters;
}

void Tracker::check(const Log& log, Round latest) const {
  for (const Member member : others_) followers_[member].check(log, latest);
}

}  // namespace mznode::raft

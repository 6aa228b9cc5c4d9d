#pragma once

#include <optional>
#include <set>
#include <vector>

#include "raft/config.hpp"
#include "raft/log.hpp"

namespace mznode::raft {

/// What a leader knows of a follower, and from that, what it sends it next. The states are those of etcd's tracker.
class Progress {
 public:
  enum class State : std::uint8_t {
    /// One message at a time, until it is known where the logs agree.
    probe,
    /// Entries are sent before those sent earlier are acknowledged.
    replicate,
    /// A snapshot is under way. Nothing but heartbeats until it is there, or taken for lost.
    snapshot
  };

  Progress() = default;
  /// Of a follower that is taken to have all entries before `next`, and to have been heard at `heard_at`.
  Progress(Index next, Time heard_at, bool is_voter) : is_voter_(is_voter), next_(next), heard_at_(heard_at) {}

  State state() const { return state_; }
  bool is_voter() const { return is_voter_; }
  /// The log agrees up to here, as far as is known.
  Index match() const { return match_; }
  /// What to send next; beyond match() + 1 when replies are awaited.
  Index next() const { return next_; }
  /// The latest round that it has answered.
  Round acked_round() const { return acked_round_; }
  Time heard_at() const { return heard_at_; }
  Time told_at() const { return told_at_; }

  /// What it lacks is gone from the leader's log.
  bool needs_snapshot(const Log& log) const { return next_ <= log.base_index(); }
  /// False as long as it gets heartbeats alone: because of its state, because it is silent (its link or process may be
  /// down for long), or because too many entries are under way to it.
  bool may_be_sent(Time now, const Config& config) const {
    return now >= paused_until_ && now < heard_at_ + config.election_timeout && next_ <= match_ + config.max_in_flight;
  }

  /// It was sent so many entries from next() on; none for a heartbeat.
  void sent_entries(Time now, std::size_t count, const Config& config);
  /// It was sent the log's snapshot.
  void sent_snapshot(Time now, const Log& log, const Config& config);
  /// Takes in what it answered in the leader's term.
  void receive(Time now, const Appended& reply, const Log& log);
  /// Ends the process unless it is sent what comes behind what it has, and has answered no round after the `latest`.
  void check(const Log& log, Round latest) const;

 private:
  void accept(Index index, const Log& log);
  void fall_back(const Appended& reply, const Log& log);

  MemoryId memory_ = 0;
  State state_ = State::probe;
  bool is_voter_ = false;
  Index match_ = 0;
  Index next_ = 1;
  /// Of the snapshot that is under way.
  Index snapshot_index_ = 0;
  /// Nothing but heartbeats before this.
  Time paused_until_ = {};
  Round acked_round_ = 0;
  Time heard_at_ = {};
  Time told_at_ = {};
};

/// What a leader knows of all other servers, and what a majority of the voters among them has reached.
class Tracker {
 public:
  explicit Tracker(const Config& config);

  /// Forgets all: a new leader's log ends before `next`, and of the others it knows who has voted for it.
  void reset(Index next, Time now, const std::set<Member>& voters);
  Progress& operator[](Member member) { return followers_[member]; }
  const Progress& operator[](Member member) const { return followers_[member]; }
  /// All servers but this one, in their order.
  const std::vector<Member>& others() const { return others_; }
  std::size_t quorum() const { return quorum_; }

  /// The best that a majority of voters has reached, this server with what is given.
  Index matched_by_quorum(Index own) const;
  Round acked_by_quorum(Round own) const;
  Time heard_by_quorum(Time own) const;
  /// The other voters, those first that were heard last.
  std::vector<Member> voters_heard_last() const;
  /// Progress::check() of all.
  void check(const Log& log, Round latest) const;

 private:
  template <class T>
  T reached_by_quorum(T own, T (Progress::*value)() const) const;

  std::size_t quorum_;
  std::vector<Member> others_;
  /// By their places; that of this server is not used.
  std::vector<Progress> followers_;
};

}  // namespace mznode::raft

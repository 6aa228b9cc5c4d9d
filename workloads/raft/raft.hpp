#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "mznode/node/runtime.hpp"
#include "raft/log.hpp"

namespace mznode::raft {

struct Config {
  std::size_t members = 1;
  Member self = 0;
  Life life = 0;
  /// A follower that hears no leader for so long, and up to twice that, campaigns. Longer than a round trip.
  Duration election_timeout = 400ms;
  /// How often a leader speaks when it has nothing to say.
  Duration heartbeat = 100ms;
  /// How long commands and reads may wait for others to share their broadcast.
  Duration batch_window{0};
  /// Leaders answer reads without a round trip for as long as no other leader can have been elected, which trusts the
  /// clocks of all servers to run at nearly the same speed (thesis, 6.4.1).
  bool lease_reads = false;
  /// Entries in one message, and entries that may be under way to one follower.
  std::size_t max_batch = 500;
  std::size_t max_in_flight = 5'000;
  /// 64 random bits, for election time-outs.
  std::function<std::uint64_t()> random = {};
};

/// What must be durable before a server answers anybody (paper, figure 2), beside the log.
struct HardState {
  Term term = 0;
  std::optional<Member> vote;
  /// False for a server that may have lost votes and entries with an earlier memory.
  bool is_voter = false;
  MZNODE_FIELDS(term, vote, is_voter)
  bool operator==(const HardState&) const = default;
};

/// The entries from an index on, in place of whatever was there.
struct Append {
  Index first = 0;
  std::vector<Entry> entries;
  MZNODE_FIELDS(first, entries)
};

struct Unsaved;

/// What a server has made durable.
struct Saved {
  HardState hard_state;
  Snapshot snapshot;
  /// Those behind the snapshot.
  std::vector<Entry> entries;
  MZNODE_FIELDS(hard_state, snapshot, entries)

  /// Takes in what was saved later. Throws Error malformed_request when it does not go on from here.
  void add(const Unsaved& unsaved);
  /// Throws Error malformed_request unless one server can have saved all of it.
  void validate() const;
};

/// What a server has to make durable now.
struct Unsaved {
  /// In the place of all that was saved before; then there is nothing more.
  std::optional<Saved> rewrite;
  std::optional<HardState> hard_state;
  std::optional<Append> append;
  MZNODE_FIELDS(rewrite, hard_state, append)

  bool empty() const { return !rewrite && !hard_state && !append; }
};

enum class Role : std::uint8_t { follower, pre_candidate, candidate, leader };

using ReadId = std::uint64_t;

/// A voter that asks for a read, and the term it is in then: it says that it has not gone on to another leader, as its
/// answer to a heartbeat would.
struct Witness {
  Member member = 0;
  Term term = 0;
};

/// What a server wants done, in the order of the members: first make durable what is unsaved, then send the messages,
/// then use the rest. No effect may overtake one of an earlier batch.
struct Effects {
  struct Outgoing {
    Member to = 0;
    Message message;
  };
  struct Committed {
    Index index = 0;
    Entry entry;
  };
  struct Read {
    ReadId id = 0;
    /// True when the state that all that was committed so far has led to may be read; false when this server does not
    /// lead any more.
    bool confirmed = false;
  };

  Unsaved unsaved;
  std::vector<Outgoing> messages;
  /// The state to go on from instead of the one reached so far.
  std::optional<Snapshot> restore;
  std::vector<Committed> committed;
  std::vector<Read> reads;

  bool empty() const { return unsaved.empty() && messages.empty() && !restore && committed.empty() && reads.empty(); }
};

/// One server of a Raft cluster of fixed members, some of which may be non-voters: they follow, but neither vote nor
/// count. Elections are preceded by pre-votes, leaders step down when they do not hear from a majority, reads are
/// confirmed by a round of heartbeats and cost no entry.
///
/// Pure: time, messages and chance come in, effects go out.
class Raft {
 public:
  /// A server that starts with what it has saved, which is nothing in its first life.
  Raft(Config config, Saved saved, Time now);

  /// Takes in a message of another server. Throws Error malformed_request, and changes nothing, when no server can have
  /// sent that to this one: beyond what its fields must be to each other, terms and indexes must be such as this server
  /// could have been told.
  void step(Time now, Member from, const Message& message);
  /// Does what is due at `now`.
  void tick(Time now);
  /// When tick() will next have something to do.
  Time next_tick() const;
  /// What has to be done since the last call. Call it after every event, or after several to batch them.
  Effects take_effects(Time now);

  /// Appends a command to the log and returns its index; nothing when this server does not lead. It may be replaced by
  /// another leader's entry before it is committed.
  std::optional<Index> propose(Time now, Command command);
  /// Asks for permission to read what is committed (thesis, 6.4); an effect will bring it. The one on whose behalf it
  /// is asked counts for the majority that has to confirm it. False when this server does not lead.
  bool read(Time now, ReadId id, std::optional<Witness> witness = std::nullopt);
  /// Replaces the entries up to `index`, which were committed and applied, by the state they have led to. Some stay for
  /// followers that are a little behind.
  void compact(Index index, Json state);
  /// Makes a non-voter a voter: this memory is the only one that the server has ever had.
  void become_voter(Time now);

  Role role() const { return role_; }
  Term term() const { return term_; }
  std::optional<Member> vote() const { return vote_; }
  bool is_voter() const { return is_voter_; }
  std::optional<Member> leader() const { return leader_; }
  Index commit() const { return commit_; }
  const Log& log() const { return log_; }
  const Config& config() const { return config_; }

 private:
  /// What a leader knows of a follower.
  struct Progress {
    Life life = 0;
    bool is_voter = false;
    /// The log agrees up to here, as far as is known.
    Index match = 0;
    /// What to send next; beyond match + 1 when replies are awaited.
    Index next = 1;
    /// One message at a time, until it is known where the logs agree.
    bool is_probing = true;
    /// Nothing but heartbeats before this.
    Time paused_until = {};
    Round acked_round = 0;
    Time heard_at = {};
    Time told_at = {};
  };
  struct PendingRead {
    ReadId id = 0;
    /// The broadcast that will confirm it; nothing as long as there was none since it came.
    std::optional<Round> round;
    /// Must be committed before, lest an earlier leader's commits be missed.
    Index index = 0;
    std::optional<Member> witness;
  };

  // raft_checks.cpp: what is checked before receive() believes it
  void demand_possible(const RequestVote& request) const;
  void demand_possible(const Vote& vote) const;
  void demand_possible(const AppendEntries& request) const;
  void demand_possible(const InstallSnapshot& request) const;
  void demand_possible(const Appended& reply) const;
  // raft_checks.cpp: what holds after each step, whatever came
  void check_step();
  void check_log() const;
  void check_role() const;
  void check_progress(const Progress& progress) const;

  // election.cpp
  void receive(Time now, Member from, const RequestVote& request);
  void receive(Time now, Member from, const Vote& vote);
  void reset_election_timer(Time now);
  bool hears_leader(Time now) const;
  void campaign(Time now, Role role);
  void count_vote(Time now, Member from);
  void become_follower(Time now, Term term);
  void become_leader(Time now);

  // replication.cpp: the follower
  void receive(Time now, Member from, const AppendEntries& request);
  void receive(Time now, Member from, const InstallSnapshot& request);
  bool follow(Time now, Member leader, Term term, Round round);
  Index take_entries(const AppendEntries& request);
  void answer(Member leader, bool success, Index index, Term conflict_term, Round round);
  // replication.cpp: the leader
  void receive(Time now, Member from, const Appended& reply);
  void fall_back(Progress& progress, const Appended& reply) const;
  void broadcast(Time now);
  enum class Empty { skip, send };
  void send_entries(Time now, Member to, Empty empty);
  void send_snapshot(Time now, Member to);
  void advance_commit();

  // reads.cpp
  bool is_confirmed(const PendingRead& read) const;
  void confirm_reads();
  std::set<Member> begin_round_for_reads();
  std::vector<Member> voters_heard_last() const;
  void fail_reads();
  bool has_lease(Time now) const;
  bool quorum_is_silent(Time now) const;

  std::size_t quorum() const { return config_.members / 2 + 1; }
  /// The best value that a majority of voters has reached, this server with `own`.
  template <class T>
  T reached_by_quorum(T own, T Progress::*value) const;
  Unsaved take_unsaved();
  void send(Member to, Message message);
  void send_to_all(const Message& message);

  Config config_;
  Role role_ = Role::follower;
  // Durable (paper, figure 2); `saved_` and `first_unsaved_` say what of it the last effects have covered.
  Term term_ = 0;
  std::optional<Member> vote_;
  bool is_voter_ = false;
  Log log_;
  HardState saved_;
  Index first_unsaved_ = 1;
  bool must_rewrite_ = false;
  bool must_restore_ = false;

  std::optional<Member> leader_;
  Index commit_ = 0;
  Index applied_ = 0;
  Time election_at_;
  /// What the leader last said that it had committed.
  Index leader_commit_ = 0;
  /// When a leader was last heard. A server that restarts may have heard one just before.
  std::optional<Time> leader_heard_at_;
  std::set<Member> votes_;

  // Of a leader
  std::vector<Progress> progress_;
  Index first_of_term_ = 0;
  Time heartbeat_at_;
  std::optional<Time> broadcast_at_;
  Round round_ = 0;
  std::map<Round, Time> round_sent_at_;
  std::vector<PendingRead> pending_reads_;

  std::vector<Effects::Outgoing> messages_;
  std::vector<Effects::Read> reads_;

  /// What it was like after the step before.
  struct Checked {
    Role role = Role::follower;
    Term term = 0;
    std::optional<Member> vote;
    bool is_voter = false;
    Index commit = 0;
    Index applied = 0;
    Index last_index = 0;
  };
  Checked checked_;
};

template <class T>
T Raft::reached_by_quorum(T own, T Progress::*value) const {
  std::multiset<T> values = {own};
  for (Member member = 0; member < config_.members; ++member) {
    if (member == config_.self) continue;
    values.insert(progress_[member].is_voter ? progress_[member].*value : T{});
  }
  return *std::next(values.rbegin(), static_cast<std::ptrdiff_t>(quorum() - 1));
}

}  // namespace mznode::raft

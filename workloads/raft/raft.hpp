#pragma once

#include <optional>
#include <set>
#include <vector>

#include "raft/election.hpp"
#include "raft/journal.hpp"
#include "raft/reads.hpp"
#include "raft/rounds.hpp"
#include "raft/tracker.hpp"

namespace mznode::raft {

/// A voter that asks for a read, and the term it is in then: it says that it has not gone on to another leader, as its
/// answer to a heartbeat would.
struct ReadingVoter {
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

  Unsaved unsaved;
  std::vector<Outgoing> messages;
  /// The state to go on from instead of the one reached so far.
  std::optional<Snapshot> restore;
  std::vector<Committed> committed;
  std::vector<ReadResult> reads;

  bool empty() const { return unsaved.empty() && messages.empty() && !restore && committed.empty() && reads.empty(); }
};

/// One server of a Raft cluster of fixed members, some of which may be non-voters: they follow, but neither vote nor
/// count. Elections are preceded by pre-votes, leaders step down when they do not hear from a majority, reads are
/// confirmed by a round of heartbeats and cost no entry.
///
/// Pure: time, messages and chance come in, effects go out. Its state is that of its parts: what must not be forgotten
/// (Journal), who leads (Election), and of a leader what it knows of the others (Tracker), when it speaks (Rounds), and
/// who waits to read (Reads). What a message does to several of them is told here.
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
  bool read(Time now, ReadId id, std::optional<ReadingVoter> voter = std::nullopt);
  /// Replaces the entries up to `index`, which were committed and applied, by the state they have led to. Some stay for
  /// followers that are a little behind.
  void compact(Index index, Json state);
  /// Makes a non-voter a voter: this memory is the only one that the server has ever had.
  void become_voter(Time now);

  Role role() const { return election_.role(); }
  Term term() const { return journal_.term(); }
  std::optional<Member> vote() const { return journal_.vote(); }
  bool is_voter() const { return journal_.is_voter(); }
  std::optional<Member> leader() const { return election_.leader(); }
  Index commit() const { return journal_.commit(); }
  const Log& log() const { return journal_.log(); }
  const Config& config() const { return config_; }
  /// What a leader knows of the others.
  const Tracker& tracker() const { return tracker_; }

 private:
  // raft_checks.cpp: what is checked before receive() believes it
  void demand_possible(const RequestVote& request) const;
  void demand_possible(const Vote& vote) const;
  void demand_possible(const AppendEntries& request) const;
  void demand_possible(const InstallSnapshot& request) const;
  void demand_possible(const Appended& reply) const;
  // raft_checks.cpp: what holds after each step, whatever came
  void check_step();
  void check_role() const;

  void receive(Time now, Member from, const RequestVote& request);
  void receive(Time now, Member from, const Vote& vote);
  void receive(Time now, Member from, const AppendEntries& request);
  void receive(Time now, Member from, const InstallSnapshot& request);
  void receive(Time now, Member from, const Appended& reply);

  void campaign(Time now, Role role);
  void count_vote(Time now, Member from);
  void become_follower(Time now, Term term);
  void become_leader(Time now);

  bool follow(Time now, Member leader, Term term, Round round);
  void answer(Member leader, bool success, Index index, Term conflict_term, Round round);

  void broadcast(Time now);
  enum class Empty { skip, send };
  void send_entries(Time now, Member to, Empty empty);
  void advance_commit();
  void confirm_reads();
  bool has_lease(Time now) const;

  void restart_election_timer(Time now) { election_.restart_timer(now, journal_.term() == 0); }
  void send(Member to, Message message);

  Config config_;
  Journal journal_;
  Election election_;
  /// What the leader last said that it had committed.
  Index leader_commit_ = 0;
  Tracker tracker_;
  Rounds rounds_;
  Reads reads_;
  std::vector<Effects::Outgoing> messages_;

  /// What it was like after the step before.
  struct Checked {
    Role role = Role::follower;
    Term term = 0;
    Index last_index = 0;
  };
  Checked checked_;
};

}  // namespace mznode::raft

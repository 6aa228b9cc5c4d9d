#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "raft/invariants.hpp"
#include "raft/raft.hpp"

namespace mznode::raft {

/// Servers on a network that the test moves by hand, or by chance. Invariants are checked after every event; what they
/// find is kept in `violation`.
class Cluster {
 public:
  struct Packet {
    Member from;
    Member to;
    Message message;
  };
  struct Faults {
    unsigned loss_percent = 0;
    unsigned duplicate_percent = 0;
    Duration longest_delay{0};
    /// A server that dies may lose what it has not synced, and then does not answer either.
    unsigned crash_before_sync_percent = 0;
  };

  explicit Cluster(std::size_t size, std::uint64_t seed = 1, std::function<void(Config&)> tweak = {});
  /// The same with servers that come back with these logs, one a server.
  explicit Cluster(std::vector<Saved> saved, std::function<void(Config&)> tweak = {});

  // ---- Looking

  std::size_t size() const { return servers_.size(); }
  Raft& operator[](Member member) { return *servers_[member].raft; }
  bool is_up(Member member) const { return servers_[member].raft != nullptr; }
  /// The leader of the latest term.
  std::optional<Member> leader() const;
  /// The commands that a server has applied, no-ops left out.
  const std::vector<std::string>& applied(Member member) const { return servers_[member].applied; }
  /// The terms of a server's log, "1 1 2".
  std::string terms(Member member) const;
  const std::map<ReadId, bool>& reads() const { return reads_; }
  std::multimap<Time, Packet>& network() { return network_; }
  std::size_t messages() const { return messages_; }
  std::optional<std::string> violation;
  Time now{1s};
  Faults faults;

  // ---- Moving

  /// Makes a server campaign as if its time-out had passed, and everybody answer.
  void elect(Member member);
  bool propose(Member member, const std::string& command);
  bool read(Member member, ReadId id, std::optional<ReadingVoter> voter = std::nullopt);
  /// Replaces what a server has applied by a snapshot.
  void compact(Member member);
  /// Delivers what is due, and what that causes, without letting time pass.
  void settle();
  /// The same, but stops as soon as something is so. False when it never was.
  bool settle_until(const std::function<bool()>& is_so);
  /// Lets time pass, with ticks and deliveries.
  void run(Duration duration);
  void deliver(Packet packet);
  /// Does what a server wants done after something was done to it directly.
  void pump(Member member);

  /// Cuts the links between the members of the set and the others.
  void isolate(const std::set<Member>& members) { isolated_ = members; }
  void cut(Member from, Member to) { cut_.insert({from, to}); }
  void heal() {
    isolated_.clear();
    cut_.clear();
  }
  /// A server that stands still; what is sent to it is lost.
  void pause(Member member) { paused_ = member; }
  void resume() { paused_.reset(); }
  void crash(Member member);
  void restart(Member member);
  /// Starts a server that has forgotten everything, as a non-voter.
  void restart_without_memory(Member member);

  std::uint64_t random(std::uint64_t bound);

  /// What a mutant does to what a dead process leaves to the next one.
  std::function<void(Saved&)> on_restart;
  /// What a mutant does to a message before it arrives.
  std::function<void(Packet&)> on_delivery;
  /// Who watches sees messages that find nobody, and what a server wants done.
  std::function<void(const Packet&)> on_loss;
  std::function<void(Member, const Effects&)> on_effects;

 private:
  struct Server {
    std::unique_ptr<Raft> raft;
    Saved disk;
    MemoryId memory = 0;
    std::vector<std::string> applied;
    Index applied_index = 0;
  };
  void start(Member member);
  void send(Member from, const Effects::Outgoing& outgoing);
  void apply(Server& server, const Effects& effects);
  void check();
  bool is_cut(Member from, Member to) const {
    return isolated_.contains(from) != isolated_.contains(to) || cut_.contains({from, to});
  }
  std::optional<Time> next_event() const;

  std::uint64_t random_state_;
  std::function<void(Config&)> tweak_;
  std::vector<Server> servers_;
  std::multimap<Time, Packet> network_;
  std::optional<Member> paused_;
  std::set<Member> isolated_;
  std::set<std::pair<Member, Member>> cut_;
  std::map<ReadId, bool> reads_;
  std::map<ReadId, Index> committed_before_;
  std::size_t messages_ = 0;
  MemoryId last_memory_ = 0;
  Invariants invariants_;
};

/// A cluster in which nothing may go wrong.
class SoundCluster : public Cluster {
 public:
  using Cluster::Cluster;
  ~SoundCluster() { EXPECT_FALSE(violation) << *violation; }
};

/// A server that stopped in `term` with entries of these terms.
Saved saved_log(Term term, const std::vector<Term>& entry_terms);

}  // namespace mznode::raft

#include "tests/workloads/raft/cluster.hpp"
#include "tests/workloads/trial.hpp"

namespace mznode::raft {
namespace {

/// Servers that live through what chance says: loss, duplicates, reordering, partitions, crashes before and after a
/// sync, snapshots, and processes that forget everything.
class Chance {
 public:
  explicit Chance(std::uint64_t seed) : cluster(1 + seed % 5, seed, tweak) {
    cluster.faults = {
        .loss_percent = 10, .duplicate_percent = 10, .longest_delay = 50ms, .crash_before_sync_percent = 2};
    // The only server of a cluster commits what it alone has.
    if (cluster.size() == 1) cluster.faults.crash_before_sync_percent = 0;
  }
  static void tweak(Config& config) { config.max_batch = 4; }

  void live(int steps) {
    for (int step = 0; step < steps && !cluster.violation; ++step) {
      const Member member(cluster.random(cluster.size()));
      if (!cluster.is_up(member)) {
        if (cluster.random(4) == 0) cluster.restart(member);
      } else {
        disturb(member);
      }
      const Duration pause(static_cast<std::int64_t>(cluster.random(150'000'000)));
      cluster.run(pause);
    }
  }

  void disturb(Member member) {
    switch (cluster.random(20)) {
      case 0: cluster.crash(member); break;
      case 1: cluster.isolate({member}); break;
      case 2: cluster.isolate({member, Member(cluster.random(cluster.size()))}); break;
      case 3: cluster.cut(member, Member(cluster.random(cluster.size()))); break;
      case 4:
      case 5:
      case 6:
      case 7: cluster.heal(); break;
      case 8: cluster.compact(member); break;
      case 9: cluster.read(member, ++reads); break;
      case 10: forget(member); break;
      default: cluster.propose(member, std::to_string(++commands));
    }
  }

  /// One server at most: a majority that has forgotten has lost what it had.
  void forget(Member member) {
    if (cluster.size() < 3 || (forgotten && *forgotten != member)) return;
    forgotten = member;
    cluster.crash(member);
    cluster.restart_without_memory(member);
  }

  /// True when the cluster works again two seconds after all faults have ended.
  bool recovers() {
    cluster.faults = {};
    cluster.heal();
    for (Member member = 0; member < cluster.size(); ++member) {
      if (!cluster.is_up(member)) cluster.restart(member);
    }
    cluster.run(2s);
    if (!cluster.leader() || !cluster.propose(*cluster.leader(), "last")) return false;
    cluster.run(500ms);
    for (Member member = 0; member < cluster.size(); ++member) {
      if (cluster.applied(member).empty() || cluster.applied(member) != cluster.applied(0)) return false;
    }
    return cluster.applied(0).back() == "last";
  }

  Cluster cluster;
  std::optional<Member> forgotten;
  int commands = 0;
  ReadId reads = 0;
};

TEST(RaftChance, EveryInvariantHoldsAndTheClusterRecovers) {
  for (std::uint64_t seed = 1; seed <= seeds_per_cell(60); ++seed) {
    Chance chance(seed);
    chance.live(150);
    ASSERT_FALSE(chance.cluster.violation) << *chance.cluster.violation << ", seed " << seed;
    ASSERT_TRUE(chance.recovers()) << "seed " << seed;
    ASSERT_FALSE(chance.cluster.violation) << *chance.cluster.violation << ", seed " << seed;
  }
}

/// Seeds of which the invariants condemn servers that do something wrong.
std::uint64_t condemned(const std::function<void(Chance&)>& mutate, std::uint64_t seeds = 60) {
  std::uint64_t found = 0;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    Chance chance(seed);
    mutate(chance);
    chance.live(150);
    found += chance.cluster.violation ? 1 : 0;
  }
  return found;
}

// Chance does not find this one: for the length of a time-out, a server that restarts votes for nobody.
TEST(RaftMutants, AServerThatForgetsItsVoteWithItsProcessIsCondemned) {
  for (const bool forgets : {false, true}) {
    Cluster cluster(3);
    if (forgets) cluster.on_restart = [](Saved& saved) { saved.hard_state.vote.reset(); };
    for (const Member candidate : {Member(1), Member(2)}) {
      cluster[0].step(cluster.now, candidate, RequestVote{.term = 1});
      cluster.pump(0);
      cluster.crash(0);
      cluster.restart(0);
      cluster.now += 1s;
    }
    EXPECT_EQ(cluster.violation.has_value(), forgets);
  }
}

TEST(RaftMutants, AVoterThatDoesNotCompareLogsIsCondemned) {
  for (const bool compares : {true, false}) {
    Cluster cluster(3);
    cluster.elect(0);
    cluster.isolate({2});
    cluster.propose(0, "x");
    cluster.settle();
    cluster.crash(0);
    cluster.heal();
    if (!compares) {
      cluster.on_delivery = [](Cluster::Packet& packet) {
        if (auto* request = std::get_if<RequestVote>(&packet.message)) request->last_index += 10;
      };
    }
    cluster.now += 1s;
    cluster.elect(2);
    EXPECT_EQ(cluster.violation.has_value(), !compares);
  }
}

TEST(RaftMutants, ALeaderThatReadsWithoutAskingIsCondemned) {
  for (const bool asks : {true, false}) {
    Cluster cluster(3);
    cluster.elect(0);
    cluster.run(1s);
    const ReadingVoter dishonest{.member = 1, .term = cluster[0].term()};
    cluster.pause(0);
    cluster.run(3s);
    ASSERT_TRUE(cluster.propose(cluster[1].role() == Role::leader ? Member(1) : Member(2), "x"));
    cluster.run(1s);
    cluster.resume();
    EXPECT_TRUE(cluster.read(0, 7, asks ? std::nullopt : std::optional(dishonest)))
        << "it takes itself for the leader still";
    EXPECT_EQ(cluster.violation.has_value(), !asks);
    cluster.run(1s);
    EXPECT_EQ(cluster.reads().at(7), !asks);
  }
}

TEST(RaftMutants, AServerThatForgetsItsTermIsCondemned) {
  EXPECT_GT(condemned([](Chance& chance) {
              chance.cluster.on_restart = [](Saved& saved) {
                // No earlier than its entries: a log that contradicts its term is not even restored.
                const Term last = saved.entries.empty() ? saved.snapshot.term : saved.entries.back().term;
                saved.hard_state.term = std::max(Term(saved.hard_state.term / 2), last);
              };
            }),
            0u);
}

TEST(RaftMutants, AServerThatAcknowledgesBeforeItSyncsIsCondemned) {
  EXPECT_GT(condemned([](Chance& chance) {
              chance.cluster.on_restart = [](Saved& saved) {
                if (!saved.entries.empty()) saved.entries.pop_back();
              };
            }),
            0u);
}

}  // namespace
}  // namespace mznode::raft

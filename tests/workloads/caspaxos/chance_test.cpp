#include "tests/workloads/caspaxos/cluster.hpp"
#include "tests/workloads/trial.hpp"

namespace mznode::caspaxos {
namespace {

/// Nodes that live through what chance says: loss, duplicates, reordering, partitions, crashes before and after a sync,
/// clients that give up, and one process that forgets everything.
class Chance {
 public:
  explicit Chance(std::uint64_t seed) : cluster(1 + seed % 5, seed) {
    cluster.faults = {
        .loss_percent = 10, .duplicate_percent = 10, .longest_delay = 20ms, .crash_before_sync_percent = 1};
  }

  void live(int steps) {
    for (int step = 0; step < steps && !cluster.history.violation; ++step) {
      const Member member(cluster.random(cluster.size()));
      if (!cluster.is_up(member)) {
        if (cluster.random(4) == 0) cluster.restart(member);
      } else {
        disturb(member);
      }
      const Duration pause(static_cast<std::int64_t>(cluster.random(30'000'000)));
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
      case 5: cluster.heal(); break;
      case 6: forget(member); break;
      case 7: cluster.withdraw(member, last - static_cast<std::int64_t>(cluster.random(3))); break;
      case 8: cluster.withdraw(member, -last + static_cast<std::int64_t>(cluster.random(3))); break;
      case 9:
      case 10:
      case 11:
      case 12: cluster.look(member, -++last); break;
      default: cluster.append(member, ++last);
    }
  }

  /// One node at most: a majority that has forgotten has lost what it had.
  void forget(Member member) {
    if (cluster.size() < 3 || (forgotten && *forgotten != member)) return;
    forgotten = member;
    cluster.crash(member);
    cluster.restart_without_memory(member);
  }

  /// True when every node works again two seconds after all faults have ended.
  bool recovers() {
    cluster.faults = {};
    cluster.heal();
    for (Member member = 0; member < cluster.size(); ++member) {
      if (!cluster.is_up(member)) cluster.restart(member);
    }
    cluster.run(2s);
    const std::int64_t first = last + 1;
    for (Member member = 0; member < cluster.size(); ++member) cluster.append(member, ++last);
    cluster.run(1s);
    for (std::int64_t id = first; id <= last; ++id) {
      if (!cluster.is_done(id)) return false;
    }
    return true;
  }

  Cluster cluster;
  std::optional<Member> forgotten;
  std::int64_t last = 0;
};

TEST(CasPaxosChance, EveryInvariantHoldsAndTheClusterRecovers) {
  std::size_t done = 0;
  for (std::uint64_t seed = 1; seed <= seeds_per_cell(200); ++seed) {
    Chance chance(seed);
    chance.live(200);
    ASSERT_FALSE(chance.cluster.history.violation) << *chance.cluster.history.violation << ", seed " << seed;
    ASSERT_TRUE(chance.recovers()) << "seed " << seed;
    ASSERT_FALSE(chance.cluster.history.violation) << *chance.cluster.history.violation << ", seed " << seed;
    done += chance.cluster.done().size();
  }
  EXPECT_GT(done, 20 * seeds_per_cell(200));
}

/// A way to be wrong, which the history must condemn.
struct Mutant {
  const char* name;
  void (*mutate)(Cluster&);
};

void skip_the_read_phase(Cluster& cluster) {
  cluster.on_delivery = [](Cluster::Packet& packet) {
    if (auto* promise = packet.get<Promise>()) promise->accepted = {};
  };
}
void forget_promises(Cluster& cluster) {
  cluster.on_restart = [](std::vector<Acceptor::Saved>& disk) {
    std::erase_if(disk, [](const Acceptor::Saved& saved) { return !saved.accepted; });
  };
}
void speak_before_the_sync(Cluster& cluster) {
  cluster.on_restart = [](std::vector<Acceptor::Saved>& disk) {
    if (!disk.empty()) disk.pop_back();
  };
}
/// Takes what its own acceptor holds for what all have, without having it accepted first.
void show_what_may_not_be_chosen(Cluster& cluster) {
  cluster.on_delivery = [&cluster](Cluster::Packet& packet) {
    auto* report = packet.get<Report>();
    if (report == nullptr || !cluster.accepts(packet.to)) return;
    const Accepted& own = cluster.acceptor(packet.to).accepted();
    if (own.ballot > report->accepted.ballot) report->accepted = own;
  };
}
/// Forgets whose changes are in a state, so that a doubtful one is repeated in any case.
void repeat_what_may_have_taken_effect(Cluster& cluster) {
  cluster.on_delivery = [](Cluster::Packet& packet) {
    if (auto* promise = packet.get<Promise>()) promise->accepted.state.changes.clear();
  };
}
/// A node that has lost its memory accepts like any other.
void accept_without_memory(Cluster& cluster) {
  cluster.amnesiacs_accept = true;
}
/// Counts those who refuse as well.
void count_refusals(Cluster& cluster) {
  cluster.on_delivery = [](Cluster::Packet& packet) {
    const auto* conflict = packet.get<Conflict>();
    if (conflict != nullptr) packet.message = Reply(Confirmation{conflict->ballot});
  };
}

class AllCasPaxosMutants : public testing::TestWithParam<Mutant> {};

TEST_P(AllCasPaxosMutants, IsCondemned) {
  const std::uint64_t seeds = 100;
  std::uint64_t found = 0;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    Chance chance(seed);
    GetParam().mutate(chance.cluster);
    chance.live(200);
    found += chance.cluster.history.violation ? 1 : 0;
  }
  EXPECT_GT(found, 0u) << "of " << seeds;
}

INSTANTIATE_TEST_SUITE_P(Each, AllCasPaxosMutants,
                         testing::Values(Mutant{"SkipsTheReadPhase", skip_the_read_phase},
                                         Mutant{"SpeaksBeforeTheSync", speak_before_the_sync},
                                         Mutant{"ShowsWhatMayNotBeChosen", show_what_may_not_be_chosen},
                                         Mutant{"RepeatsWhatMayHaveTakenEffect", repeat_what_may_have_taken_effect},
                                         Mutant{"AcceptsWithoutItsMemory", accept_without_memory},
                                         Mutant{"CountsRefusals", count_refusals}),
                         [](const auto& each) { return std::string(each.param.name); });

// Chance rarely finds these two. Here a promise is forgotten between it and the acceptance that it was given for.
TEST(CasPaxosMutants, AnAcceptorThatForgetsItsPromiseWithItsProcessIsCondemned) {
  for (const bool forgets : {false, true}) {
    Cluster cluster(3);
    if (forgets) forget_promises(cluster);
    cluster.append(0, 1);
    cluster.settle();
    cluster.append(0, 2);
    ASSERT_TRUE(cluster.deliver_first<Accept>(0));
    ASSERT_TRUE(cluster.deliver_first<Confirmation>(0));
    auto late = std::exchange(cluster.network(), {});
    std::erase_if(late, [](const auto& each) { return each.second.to != 2; });
    cluster.append(1, 3);
    for (const Member member : {Member(1), Member(2)}) ASSERT_TRUE(cluster.deliver_first<Prepare>(member));
    while (cluster.deliver_first<Promise>(1)) {
    }
    cluster.crash(2);
    cluster.restart(2);
    ASSERT_EQ(late.size(), 1u);
    cluster.deliver(late.begin()->second);
    cluster.settle();
    EXPECT_EQ(cluster.history.violation.has_value(), forgets);
  }
}

// Mostly somebody has promised a greater ballot before the same is used again.
TEST(CasPaxosMutants, AProposerThatReusesABallotIsCondemned) {
  for (const bool reuses : {false, true}) {
    Cluster cluster(5);
    cluster.reuses_ballots = reuses;
    cluster.append(0, 1);
    for (const Member member : {Member(0), Member(1), Member(2)}) ASSERT_TRUE(cluster.deliver_first<Prepare>(member));
    while (cluster.deliver_first<Promise>(0)) {
    }
    ASSERT_TRUE(cluster.deliver_first<Accept>(1));
    cluster.crash(0);
    cluster.network().clear();
    cluster.restart_without_memory(0);
    cluster.isolate({1});
    cluster.append(0, 2);
    cluster.run(1s);
    EXPECT_EQ(cluster.history.violation.has_value(), reuses);
  }
}

}  // namespace
}  // namespace mznode::caspaxos

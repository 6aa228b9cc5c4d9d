#include <algorithm>

#include "tests/workloads/raft/cluster.hpp"

namespace mznode::raft {
namespace {

TEST(RaftReplication, Figure7EveryKindOfFollowerComesToAgreeWithTheLeader) {
  SoundCluster cluster(std::vector<Saved>{
      saved_log(7, {1, 1, 1, 4, 4, 5, 5, 6, 6, 6}), saved_log(6, {1, 1, 1, 4, 4, 5, 5, 6, 6}),  // (a)
      saved_log(4, {1, 1, 1, 4}),                                                               // (b)
      saved_log(6, {1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6}),                                          // (c)
      saved_log(7, {1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7}),                                       // (d)
      saved_log(4, {1, 1, 1, 4, 4, 4, 4}),                                                      // (e)
      saved_log(3, {1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3}),                                          // (f)
  });
  cluster.elect(0);
  ASSERT_EQ(cluster.leader(), 0u);
  cluster.run(1s);
  for (Member member = 0; member < cluster.size(); ++member) {
    EXPECT_EQ(cluster.terms(member), "1 1 1 4 4 5 5 6 6 6 8") << member;
    EXPECT_EQ(cluster[member].commit(), 11u) << member;
  }
}

/// Figure 8 from (c) on: server 0 leads again, and has brought its old entry of term 2 to a majority.
class Figure8 : public testing::Test {
 protected:
  void SetUp() override {
    cluster.elect(0);
    ASSERT_EQ(cluster.leader(), 0u);
    EXPECT_EQ(cluster.terms(2), "1 2");
    EXPECT_EQ(cluster[0].commit(), 0u) << "an entry of an old term is not committed by counting";
  }
  static void one_at_a_time(Config& config) { config.max_batch = 1; }

  /// Servers 3 and 4 hear nothing of it, and nobody gets the entry of term 4 before the test goes on.
  struct Start : Cluster {
    using Cluster::Cluster;
    void elect(Member member) {
      cut(0, 4);
      now = std::max(now, (*this)[member].next_tick());
      (*this)[member].tick(now);
      pump(member);
      settle_until([this] { return terms(2) == "1 2"; });
      // The leader learns of it.
      std::erase_if(network(), [this](const auto& each) {
        if (each.second.to == 0) answers.push_back(each.second);
        return each.second.to == 0;
      });
      for (const auto& answer : answers) deliver(answer);
    }
    std::vector<Packet> answers;
  };
  /// Server 0 dies, and 4 comes to lead.
  void replace_leader() {
    cluster.crash(0);
    cluster.network().clear();
    cluster.now += 1s;
    cluster.Cluster::elect(4);  // it learns that term 4 has begun
    cluster.Cluster::elect(4);
    cluster.heal();
    cluster.run(3s);
  }

  const std::vector<Saved> saved = {saved_log(3, {1, 2}), saved_log(2, {1, 2}), saved_log(3, {1}), saved_log(3, {1}),
                                    saved_log(3, {1, 3})};
  Start cluster{saved, one_at_a_time};
};

TEST_F(Figure8, DAnotherLeaderMayStillReplaceTheOldEntry) {
  replace_leader();
  EXPECT_EQ(cluster.leader(), 4u);
  EXPECT_EQ(cluster.terms(1), cluster.terms(4));
  EXPECT_EQ(cluster.terms(1).substr(0, 3), "1 3");
  EXPECT_FALSE(cluster.violation) << *cluster.violation;
}

TEST_F(Figure8, DAMutantLeaderThatCommitsTheOldEntryByCountingIsCondemned) {
  cluster.deliver(
      {0, 2, AppendEntries{.term = 4, .prev_index = 2, .prev_term = 2, .entries = {}, .commit = 2, .round = 9}});
  replace_leader();
  EXPECT_TRUE(cluster.violation);
}

TEST_F(Figure8, EOnceAnEntryOfTheNewTermIsCommittedTheOldOneIsToo) {
  cluster.run(200ms);
  EXPECT_EQ(cluster[0].commit(), 3u);
  cluster.crash(0);
  cluster.heal();
  cluster.now += 1s;
  cluster.Cluster::elect(4);
  EXPECT_FALSE(cluster.leader()) << "its log is behind a majority's";
  cluster.run(3s);
  ASSERT_TRUE(cluster.leader());
  EXPECT_EQ(cluster.terms(4).substr(0, 5), "1 2 4");
  EXPECT_FALSE(cluster.violation) << *cluster.violation;
}

TEST(RaftReplication, DuplicateAndReorderedAppendsChangeNothing) {
  SoundCluster cluster(3);
  cluster.elect(0);
  std::vector<Cluster::Packet> appends;
  for (int i = 0; i < 6; ++i) {
    cluster.propose(0, std::to_string(i));
    for (const auto& [at, packet] : cluster.network()) {
      if (packet.to == 1) appends.push_back(packet);
    }
    cluster.network().clear();
  }
  ASSERT_GE(appends.size(), 6u) << "appends are pipelined";
  for (std::uint64_t round = 0; round < 200; ++round) {
    cluster.deliver(appends[cluster.random(appends.size())]);
    EXPECT_LE(cluster[1].log().last_index(), 7u);
  }
  EXPECT_EQ(cluster[1].log().last_index(), 7u);
  cluster.run(1s);
  EXPECT_EQ(cluster.applied(1), (std::vector<std::string>{"0", "1", "2", "3", "4", "5"}));
  for (const auto& packet : appends) cluster.deliver(packet);
  EXPECT_EQ(cluster[1].commit(), 7u);
}

TEST(RaftReplication, AShorterOldAppendDoesNotCutOffWhatFollowsIt) {
  SoundCluster cluster(3);
  cluster.elect(0);
  cluster.propose(0, "a");
  const auto to_one = [](const auto& each) { return each.second.to == 1; };
  const auto old = std::find_if(cluster.network().begin(), cluster.network().end(), to_one)->second;
  cluster.settle();
  cluster.propose(0, "b");
  cluster.settle();
  cluster.deliver(old);
  EXPECT_EQ(cluster[1].log().last_index(), 3u);
}

TEST(RaftReplication, AConflictingSuffixIsReplacedInOneRoundTrip) {
  std::vector<Term> wrong(50, 2);
  std::vector<Term> right(40, 3);
  wrong.insert(wrong.begin(), 1);
  right.insert(right.begin(), 1);
  SoundCluster cluster(std::vector<Saved>{saved_log(3, right), saved_log(3, right), saved_log(2, wrong)});
  cluster.elect(0);
  EXPECT_EQ(cluster.terms(2), cluster.terms(0));
  // Two requests and answers for each follower's votes, then: refused, accepted.
  EXPECT_LE(cluster.messages(), 2u * 2 * 2 + 2 * 4);
}

TEST(RaftReplication, SlowFollowersDoNotHoldUpTheMajority) {
  SoundCluster cluster(5);
  cluster.elect(0);
  cluster.isolate({3, 4});
  for (int i = 0; i < 100; ++i) cluster.propose(0, std::to_string(i));
  cluster.settle();
  EXPECT_EQ(cluster.applied(0).size(), 100u);
  cluster.heal();
  cluster.run(1s);
  EXPECT_EQ(cluster.applied(4).size(), 100u);
}

TEST(RaftReplication, CommandsThatComeTogetherShareABroadcast) {
  SoundCluster cluster(3, 1, [](Config& config) { config.batch_window = 10ms; });
  cluster.elect(0);
  const std::size_t before = cluster.messages();
  for (int i = 0; i < 100; ++i) cluster.propose(0, std::to_string(i));
  cluster.run(10ms);
  EXPECT_EQ(cluster.messages() - before, 4u);
  EXPECT_EQ(cluster.applied(0).size(), 100u);
}

TEST(RaftSnapshot, AFollowerThatIsFarBehindGetsTheStateAndThenEntries) {
  SoundCluster cluster(3, 1, [](Config& config) { config.max_batch = 5; });
  cluster.elect(0);
  cluster.isolate({2});
  for (int i = 0; i < 100; ++i) cluster.propose(0, std::to_string(i));
  cluster.settle();
  cluster.compact(0);
  EXPECT_EQ(cluster[0].log().base_index(), 96u) << "a few are kept for followers that are a little behind";
  cluster.propose(0, "100");
  cluster.settle();
  cluster.heal();
  // In mid-stream: entries go on coming while the snapshot is under way.
  for (int i = 101; i < 120; ++i) {
    cluster.propose(0, std::to_string(i));
    cluster.run(20ms);
  }
  cluster.run(2s);
  EXPECT_EQ(cluster.applied(2), cluster.applied(0));
  EXPECT_EQ(cluster.applied(2).size(), 120u);
  // An old snapshot that comes late changes nothing.
  const Index commit = cluster[2].commit();
  cluster.deliver(
      {0, 2, InstallSnapshot{.term = cluster[0].term(), .snapshot = {.index = 50, .term = 1, .state = Json()}}});
  EXPECT_EQ(cluster[2].commit(), commit);
}

TEST(RaftSnapshot, AServerStartsFromItsOwn) {
  SoundCluster cluster(3);
  cluster.elect(0);
  for (int i = 0; i < 10; ++i) cluster.propose(0, std::to_string(i));
  cluster.run(200ms);
  cluster.compact(1);
  cluster.propose(0, "10");
  cluster.run(200ms);
  cluster.crash(1);
  cluster.restart(1);
  EXPECT_EQ(cluster.applied(1).size(), 10u);
  cluster.run(1s);
  EXPECT_EQ(cluster.applied(1).size(), 11u);
}

TEST(RaftReplication, WhatContradictsWhatIsCommittedIsRefusedAndChangesNothing) {
  SoundCluster cluster(std::vector<Saved>{saved_log(3, {1, 3}), saved_log(3, {1, 3}), saved_log(3, {1, 3})});
  cluster.elect(0);
  cluster.run(1s);
  ASSERT_EQ(cluster[1].commit(), 3u);
  const Entry other{.term = 2, .command = Json("other")};
  AppendEntries forged{
      .term = cluster[0].term(), .prev_index = 1, .prev_term = 1, .entries = {other, other, other}, .commit = 4};
  for (const unsigned later : {0u, 1u}) {
    forged.term += later;
    EXPECT_THROW(cluster[1].step(cluster.now, 0, forged), Error);
    EXPECT_EQ(cluster[1].term(), cluster[0].term());
  }
  // From a leader before, it is only late: what it had was not committed.
  forged.term = 3;
  EXPECT_NO_THROW(cluster[1].step(cluster.now, 2, forged));
  EXPECT_EQ(cluster.terms(1), "1 3 4");
}

TEST(RaftReplication, ALogIsOnlyRestoredAsOneServerCanHaveSavedIt) {
  EXPECT_NO_THROW(saved_log(3, {1, 3}).validate());
  EXPECT_THROW(saved_log(2, {1, 3}).validate(), Error);
  EXPECT_THROW(saved_log(3, {2, 1}).validate(), Error);
  Saved saved = saved_log(3, {1, 3});
  const auto entries_from = [](Index first) {
    return Unsaved{
        .rewrite = {}, .hard_state = {}, .append = Append{.first = first, .entries = {{.term = 3, .command = {}}}}};
  };
  EXPECT_THROW(saved.add(entries_from(4)), Error);
  EXPECT_NO_THROW(saved.add(entries_from(3)));
}

TEST(RaftSnapshot, ReplacesEntriesThatConflictWithIt) {
  SoundCluster cluster(
      std::vector<Saved>{saved_log(3, {1, 3, 3}), saved_log(3, {1, 3, 3}), saved_log(2, {1, 2, 2, 2, 2, 2})},
      [](Config& config) { config.max_batch = 0; });
  cluster.isolate({2});
  cluster.elect(0);
  // With a batch of none no entry is kept; so this snapshot is all there is to send.
  cluster[0].step(cluster.now, 1,
                  Appended{.term = 4, .success = true, .index = 4, .round = 1, .life = 2, .is_voter = true});
  cluster.pump(0);
  ASSERT_EQ(cluster[0].commit(), 4u);
  cluster.compact(0);
  cluster.heal();
  cluster.run(3s);
  EXPECT_EQ(cluster[2].log().last_index(), 4u);
  cluster.crash(2);
  cluster.restart(2);
  EXPECT_EQ(cluster[2].log().last_index(), 4u) << "they must not come back from the disk";
}

TEST(RaftRead, NeedsARoundOfAMajorityAndNoEntry) {
  SoundCluster cluster(3);
  cluster.elect(0);
  const Index last = cluster[0].log().last_index();
  EXPECT_TRUE(cluster.read(0, 7));
  EXPECT_TRUE(cluster.reads().empty());
  cluster.settle();
  EXPECT_EQ(cluster.reads().at(7), true);
  EXPECT_EQ(cluster[0].log().last_index(), last);
  EXPECT_FALSE(cluster.read(1, 8)) << "a follower cannot know";
}

TEST(RaftRead, FailsAtALeaderThatWasReplacedBehindItsBack) {
  SoundCluster cluster(3);
  cluster.elect(0);
  cluster.isolate({0});
  EXPECT_TRUE(cluster.read(0, 7));
  cluster.run(3s);
  EXPECT_EQ(cluster.reads().at(7), false);
  cluster.heal();
  cluster.run(1s);
  EXPECT_TRUE(cluster.read(*cluster.leader(), 8));
  cluster.run(100ms);
  EXPECT_EQ(cluster.reads().at(8), true);
}

TEST(RaftRead, AnswersToAnEarlierRoundDoNotConfirmIt) {
  SoundCluster cluster(3);
  cluster.elect(0);
  cluster.propose(0, "x");
  std::vector<Cluster::Packet> answers;
  cluster.settle_until([&] {
    for (const auto& [at, packet] : cluster.network()) {
      if (packet.to == 0) answers.push_back(packet);
    }
    return !answers.empty();
  });
  cluster.isolate({0});
  cluster.read(0, 7);
  cluster.heal();
  cluster.network().clear();
  for (const auto& answer : answers) cluster.deliver(answer);
  EXPECT_FALSE(cluster.reads().contains(7));
}

TEST(RaftRead, WaitsForANewLeadersFirstCommit) {
  SoundCluster cluster(std::vector<Saved>{saved_log(1, {1, 1}), saved_log(1, {1, 1}), saved_log(1, {1, 1})});
  cluster.now = std::max(cluster.now, cluster[0].next_tick());
  cluster[0].tick(cluster.now);
  cluster.pump(0);
  ASSERT_TRUE(cluster.settle_until([&] { return cluster[0].role() == Role::leader; }));
  EXPECT_TRUE(cluster.read(0, 7));
  EXPECT_TRUE(cluster.applied(0).empty());
  cluster.settle();
  EXPECT_EQ(cluster.reads().at(7), true);
  EXPECT_EQ(cluster.applied(0).size(), 2u) << "what earlier leaders committed was applied before";
}

TEST(RaftRead, WithALeaseCostsNoMessageAsLongAsItLasts) {
  SoundCluster cluster(3, 1, [](Config& config) { config.lease_reads = true; });
  cluster.elect(0);
  cluster.run(200ms);
  const std::size_t before = cluster.messages();
  EXPECT_TRUE(cluster.read(0, 7));
  EXPECT_EQ(cluster.reads().at(7), true);
  EXPECT_EQ(cluster.messages(), before);
  cluster.isolate({0});
  cluster.run(cluster[0].config().election_timeout - 1ms);
  if (cluster[0].role() == Role::leader) cluster.read(0, 8);
  EXPECT_FALSE(cluster.reads().contains(8) && cluster.reads().at(8)) << "it may have run out";
}

}  // namespace
}  // namespace mznode::raft

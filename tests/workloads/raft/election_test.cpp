#include "tests/workloads/raft/cluster.hpp"

namespace mznode::raft {
namespace {

TEST(RaftElection, EverySizeOfClusterFindsOneLeaderAndCommits) {
  for (std::size_t size = 1; size <= 9; ++size) {
    SoundCluster cluster(size, size);
    cluster.run(5s);
    ASSERT_TRUE(cluster.leader()) << size;
    ASSERT_TRUE(cluster.propose(*cluster.leader(), "x")) << size;
    cluster.run(1s);
    for (Member member = 0; member < size; ++member) {
      EXPECT_EQ(cluster.applied(member), std::vector<std::string>{"x"}) << size;
    }
  }
}

TEST(RaftElection, ALeaderStaysLeaderWhileNothingHappens) {
  SoundCluster cluster(5);
  cluster.elect(2);
  cluster.run(1min);
  EXPECT_EQ(cluster.leader(), 2u);
  EXPECT_EQ(cluster[0].term(), 1u);
}

TEST(RaftElection, WhoseLogIsBehindIsNotElected) {
  SoundCluster cluster(
      std::vector<Saved>{saved_log(2, {1, 1, 2}), saved_log(2, {1, 1, 2}), saved_log(2, {1, 1, 1, 1, 1})});
  cluster.elect(2);
  EXPECT_FALSE(cluster.leader()) << "longer, but of an earlier term";
  cluster.elect(0);
  EXPECT_EQ(cluster.leader(), 0u);
  SoundCluster same_term(std::vector<Saved>{saved_log(1, {1, 1}), saved_log(1, {1, 1}), saved_log(1, {1})});
  same_term.elect(2);
  EXPECT_FALSE(same_term.leader()) << "shorter";
}

TEST(RaftElection, AServerThatRestartsRemembersItsVote) {
  SoundCluster cluster(3);
  Raft& voter = cluster[0];
  voter.step(cluster.now, 1, RequestVote{.term = 1});
  cluster.pump(0);
  EXPECT_EQ(voter.vote(), 1u);
  cluster.network().clear();
  cluster.crash(0);
  cluster.restart(0);
  cluster.now += 1s;  // it no longer hears the leader that there may have been
  cluster[0].step(cluster.now, 2, RequestVote{.term = 1});
  cluster.pump(0);
  EXPECT_EQ(cluster[0].vote(), 1u);
  ASSERT_EQ(cluster.network().size(), 1u);
  EXPECT_FALSE(std::get<Vote>(cluster.network().begin()->second.message).granted);
}

TEST(RaftElection, PreVotesKeepAServerThatWasCutOffFromDisrupting) {
  SoundCluster cluster(3);
  cluster.elect(0);
  cluster.isolate({2});
  cluster.run(20s);
  EXPECT_EQ(cluster[2].role(), Role::pre_candidate);
  EXPECT_EQ(cluster[2].term(), 1u) << "it has campaigned many times, but its term has not moved";
  cluster.heal();
  cluster.run(2s);
  EXPECT_EQ(cluster.leader(), 0u);
  EXPECT_EQ(cluster[0].term(), 1u);
}

TEST(RaftElection, WhoHearsALeaderHelpsNobodyElseToBecomeOne) {
  SoundCluster cluster(3);
  cluster.elect(0);
  cluster[1].step(cluster.now, 2, RequestVote{.term = 7, .is_pre_vote = false, .last_index = 100, .last_term = 7});
  EXPECT_EQ(cluster[1].term(), 1u);
}

TEST(RaftElection, ALeaderThatAMajorityDoesNotAnswerStepsDown) {
  SoundCluster cluster(5);
  cluster.elect(0);
  cluster.run(1s);
  cluster.isolate({0, 1});
  cluster.run(cluster[0].config().election_timeout + 1ms);
  EXPECT_NE(cluster[0].role(), Role::leader);
  // Half of the answers suffice if they are a majority with its own.
  SoundCluster other(5);
  other.elect(0);
  other.isolate({3, 4});
  other.run(10s);
  EXPECT_EQ(other.leader(), 0u);
}

TEST(RaftElection, ALeaderThatIsNotHeardButHearsIsReplaced) {
  SoundCluster cluster(3);
  cluster.elect(0);
  cluster.cut(1, 0);
  cluster.cut(2, 0);
  cluster.run(3s);
  ASSERT_TRUE(cluster.leader());
  EXPECT_NE(cluster.leader(), 0u);
}

TEST(RaftElection, ALeaderThatWasIsolatedComesBackAsAFollowerAndLosesWhatItCouldNotCommit) {
  SoundCluster cluster(5);
  cluster.elect(0);
  cluster.isolate({0});
  for (int i = 0; i < 3; ++i) cluster.propose(0, "lost");
  cluster.run(3s);
  ASSERT_TRUE(cluster.leader());
  const Member second = *cluster.leader();
  ASSERT_NE(second, 0u);
  EXPECT_TRUE(cluster.propose(second, "kept"));
  cluster.run(1s);
  cluster.heal();
  cluster.run(1s);
  EXPECT_EQ(cluster.leader(), second);
  EXPECT_EQ(cluster.applied(0), std::vector<std::string>{"kept"});
  EXPECT_EQ(cluster.terms(0), cluster.terms(second));
}

TEST(RaftNonVoter, FollowsButNeitherVotesNorCounts) {
  SoundCluster cluster(3);
  cluster.elect(0);
  cluster.run(1s);
  cluster.crash(1);
  cluster.restart_without_memory(1);
  cluster.run(1s);
  cluster.isolate({2});
  EXPECT_TRUE(cluster.propose(0, "x"));
  cluster.run(300ms);
  EXPECT_EQ(cluster[1].log().last_index(), cluster[0].log().last_index()) << "it gets what the others get";
  EXPECT_TRUE(cluster.applied(0).empty()) << "the leader and a non-voter are no majority";
  cluster.run(10s);
  EXPECT_FALSE(cluster.leader()) << "nor can they elect";
  cluster.heal();
  cluster.run(3s);
  EXPECT_TRUE(cluster.leader()) << "two voters of three can";
  cluster[1].become_voter(cluster.now);
  cluster.pump(1);
  cluster.isolate({2});
  cluster.run(3s);
  EXPECT_TRUE(cluster.leader());
}

TEST(RaftNonVoter, RefusesAVoteThatItIsAskedForDirectly) {
  SoundCluster cluster(3);
  cluster.restart_without_memory(1);
  cluster[1].step(cluster.now, 2, RequestVote{.term = 1});
  cluster.pump(1);
  EXPECT_FALSE(cluster[1].vote());
}

TEST(RaftNonVoter, IsSentAllAgainWhenItHasForgottenAgain) {
  SoundCluster cluster(3);
  cluster.elect(0);
  EXPECT_TRUE(cluster.propose(0, "x"));
  for (int life = 0; life < 3; ++life) {
    cluster.crash(1);
    cluster.restart_without_memory(1);
    cluster.run(1s);
    EXPECT_EQ(cluster.applied(1), std::vector<std::string>{"x"});
  }
}

}  // namespace
}  // namespace mznode::raft

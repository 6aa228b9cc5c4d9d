#include "tests/workloads/caspaxos/cluster.hpp"

// Moves by hand: what the paper shows, and what it warns of.
namespace mznode::caspaxos {
namespace {

/// A cluster of three in which 1 has been appended, and everybody has accepted it.
class CasPaxosThree : public testing::Test {
 protected:
  void SetUp() override {
    cluster.append(0, 1);
    cluster.settle();
    ASSERT_EQ(cluster.done().at(1), List());
    for (Member member = 0; member < 3; ++member) ASSERT_EQ(held_by(member), List{1});
  }
  List held_by(Member member) const { return list_of(cluster.acceptor(member).accepted().state.value); }
  /// Makes a node append, and lets only some acceptors get it; then the node dies.
  void half_accept(Member proposer, std::int64_t id, const std::set<Member>& acceptors) {
    cluster.append(proposer, id);
    while (cluster.deliver_first<Prepare>(0) || cluster.deliver_first<Prepare>(1) ||
           cluster.deliver_first<Prepare>(2)) {
    }
    while (cluster.deliver_first<Promise>(proposer)) {
    }
    for (const Member acceptor : acceptors) ASSERT_TRUE(cluster.deliver_first<Accept>(acceptor));
    cluster.crash(proposer);
    cluster.network().clear();
  }

  SoundCluster cluster{3};
};

TEST_F(CasPaxosThree, AFirstChangeTakesTwoRoundTripsAndTheNextOneOnlyOne) {
  EXPECT_EQ(cluster.messages(), 2u + 4u) << "a quorum prepares, and all accept";
  cluster.append(0, 2);
  EXPECT_EQ(cluster.messages(), 6u + 2u);
  cluster.settle();
  EXPECT_EQ(cluster.messages(), 6u + 4u);
  EXPECT_EQ(cluster.done().at(2), List{1});
}

TEST_F(CasPaxosThree, ALookAsksAQuorumAndPromisesNothing) {
  const Ballot promised = cluster.acceptor(1).promised();
  cluster.look(1, -1);
  cluster.settle();
  EXPECT_EQ(cluster.done().at(-1), List{1});
  EXPECT_EQ(cluster.messages(), 6u + 2u);
  EXPECT_EQ(cluster.acceptor(1).promised(), promised);
  cluster.append(0, 2);
  EXPECT_EQ(cluster.messages(), 8u + 2u) << "and did not disturb who had prepared";
}

TEST_F(CasPaxosThree, ChangesThatWaitShareARound) {
  cluster.append(0, 2);
  cluster.append(0, 3);
  cluster.append(0, 4);
  cluster.settle();
  EXPECT_EQ(cluster.done().at(4), (List{1, 2, 3}));
  EXPECT_EQ(cluster.messages(), 6u + 2u * 4u) << "the first on its own, then the others together";
}

TEST_F(CasPaxosThree, OfTwoDuellingProposersBothSucceedInTheEnd) {
  cluster.append(1, 2);
  cluster.append(2, 3);
  cluster.run(1s);
  EXPECT_TRUE(cluster.is_done(2));
  EXPECT_TRUE(cluster.is_done(3));
}

TEST_F(CasPaxosThree, ACompetitorsPreparationTakesTheFastPathAway) {
  cluster.append(1, 2);
  cluster.settle();
  cluster.append(0, 3);
  cluster.run(1s);
  EXPECT_EQ(cluster.done().at(3), (List{1, 2}));
}

TEST_F(CasPaxosThree, AnOldAcceptThatArrivesLateIsRefused) {
  cluster.append(0, 2);
  const auto late = std::exchange(cluster.network(), {});
  cluster.append(1, 3);
  cluster.settle();
  ASSERT_TRUE(cluster.is_done(3));
  cluster.network() = late;
  cluster.settle();
  EXPECT_FALSE(cluster.is_done(2));
  for (Member member = 0; member < 3; ++member) EXPECT_EQ(held_by(member), (List{1, 3}));
  cluster.run(1s);
  EXPECT_EQ(cluster.done().at(2), (List{1, 3})) << "its proposer tries again";
}

TEST_F(CasPaxosThree, AHalfAcceptedChangeIsCompletedByTheNextWhoSeesIt) {
  half_accept(2, 2, {1});
  ASSERT_EQ(held_by(1), (List{1, 2}));
  ASSERT_EQ(held_by(0), List{1});
  cluster.append(1, 3);
  cluster.run(1s);
  EXPECT_EQ(cluster.done().at(3), (List{1, 2}));
}

TEST_F(CasPaxosThree, AHalfAcceptedChangeThatNobodySeesNeverHappened) {
  half_accept(2, 2, {2});
  cluster.append(0, 3);
  cluster.run(1s);
  EXPECT_EQ(cluster.done().at(3), List{1});
  cluster.restart(2);
  cluster.append(2, 4);
  cluster.run(1s);
  EXPECT_EQ(cluster.done().at(4), (List{1, 3})) << "its own acceptor knew better, once";
}

TEST_F(CasPaxosThree, ALookAtAHalfAcceptedChangeHasItAcceptedFirst) {
  half_accept(2, 2, {1});
  cluster.look(1, -1);
  cluster.settle();
  EXPECT_FALSE(cluster.is_done(-1)) << "0 and 1 disagree, and 2 may agree with either";
  cluster.run(1s);
  EXPECT_EQ(cluster.done().at(-1), (List{1, 2}));
  EXPECT_EQ(held_by(0), (List{1, 2}));
}

TEST_F(CasPaxosThree, ALookIsAnsweredWhenTheThirdAgreesWithOne) {
  half_accept(2, 2, {1});
  cluster.restart(2);
  cluster.look(0, -1);
  cluster.settle();
  EXPECT_EQ(cluster.done().at(-1), List{1});
  EXPECT_EQ(held_by(0), List{1}) << "nothing was written";
}

TEST_F(CasPaxosThree, ALookNeedsAnAnswerFromAQuorumToSayThatNothingWasWritten) {
  SoundCluster empty(3);
  empty.isolate({0});
  empty.look(0, -1);
  empty.run(1s);
  EXPECT_FALSE(empty.is_done(-1));
  empty.heal();
  empty.run(1s);
  EXPECT_EQ(empty.done().at(-1), List());
}

// The heart of the matter: the proposer cannot tell a lost request from a lost answer.
TEST_F(CasPaxosThree, AChangeWhoseConfirmationsAreLostIsFoundAndNotRepeated) {
  cluster.append(0, 2);
  while (cluster.deliver_first<Accept>(1) || cluster.deliver_first<Accept>(2)) {
  }
  cluster.network().clear();
  cluster.append(1, 3);  // on top of it
  cluster.run(1s);
  EXPECT_EQ(cluster.done().at(2), List{1});
  EXPECT_EQ(cluster.done().at(3), (List{1, 2}));
  EXPECT_EQ(cluster.history.chosen(), (List{1, 2, 3}));
}

TEST_F(CasPaxosThree, AChangeWhoseAcceptsAreLostIsRepeated) {
  cluster.append(0, 2);
  cluster.lose_all<Accept>();
  cluster.append(1, 3);
  cluster.run(1s);
  EXPECT_EQ(cluster.history.chosen(), (List{1, 3, 2}));
  EXPECT_EQ(cluster.done().at(2), (List{1, 3}));
}

TEST_F(CasPaxosThree, AChangeThatWasNeverProposedIsGivenUpForCertain) {
  cluster.isolate({1});
  cluster.append(1, 2);
  cluster.run(500ms);
  cluster.withdraw(1, 2);
  cluster.heal();
  cluster.look(1, -1);
  cluster.run(1s);
  EXPECT_EQ(cluster.done().at(-1), List{1}) << "and the history has checked that the denial was true";
}

TEST_F(CasPaxosThree, AChangeThatWasProposedMayTakeEffectAfterItWasGivenUp) {
  cluster.append(0, 2);
  ASSERT_TRUE(cluster.deliver_first<Accept>(1));
  cluster.withdraw(0, 2);
  cluster.crash(0);
  cluster.network().clear();
  cluster.look(1, -1);
  cluster.run(1s);
  EXPECT_EQ(cluster.done().at(-1), (List{1, 2}));
}

TEST_F(CasPaxosThree, AChangeThatAnotherOfItsRoundTakesBackIsNotDenied) {
  cluster.append(0, 2);
  // They share the next round, and together leave the state as it is.
  cluster.submit(0, -3, [](const Value&) { return value_of({}); });
  cluster.submit(0, -4, [](const Value&) { return value_of({1, 2}); });
  while (cluster.deliver_first<Accept>(0) || cluster.deliver_first<Accept>(1)) {
  }
  while (!cluster.is_done(2)) ASSERT_TRUE(cluster.deliver_first<Confirmation>(0));
  EXPECT_FALSE(cluster.withdraw(0, -3)) << "the other will be told that it found what this one had made";
}

TEST_F(CasPaxosThree, APromiseOutlivesTheProcess) {
  cluster.append(0, 2);
  const auto late = std::exchange(cluster.network(), {});
  cluster.append(1, 3);
  cluster.settle();
  ASSERT_TRUE(cluster.is_done(3));
  for (const Member member : {Member(1), Member(2)}) {
    cluster.crash(member);
    cluster.restart(member);
  }
  cluster.network() = late;
  cluster.settle();
  EXPECT_EQ(held_by(1), (List{1, 3}));
  EXPECT_EQ(held_by(2), (List{1, 3}));
}

TEST_F(CasPaxosThree, ANodeWithoutItsMemoryOnlyProposes) {
  cluster.crash(1);
  cluster.restart_without_memory(1);
  cluster.append(1, 2);
  cluster.run(1s);
  EXPECT_EQ(cluster.done().at(2), List{1});
  cluster.crash(0);
  cluster.append(1, 3);
  cluster.run(1s);
  EXPECT_FALSE(cluster.is_done(3)) << "one acceptor is no quorum";
}

TEST_F(CasPaxosThree, ANodeWithoutItsMemoryCountsOnFromTheBallotsThatItIsAsked) {
  cluster.crash(1);
  cluster.restart_without_memory(1);
  cluster.append(1, 2);  // from here on it knows of the register
  cluster.run(1s);
  for (const std::int64_t id : {3, 4, 5}) cluster.append(0, id);
  cluster.run(1s);
  std::size_t conflicts = 0;
  cluster.on_delivery = [&](Cluster::Packet& packet) { conflicts += packet.get<Conflict>() != nullptr ? 1 : 0; };
  cluster.append(1, 6);
  cluster.run(1s);
  EXPECT_EQ(cluster.done().at(6), (List{1, 2, 3, 4, 5}));
  EXPECT_EQ(conflicts, 0u);
}

TEST(CasPaxosOne, ANodeAloneNeedsNobody) {
  SoundCluster cluster(1);
  cluster.append(0, 1);
  cluster.settle();
  cluster.look(0, -1);
  cluster.settle();
  EXPECT_EQ(cluster.done().at(-1), List{1});
  EXPECT_EQ(cluster.messages(), 0u);
}

TEST(Peers, ThoseWhoOweAnAnswerAreAskedLast) {
  Peers peers({.members = 5, .self = 3});
  EXPECT_EQ(peers.nearest_quorum(), (std::vector<Member>{3, 4, 0}));
  peers.note_silent(4);
  EXPECT_EQ(peers.nearest_quorum(), (std::vector<Member>{3, 0, 1}));
  peers.note_silent(0);
  peers.note_silent(2);
  EXPECT_EQ(peers.nearest_quorum(), (std::vector<Member>{3, 1, 4}));
  peers.note_heard(4);
  EXPECT_EQ(peers.nearest_quorum(), (std::vector<Member>{3, 4, 1}));
}

}  // namespace
}  // namespace mznode::caspaxos

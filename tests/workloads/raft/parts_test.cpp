#include <gtest/gtest.h>

#include "mznode/node/peer_message.hpp"
#include "raft/election.hpp"
#include "raft/journal.hpp"
#include "raft/reads.hpp"
#include "raft/rounds.hpp"
#include "raft/tracker.hpp"
#include "tests/workloads/raft/cluster.hpp"

namespace mznode::raft {
namespace {

constexpr Time now{10s};

Config config_of(std::size_t members) {
  Config config;
  config.members = members;
  config.random = [] { return std::uint64_t{50'000'000}; };
  return config;
}

/// A log with so many entries of term 1, of which the first `gone` are known only by their snapshot.
Log log_of(std::size_t entries, Index gone = 0) {
  Log log;
  for (std::size_t i = 0; i < entries; ++i) log.append({.term = 1, .command = Json(i)});
  if (gone > 0) log.compact(gone, Json("state"), 0);
  return log;
}

Appended success(Index index, Round round = 0) {
  return {.term = 1, .success = true, .index = index, .round = round, .is_voter = true};
}
Appended refusal(Index index) {
  return {.term = 1, .success = false, .index = index, .conflict_term = 1, .is_voter = true};
}

// ---- Progress and Tracker

TEST(RaftProgress, ProbesWithOneMessageAHeartbeatUntilTheLogsAgree) {
  const Config config = config_of(3);
  const Log log = log_of(10);
  Progress progress(11, now, true);
  EXPECT_TRUE(progress.may_be_sent(now, config));
  progress.sent_entries(now, 0, config);
  EXPECT_FALSE(progress.may_be_sent(now, config));
  EXPECT_TRUE(progress.may_be_sent(now + config.heartbeat, config));
  progress.receive(now, refusal(4), log);
  EXPECT_EQ(progress.state(), Progress::State::probe);
  EXPECT_EQ(progress.next(), 5u) << "where the logs may agree";
  EXPECT_TRUE(progress.may_be_sent(now, config)) << "an answer came";
  progress.sent_entries(now, 6, config);
  EXPECT_EQ(progress.next(), 5u) << "nothing is taken for there";
  progress.receive(now, success(10), log);
  EXPECT_EQ(progress.state(), Progress::State::replicate);
  EXPECT_EQ(progress.match(), 10u);
}

TEST(RaftProgress, SendsOnWithoutAnswersOnceTheLogsAgree) {
  Config config = config_of(3);
  config.max_in_flight = 5;
  const Log log = log_of(10);
  Progress progress(1, now, true);
  progress.receive(now, success(2), log);
  progress.sent_entries(now, 3, config);
  EXPECT_EQ(progress.next(), 6u);
  EXPECT_TRUE(progress.may_be_sent(now, config));
  progress.sent_entries(now, 2, config);
  EXPECT_FALSE(progress.may_be_sent(now, config)) << "five are under way";
  progress.receive(now, success(4), log);
  EXPECT_TRUE(progress.may_be_sent(now, config));
  progress.receive(now, refusal(3), log);
  EXPECT_EQ(progress.next(), 8u) << "a refusal from before what it has says nothing";
}

TEST(RaftProgress, TheSilentGetHeartbeatsAlone) {
  const Config config = config_of(3);
  Progress progress(1, now, true);
  EXPECT_FALSE(progress.may_be_sent(now + config.election_timeout, config));
}

TEST(RaftProgress, ASnapshotIsNotSentAgainWhileItIsUnderWay) {
  const Config config = config_of(3);
  const Log log = log_of(20, 10);
  Progress progress(21, now, true);
  progress.receive(now, refusal(4), log_of(20));
  ASSERT_TRUE(progress.needs_snapshot(log));
  progress.sent_snapshot(now, log, config);
  EXPECT_EQ(progress.state(), Progress::State::snapshot);
  // Heartbeats and their answers change nothing about it.
  progress.sent_entries(now + config.heartbeat, 0, config);
  progress.receive(now + config.heartbeat, success(4), log);
  progress.receive(now + config.heartbeat, refusal(4), log);
  EXPECT_EQ(progress.state(), Progress::State::snapshot);
  EXPECT_FALSE(progress.may_be_sent(now + 2 * config.heartbeat, config));
  progress.receive(now + 2 * config.election_timeout, success(4), log);
  EXPECT_TRUE(progress.may_be_sent(now + 2 * config.election_timeout, config)) << "it is taken for lost";
  progress.receive(now, success(10), log);
  EXPECT_EQ(progress.state(), Progress::State::replicate);
  EXPECT_EQ(progress.next(), 11u);
}

TEST(RaftProgress, AnotherSnapshotFollowsAtOnceWhenTheLogWasCompactedMeanwhile) {
  const Config config = config_of(3);
  Progress progress(5, now, true);
  progress.sent_snapshot(now, log_of(20, 10), config);
  const Log log = log_of(20, 15);
  progress.receive(now, success(10), log);
  EXPECT_TRUE(progress.needs_snapshot(log));
  EXPECT_TRUE(progress.may_be_sent(now, config));
}

TEST(RaftProgress, AnotherLifeHasNothingOfWhatTheOneBeforeHad) {
  const Log log = log_of(10);
  Progress progress(11, now, true);
  progress.receive(now, success(10, 7), log);
  Appended reply = success(0, 8);
  reply.life = 2;
  reply.is_voter = false;
  progress.receive(now, reply, log);
  EXPECT_EQ(progress.match(), 0u);
  EXPECT_FALSE(progress.is_voter());
}

TEST(RaftTracker, CountsWhatAMajorityOfVotersHas) {
  Tracker tracker(config_of(5));
  tracker.reset(11, now, {1, 2, 3});
  const Log log = log_of(10);
  tracker[1].receive(now, success(7, 3), log);
  tracker[2].receive(now, success(5, 1), log);
  EXPECT_EQ(tracker.matched_by_quorum(10), 5u);
  EXPECT_EQ(tracker.acked_by_quorum(4), 1u);
  Appended non_voter = success(9, 4);
  non_voter.is_voter = false;
  tracker[4].receive(now, non_voter, log);
  EXPECT_EQ(tracker.matched_by_quorum(10), 5u);
  tracker[3].receive(now + 1s, success(8, 4), log);
  EXPECT_EQ(tracker.matched_by_quorum(10), 7u);
  EXPECT_EQ(tracker.voters_heard_last(), (std::vector<Member>{3, 1, 2}));
}

// ---- Rounds and Reads

TEST(RaftRounds, WhoWaitsSharesABroadcast) {
  Config config = config_of(3);
  config.batch_window = 10ms;
  Rounds rounds(config);
  rounds.begin();
  EXPECT_TRUE(rounds.is_heartbeat_due(now)) << "a new leader speaks at once";
  EXPECT_EQ(rounds.next(now), 1u);
  EXPECT_EQ(rounds.next_at(), now + config.heartbeat);
  rounds.request(now);
  rounds.request(now + 5ms);
  EXPECT_FALSE(rounds.is_requested(now + 9ms));
  EXPECT_TRUE(rounds.is_requested(now + 10ms));
  EXPECT_EQ(rounds.next_at(), now + 10ms);
}

TEST(RaftRounds, ALeaseLastsFromWhenTheRoundWasSentThatAMajorityAnswered) {
  const Config config = config_of(3);
  Rounds rounds(config);
  rounds.begin();
  rounds.next(now);
  rounds.next(now + 50ms);
  EXPECT_FALSE(rounds.has_lease(0, now));
  EXPECT_TRUE(rounds.has_lease(1, now + 299ms));
  EXPECT_FALSE(rounds.has_lease(1, now + 300ms));
  rounds.confirm(2);
  EXPECT_FALSE(rounds.has_lease(1, now)) << "forgotten";
  EXPECT_TRUE(rounds.has_lease(2, now + 349ms));
}

class RaftReads : public testing::Test {
 protected:
  void SetUp() override {
    tracker.reset(5, now, {1, 2, 3, 4});
    reads.begin(5);
  }
  std::vector<std::pair<std::uint64_t, bool>> results() {
    std::vector<std::pair<std::uint64_t, bool>> found;
    for (const auto& [id, confirmed] : reads.take_results()) found.emplace_back(id, confirmed);
    return found;
  }
  using Results = std::vector<std::pair<std::uint64_t, bool>>;
  const Log log = log_of(5);
  Tracker tracker{config_of(5)};
  Reads reads;
};

TEST_F(RaftReads, AreConfirmedByTheRoundThatTheyTookPartInAndByNoEarlierOne) {
  EXPECT_FALSE(reads.ask(7, std::nullopt, false, tracker, 5));
  EXPECT_EQ(reads.join(2, tracker).size(), 2u) << "as many as make a majority";
  EXPECT_FALSE(reads.ask(8, std::nullopt, false, tracker, 5));
  tracker[1].receive(now, success(5, 1), log);
  tracker[2].receive(now, success(5, 2), log);
  reads.confirm(tracker, 5);
  EXPECT_EQ(results(), Results{});
  tracker[3].receive(now, success(5, 2), log);
  reads.confirm(tracker, 5);
  EXPECT_EQ(results(), (Results{{7, true}})) << "the other has joined no round yet";
  reads.fail();
  EXPECT_EQ(results(), (Results{{8, false}}));
}

TEST_F(RaftReads, WaitForTheFirstCommitOfTheirLeader) {
  EXPECT_FALSE(reads.ask(7, std::nullopt, false, tracker, 4));
  reads.join(1, tracker);
  for (const Member member : {Member(1), Member(2)}) tracker[member].receive(now, success(5, 1), log);
  reads.confirm(tracker, 4);
  EXPECT_EQ(results(), Results{});
  reads.confirm(tracker, 5);
  EXPECT_EQ(results(), (Results{{7, true}}));
}

TEST_F(RaftReads, TheOneWhoAsksIsOneOfTheMajority) {
  EXPECT_FALSE(reads.ask(7, Member{4}, false, tracker, 5));
  EXPECT_EQ(reads.join(1, tracker), std::set<Member>{1}) << "and is not asked itself";
  tracker[1].receive(now, success(5, 1), log);
  reads.confirm(tracker, 5);
  EXPECT_EQ(results(), (Results{{7, true}}));
}

TEST_F(RaftReads, ALeaseNeedsNobody) {
  EXPECT_TRUE(reads.ask(7, std::nullopt, true, tracker, 5));
  EXPECT_EQ(results(), (Results{{7, true}}));
}

// ---- Election

TEST(RaftElectionState, WaitsForATimeOutAndAPartOfAnotherThatIsOfChance) {
  const Config config = config_of(3);
  Election election(config, now, true);
  EXPECT_EQ(election.due_at(), now + config.election_timeout + 50ms);
  EXPECT_TRUE(election.hears_leader(now)) << "an earlier process may have heard one just now";
  EXPECT_FALSE(election.hears_leader(now + config.election_timeout));
  const Election fresh(config, now, false);
  EXPECT_EQ(fresh.due_at(), now + 50ms) << "nobody leads a new cluster";
  EXPECT_FALSE(fresh.hears_leader(now));
}

TEST(RaftElectionState, AMajorityOfVotesWinsAndEachCampaignCountsItsOwn) {
  Election election(config_of(5), now, true);
  election.campaign(Role::pre_candidate);
  EXPECT_FALSE(election.add_vote(0));
  EXPECT_FALSE(election.add_vote(1));
  EXPECT_FALSE(election.add_vote(1)) << "the same again";
  EXPECT_TRUE(election.add_vote(2));
  election.campaign(Role::candidate);
  EXPECT_TRUE(election.votes().empty());
  election.lead();
  EXPECT_EQ(election.leader(), 0u);
  EXPECT_TRUE(election.hears_leader(now + 1h)) << "itself";
  election.follow_nobody();
  EXPECT_FALSE(election.leader());
  election.follow(3, now);
  EXPECT_EQ(election.leader(), 3u);
}

// ---- Journal

TEST(RaftJournal, HandsOutWhatIsNotSavedOnce) {
  Journal journal(saved_log(1, {1}));
  EXPECT_TRUE(journal.take_unsaved().empty());
  journal.enter(2);
  const Unsaved entered = journal.take_unsaved();
  EXPECT_EQ(entered.hard_state->term, 2u);
  EXPECT_FALSE(entered.append);
  EXPECT_EQ(journal.take(0, {{.term = 2, .command = {}}, {.term = 2, .command = {}}}), 2u);
  const Unsaved replaced = journal.take_unsaved();
  EXPECT_FALSE(replaced.hard_state);
  EXPECT_EQ(replaced.append->first, 1u) << "it stood in the way";
  EXPECT_EQ(replaced.append->entries.size(), 2u);
  EXPECT_TRUE(journal.take_unsaved().empty());
  journal.check();
}

TEST(RaftJournal, HandsOutWhatIsCommittedOnceAndInOrder) {
  Journal journal(saved_log(1, {1, 1, 1}));
  EXPECT_TRUE(journal.take_committed().empty());
  journal.commit_up_to(2);
  const auto committed = journal.take_committed();
  ASSERT_EQ(committed.size(), 2u);
  EXPECT_EQ(committed[0].index, 1u);
  EXPECT_EQ(committed[1].index, 2u);
  EXPECT_TRUE(journal.take_committed().empty());
  journal.compact(2, Json("state"), 0);
  EXPECT_FALSE(journal.take_restore()) << "it is what was applied";
  EXPECT_EQ(journal.take_unsaved().rewrite->snapshot.index, 2u);
  journal.check();
}

TEST(RaftJournal, ALeadersSnapshotIsRestoredOnceAndTakesThePlaceOfEntries) {
  Journal journal(saved_log(1, {1, 1, 1}));
  journal.install({.index = 9, .term = 1, .state = Json("state")});
  EXPECT_EQ(journal.commit(), 9u);
  EXPECT_EQ(journal.take_restore()->index, 9u);
  EXPECT_FALSE(journal.take_restore());
  EXPECT_TRUE(journal.take_committed().empty());
  EXPECT_EQ(journal.log().last_index(), 9u);
  journal.check();
}

TEST(RaftJournal, VotesForOneCandidateATerm) {
  Journal journal(saved_log(1, {}));
  journal.become_voter();
  EXPECT_TRUE(journal.may_vote_for(1));
  journal.vote_for(1);
  EXPECT_TRUE(journal.may_vote_for(1));
  EXPECT_FALSE(journal.may_vote_for(2));
  journal.enter(2);
  EXPECT_TRUE(journal.may_vote_for(2));
}

TEST(RaftJournalDeath, TakesNothingBack) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  Journal journal(saved_log(3, {1, 3}));
  journal.become_voter();
  journal.vote_for(1);
  journal.commit_up_to(2);
  EXPECT_DEATH(journal.commit_up_to(1), "no commit is taken back");
  EXPECT_DEATH(journal.enter(3), "no server goes back in term");
  EXPECT_DEATH(journal.vote_for(2), "a server votes once in a term");
}

}  // namespace
}  // namespace mznode::raft

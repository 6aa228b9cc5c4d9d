#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

#include "enrolment/admission.hpp"
#include "raft/messages.hpp"
#include "tests/workloads/lin_kv/kv_node.hpp"

// What a node says of an operation must be certain: 20 and 22 come from the committed state, 11 only when nothing left.
namespace mznode::linearizable_kv {
namespace {

struct CommandId {
  std::uint64_t life = 0;
  std::uint64_t session = 0;
  std::uint64_t number = 0;
  MZNODE_FIELDS(life, session, number)
};

class RaftKv : public KvNode {
 protected:
  RaftKv() : KvNode(raft_strategy()) {}

  void hear_leader() {
    world.deliver(
        "n2", R"({"type":"append_entries","term":1,"prev_index":0,"prev_term":0,"entries":[],"commit":0,"round":1})");
  }
  /// Lets time pass in which the leader is heard.
  void pass(Duration duration) {
    for (Duration passed{0}; passed < duration; passed += 50ms) {
      hear_leader();
      world.advance(50ms);
    }
  }
  /// Answers the one who asked, as the leader.
  void answer(const SentMessage& asked, const std::string& outcome) {
    const auto id = asked.as<CommandId>();
    world.deliver("n2", R"({"type":"answer","life":)" + std::to_string(id.life) + R"(,"number":)" +
                            std::to_string(id.number) + R"(,"outcome":)" + outcome + "}");
  }
  void open_session() {
    const auto requests = sent("execute");
    ASSERT_EQ(requests.size(), 1u);
    answer(requests[0], R"({"session":5,"result":null})");
  }

  /// Does for ten milliseconds what n2 would do that lets n1 in, votes for it, and stores what it says. As n3 is
  /// silent, n1 looks for ways around, so that what it says comes in parcels.
  void be_second_node() {
    world.advance(10ms);
    for (const SentMessage& message : world.take_all()) {
      if (message.dest == "c1") to_client.push_back(message);
      if (message.dest != "n2") continue;
      if (message.type != "parcel") {
        be_told(message.type, message.fields());
        continue;
      }
      const auto parcel = message.as<relay::Parcel>();
      if (parcel.way == std::vector<Member>{1}) be_told(parcel.kind, parcel.fields);
    }
  }
  void be_told(const std::string& type, const Json& fields) {
    if (type == "hello") {
      const Welcome welcome{.life = from_json<Hello>(fields).life, .knew_another = false, .is_young = true};
      speak("welcome", to_json(welcome));
    } else if (type == "request_vote") {
      const auto request = from_json<raft::RequestVote>(fields);
      speak("vote", to_json(raft::Vote{.term = request.term, .is_pre_vote = request.is_pre_vote, .granted = true}));
    } else if (type == "append_entries" && n2_stores) {
      const auto request = from_json<raft::AppendEntries>(fields);
      speak("appended", to_json(raft::Appended{.term = request.term,
                                               .success = true,
                                               .index = request.prev_index + request.entries.size(),
                                               .conflict_term = 0,
                                               .round = request.round,
                                               .life = 2,
                                               .is_voter = true}));
    }
  }
  void speak(const std::string& type, const Json& fields) {
    world.deliver("n2", R"({"type":")" + type + R"(",)" + fields.text().substr(1));
  }

  std::vector<SentMessage> to_client;
  bool n2_stores = true;
};

TEST_F(RaftKv, ASingleNodeAnswersFromItsState) {
  start({"n1"});
  world.advance(1s);
  cas(1, 2);
  world.advance(1ms);
  EXPECT_EQ(error_code(), 20);
  write(2);
  world.advance(1ms);
  EXPECT_EQ(sent("write_ok").size(), 1u);
  cas(3, 7);
  world.advance(1ms);
  EXPECT_EQ(error_code(), 22);
  cas(4, 2);
  world.advance(1ms);
  EXPECT_EQ(sent("cas_ok").size(), 1u);
  ask(5, R"("type":"read","key":1)");
  world.advance(1ms);
  EXPECT_EQ(world.take().as<ReadOk>().value, Json(3));
  ask(6, R"("type":"read","key":"none")");
  world.advance(1ms);
  EXPECT_EQ(error_code(), 20);
}

TEST_F(RaftKv, WithoutALeaderNothingLeavesAndTheErrorIsDefinite) {
  start({"n1", "n2", "n3"});
  write(1);
  world.advance(899ms);
  EXPECT_EQ(error_code(), -1);
  world.advance(50ms);
  EXPECT_EQ(error_code(), 11);
}

TEST_F(RaftKv, ALeaderThatDoesNotEvenOpenASessionHasGotNoOperation) {
  start({"n1", "n2", "n3"});
  hear_leader();
  write(1);
  pass(1s);
  EXPECT_EQ(error_code(), 11);
}

TEST_F(RaftKv, OnceAnOperationHasLeftSilenceIsIndefinite) {
  start({"n1", "n2", "n3"});
  hear_leader();
  write(1);
  open_session();
  EXPECT_GE(sent("execute").size(), 1u);
  pass(1s);
  EXPECT_EQ(error_code(), 0);
}

TEST_F(RaftKv, ThatThereIsNoLeaderAnyMoreIsNoCertainty) {
  start({"n1", "n2", "n3"});
  hear_leader();
  write(1);
  open_session();
  EXPECT_EQ(sent("execute").size(), 1u);
  world.advance(1s);
  EXPECT_EQ(error_code(), 0);
}

TEST_F(RaftKv, AnAnswerToAnEarlierProcessIsNone) {
  start({"n1", "n2", "n3"});
  hear_leader();
  write(1);
  open_session();
  const auto id = sent("execute").at(0).as<CommandId>();
  world.deliver("n2", R"({"type":"answer","life":)" + std::to_string(id.life + 1) + R"(,"number":)" +
                          std::to_string(id.number) + R"(,"outcome":{"session":5,"result":null}})");
  EXPECT_TRUE(world.take_all().empty());
}

TEST_F(RaftKv, ANewLeaderIsAskedAtOnce) {
  start({"n1", "n2", "n3"});
  hear_leader();
  write(1);
  open_session();
  const auto first = sent("execute");
  world.deliver("n3",
                R"({"type":"append_entries","term":2,"prev_index":0,"prev_term":0,"entries":[],"commit":0,"round":1})");
  world.advance(1ms);
  const auto second = sent("execute");
  ASSERT_EQ(second.size(), 1u);
  EXPECT_EQ(second[0].dest, "n3");
  EXPECT_EQ(second[0].as<CommandId>().number, first.at(0).as<CommandId>().number);
}

TEST_F(RaftKv, WhoIsNoServerOfTheGroupCannotSpeakForOne) {
  start({"n1", "n2", "n3"});
  ask(1, R"("type":"execute","origin":"n2","life":1,"session":0,"number":1,"oldest":1,"operation":null)");
  EXPECT_EQ(error_code(), 12);
  ask(2, R"("type":"query","life":1,"number":1,"term":1,"is_voter":true,"question":1)");
  EXPECT_EQ(error_code(), 12);
}

TEST_F(RaftKv, ARetriedForwardHasTheSameNumber) {
  start({"n1", "n2", "n3"});
  hear_leader();
  cas(1, 9);
  open_session();
  const auto first = sent("execute");
  ASSERT_EQ(first.size(), 1u);
  std::vector<SentMessage> second;
  for (int i = 0; i < 12 && second.empty(); ++i) {
    pass(50ms);
    second = sent("execute");
  }
  ASSERT_EQ(second.size(), 1u);
  EXPECT_EQ(second[0].as<CommandId>().session, 5u);
  EXPECT_EQ(second[0].as<CommandId>().number, first[0].as<CommandId>().number);
  answer(second[0], R"({"session":5,"result":22})");
  EXPECT_EQ(error_code(), 22);
}

TEST_F(RaftKv, ASupersededSessionLeavesTheOutcomeOpen) {
  start({"n1", "n2", "n3"});
  hear_leader();
  write(1);
  open_session();
  answer(sent("execute").at(0), R"({"session":0,"result":null})");
  EXPECT_EQ(error_code(), 0);
}

TEST_F(RaftKv, ALeaderKnowsNothingOfAKeyBeforeAMajorityHasStoredTheQuestion) {
  start({"n1", "n2", "n3"});
  for (int i = 0; i < 200; ++i) be_second_node();
  write(1);  // opens a session
  for (int i = 0; i < 10; ++i) be_second_node();
  ASSERT_EQ(std::exchange(to_client, {}).size(), 1u);
  n2_stores = false;
  ask(2, R"("type":"cas","key":7,"from":1,"to":2)");
  for (int i = 0; i < 10; ++i) be_second_node();
  EXPECT_TRUE(to_client.empty()) << to_client.front().body.text();
  n2_stores = true;
  for (int i = 0; i < 30; ++i) be_second_node();
  ASSERT_EQ(to_client.size(), 1u);
  EXPECT_EQ(to_client[0].as<Code>().code, 20);
}

TEST_F(RaftKv, AnotherClustersStorageIsRefused) {
  start({"n1"});
  std::unique_ptr<Strategy> installed;
  Node second(world);
  installed = info.install(second, OptionValues(info.options, {}));
  EXPECT_THROW(world.init(second, "n1", {"n1", "n2"}), std::logic_error);
}

TEST_F(RaftKv, ANodeThatRestartsKnowsWhatItHasAcknowledged) {
  start({"n1"});
  world.advance(1s);
  write(1);
  world.advance(1ms);
  ASSERT_EQ(sent("write_ok").size(), 1u);
  std::unique_ptr<Strategy> installed;
  Node second(world);
  installed = info.install(second, OptionValues(info.options, {}));
  world.init(second, "n1", {"n1"});
  world.advance(1s);
  ask(2, R"("type":"read","key":1)");
  world.advance(1ms);
  EXPECT_EQ(world.take().as<ReadOk>().value, Json(2));
}

}  // namespace
}  // namespace mznode::linearizable_kv

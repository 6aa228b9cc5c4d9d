#include <gtest/gtest.h>

#include "kafka/kafka.hpp"
#include "mznode/node/fake_runtime.hpp"

namespace mznode::kafka {
namespace {

struct Cas {
  std::string key;
  Json from;
  Json to;
  MZNODE_FIELDS(key, from, to)
};
struct Read {
  std::string key;
  MZNODE_FIELDS(key)
};

/// A node of pages of two messages, whose service is played by the test.
class KafkaLinKv : public testing::Test {
 protected:
  void SetUp() override {
    const StrategyInfo info = lin_kv_strategy();
    strategy = info.install(node, OptionValues(info.options, {{"page-size", "2"}}));
    world.init(node, "n1", {"n1", "n2"});
  }

  SentMessage ask(const std::string& body) {
    world.deliver("c1", body);
    return world.take();
  }
  SentMessage send(int message) {
    return ask(R"({"type":"send","msg_id":1,"key":"k","msg":)" + std::to_string(message) + "}");
  }
  SentMessage value(const SentMessage& read, const std::string& page) {
    world.reply(read, "read_ok", Json::parse("{\"value\":" + page + "}"));
    return world.take();
  }
  /// The time that a pause between attempts takes at most.
  SentMessage after_pause() {
    if (world.sent().empty()) world.advance(200ms);
    return world.take();
  }

  FakeRuntime world;
  Node node{world};
  std::unique_ptr<Strategy> strategy;
};

TEST_F(KafkaLinKv, AppendsToThePageItKnows) {
  const SentMessage first = send(7);
  EXPECT_EQ(first.as<Cas>().key, "log-0-k");
  EXPECT_EQ(first.as<Cas>().from.text(), "[]");
  world.reply(first, "cas_ok");
  EXPECT_EQ(world.take().body.text(), R"({"type":"send_ok","in_reply_to":1,"offset":0})");
  const SentMessage second = send(8);
  EXPECT_EQ(second.as<Cas>().from, first.as<Cas>().to);
  world.reply(second, "cas_ok");
  EXPECT_EQ(world.take().body.text(), R"({"type":"send_ok","in_reply_to":1,"offset":1})");
  // That page is full.
  const SentMessage third = send(9);
  EXPECT_EQ(third.as<Cas>().key, "log-1-k");
  EXPECT_EQ(third.as<Cas>().from.text(), "[]");
}

TEST_F(KafkaLinKv, GoesOnBehindWhatOthersAppended) {
  world.reply_error(send(7), ErrorCode::precondition_failed);
  const SentMessage next = value(world.take(), R"([[1,"n2-5-1"],[2,"n2-5-2"]])");
  EXPECT_EQ(next.as<Read>().key, "log-1-k");
  const SentMessage retry = value(next, R"([[3,"n2-5-3"]])");
  EXPECT_EQ(retry.as<Cas>().key, "log-1-k");
  world.reply(retry, "cas_ok");
  EXPECT_EQ(world.take().body.text(), R"({"type":"send_ok","in_reply_to":1,"offset":3})");
}

TEST_F(KafkaLinKv, FindsItsMessageWhenTheAnswerWasLost) {
  const SentMessage lost = send(7);
  world.advance(4s);
  const SentMessage answer = value(world.take(), lost.as<Cas>().to.text());
  EXPECT_EQ(answer.body.text(), R"({"type":"send_ok","in_reply_to":1,"offset":0})");
}

TEST_F(KafkaLinKv, APollFarBehindTheEndDoesNotMoveIt) {
  const SentMessage read = ask(R"({"type":"poll","msg_id":1,"offsets":{"k":1000}})");
  EXPECT_EQ(read.as<Read>().key, "log-500-k");
  world.reply_error(read, ErrorCode::key_does_not_exist);
  EXPECT_EQ(world.take().body.text(), R"({"type":"poll_ok","in_reply_to":1,"msgs":{}})");
  EXPECT_EQ(send(7).as<Cas>().key, "log-0-k");
}

/// n1 was sent the first message, n2 the second one.
TEST_F(KafkaLinKv, APollFromTheBeginningShowsWhatOthersWereSentBehindIt) {
  world.reply(send(7), "cas_ok");
  world.take();
  const std::string poll = R"({"type":"poll","msg_id":2,"offsets":{"k":0}})";
  // What it has just written it need not look at.
  EXPECT_EQ(ask(poll).body.text(), R"({"type":"poll_ok","in_reply_to":2,"msgs":{"k":[[0,7]]}})");
  world.advance(250ms);
  const SentMessage look = ask(poll);
  EXPECT_EQ(look.as<Read>().key, "log-0-k");
  EXPECT_EQ(value(look, R"([[7,"n1-1"],[8,"n2-5-1"]])").body.text(),
            R"({"type":"poll_ok","in_reply_to":2,"msgs":{"k":[[0,7],[1,8]]}})");
  // That page is full: the next one was never looked at.
  const SentMessage next = ask(poll);
  EXPECT_EQ(next.as<Read>().key, "log-1-k");
  EXPECT_EQ(value(next, R"([[9,"n2-5-2"]])").body.text(),
            R"({"type":"poll_ok","in_reply_to":2,"msgs":{"k":[[0,7],[1,8],[2,9]]}})");
  EXPECT_EQ(ask(poll).type, "poll_ok") << "it has just looked";
  world.advance(250ms);
  EXPECT_EQ(ask(poll).as<Read>().key, "log-1-k");
}

TEST_F(KafkaLinKv, APollOfNothingIsNotRepeatedForAWhileAndThenForgotten) {
  const std::string poll = R"({"type":"poll","msg_id":1,"offsets":{"unknown":0}})";
  const std::string nothing = R"({"type":"poll_ok","in_reply_to":1,"msgs":{}})";
  world.reply_error(ask(poll), ErrorCode::key_does_not_exist);
  EXPECT_EQ(world.take().body.text(), nothing);
  EXPECT_EQ(ask(poll).body.text(), nothing);
  world.advance(250ms);
  EXPECT_EQ(ask(poll).type, "read");
}

TEST_F(KafkaLinKv, SendsThatWaitTogetherAreAnsweredAsTheirPagesAreSeen) {
  const SentMessage first = send(1);
  for (int message = 2; message <= 5; ++message) {
    world.deliver("c1", R"({"type":"send","msg_id":)" + std::to_string(message) + R"(,"key":"k","msg":0})");
  }
  EXPECT_TRUE(world.sent().empty());
  world.reply(first, "cas_ok");
  std::vector<std::string> answers;
  for (int page = 0; page < 3; ++page) {
    SentMessage cas;
    for (const SentMessage& sent : world.take_all()) {
      if (sent.type == "cas") cas = sent;
      if (sent.type == "send_ok") answers.push_back(sent.body.text());
    }
    if (page < 3 && cas.type == "cas") world.reply(cas, "cas_ok");
  }
  for (const SentMessage& sent : world.take_all()) answers.push_back(sent.body.text());
  std::vector<std::string> expected;
  for (int message = 1; message <= 5; ++message) {
    expected.push_back(R"({"type":"send_ok","in_reply_to":)" + std::to_string(message) + R"(,"offset":)" +
                       std::to_string(message - 1) + "}");
  }
  EXPECT_EQ(answers, expected);
}

TEST_F(KafkaLinKv, CommittedOffsetsAreRaisedAndNeverLowered) {
  const std::string commit = R"({"type":"commit_offsets","msg_id":1,"offsets":{"k":5}})";
  const SentMessage cas = ask(commit);
  EXPECT_EQ(cas.as<Cas>().to.text(), "5");
  world.reply_error(cas, ErrorCode::precondition_failed);
  const SentMessage raised = value(world.take(), "3");
  EXPECT_EQ(raised.as<Cas>().from.text(), "3");
  world.reply_error(raised, ErrorCode::precondition_failed);
  EXPECT_EQ(value(after_pause(), "9").body.text(), R"({"type":"commit_offsets_ok","in_reply_to":1})");
  // What is known to be committed already costs nothing.
  EXPECT_EQ(ask(commit).body.text(), R"({"type":"commit_offsets_ok","in_reply_to":1})");
}

}  // namespace
}  // namespace mznode::kafka

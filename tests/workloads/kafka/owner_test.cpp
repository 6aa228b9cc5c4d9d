#include <gtest/gtest.h>

#include "kafka/kafka.hpp"
#include "kafka/rendezvous.hpp"
#include "mznode/node/fake_runtime.hpp"
#include "mznode/workloads/harness.hpp"
#include "tests/workloads/trial.hpp"

namespace mznode::kafka {
namespace {

const std::vector<std::string> nodes = {"n1", "n2"};

/// A key that this node owns.
std::string key_of(const std::string& node, int from = 0) {
  while (owner_of(std::to_string(from), nodes) != node) ++from;
  return std::to_string(from);
}

/// One life of node n1.
struct Life {
  explicit Life(FakeRuntime& runtime) : world(runtime), node(runtime) {
    const StrategyInfo info = owner_strategy();
    strategy = info.install(node, OptionValues(info.options, {}));
    world.init(node, "n1", nodes);
  }

  SentMessage ask(const char* src, const std::string& body) {
    world.take_all();
    world.deliver(src, body);
    return world.take();
  }
  /// As a message that a life of n2 forwards.
  SentMessage append(const std::string& key, int number, int oldest = 1, int end = 0) {
    if (session.empty()) session = open(7);
    return ask("n2", R"({"type":"append","msg_id":1,"key":")" + key + R"(","msg":)" + std::to_string(number) +
                         R"(,"session":)" + session + R"(,"number":)" + std::to_string(number) + R"(,"oldest":)" +
                         std::to_string(oldest) + R"(,"end":)" + std::to_string(end) + "}");
  }
  std::string open(int life) {
    const SentMessage reply = ask("n2", R"({"type":"open_forwards","msg_id":1,"life":)" + std::to_string(life) + "}");
    return nlohmann::json::parse(reply.body.text()).at("session").dump();
  }
  std::string poll(const std::string& key) {
    return ask("c1", R"({"type":"poll","msg_id":2,"offsets":{")" + key + R"(":0}})").body.text();
  }

  FakeRuntime& world;
  Node node;
  std::unique_ptr<Strategy> strategy;
  std::string session;
};

std::string polled(const std::string& key, const std::string& messages) {
  return R"({"type":"poll_ok","in_reply_to":2,"msgs":{")" + key + "\":" + messages + "}}";
}

std::string offset_of(const SentMessage& reply) {
  return to_string(nlohmann::json::parse(reply.body.text()).at("offset"));
}

TEST(Owner, GivesAForwardedMessageOneOffsetHoweverOftenItComes) {
  FakeRuntime world;
  const std::string key = key_of("n1");
  Life life(world);
  EXPECT_EQ(offset_of(life.append(key, 5)), "0");
  EXPECT_EQ(offset_of(life.append(key, 6)), "1");
  EXPECT_EQ(offset_of(life.append(key, 5)), "0");
  EXPECT_EQ(life.poll(key), polled(key, "[[0,5],[1,6]]"));
  // Nobody asks for it any more: it has come too late, and might have been here before.
  EXPECT_EQ(offset_of(life.append(key, 8, 8)), "2");
  EXPECT_EQ(life.append(key, 7, 7).type, "error");
  EXPECT_EQ(life.poll(key), polled(key, "[[0,5],[1,6],[2,8]]"));
}

TEST(Owner, FindsEverythingAgainInItsNextLife) {
  FakeRuntime world;
  const std::string key = key_of("n1");
  {
    Life life(world);
    life.append(key, 5);
    life.append(key, 6);
    life.ask("c1", R"({"type":"commit_offsets","msg_id":3,"offsets":{")" + key + R"(":1}})");
  }
  Life life(world);
  EXPECT_EQ(life.poll(key), polled(key, "[[0,5],[1,6]]"));
  EXPECT_EQ(offset_of(life.append(key, 6)), "1");
  EXPECT_EQ(offset_of(life.append(key, 7)), "2");
  const SentMessage committed = life.ask("n2", R"({"type":"committed","msg_id":4,"keys":[")" + key + R"("]})");
  EXPECT_EQ(committed.body.text(), R"({"type":"committed_ok","in_reply_to":4,"offsets":{")" + key + R"(":1}})");
}

TEST(Owner, ASessionOutlivesItsReceiverAndNoLongerThanItsOrigin) {
  FakeRuntime world;
  const std::string key = key_of("n1");
  std::string session;
  {
    Life life(world);
    life.append(key, 5);
    session = life.session;
  }
  Life life(world);
  EXPECT_EQ(life.open(7), session);
  EXPECT_NE(life.open(8), session);
  life.session = session;
  EXPECT_EQ(life.append(key, 5).type, "error") << "it may not be appended once more";
  EXPECT_EQ(life.append(key, 6).type, "error");
  EXPECT_EQ(life.poll(key), polled(key, "[[0,5]]"));
}

TEST(Owner, WhoForwardsAMessageSeesItAtOnce) {
  FakeRuntime world;
  const std::string key = key_of("n2");
  Life life(world);
  const SentMessage opening = life.ask("c1", R"({"type":"send","msg_id":1,"key":")" + key + R"(","msg":9})");
  EXPECT_EQ(opening.type, "open_forwards");
  world.reply(opening, "open_forwards_ok", Json::parse(R"({"session":{"life":3,"number":1}})"));
  const SentMessage forwarded = world.take();
  EXPECT_EQ(forwarded.dest, "n2");
  EXPECT_EQ(forwarded.type, "append");
  world.reply(forwarded, "append_ok", Json::parse(R"({"offset":2,"before":[10,11]})"));
  EXPECT_EQ(offset_of(world.take()), "2");
  EXPECT_EQ(life.poll(key), polled(key, "[[0,10],[1,11],[2,9]]"));

  const std::string own = key_of("n1");
  for (int number = 1; number <= 4; ++number) life.append(own, number);
  const SentMessage reply = life.append(own, 5, 5, 2);
  EXPECT_EQ(reply.body.text(), R"({"type":"append_ok","in_reply_to":1,"offset":4,"before":[3,4]})");
}

TEST(Owner, TellsTheOthersInBatchesAndKeepsTheirsInOrder) {
  FakeRuntime world;
  const std::string key = key_of("n1");
  Life life(world);
  for (int number = 1; number <= 3; ++number) life.append(key, number);
  world.take_all();
  world.advance(100ms);
  const SentMessage gossip = world.take();
  EXPECT_EQ(gossip.dest, "n2");
  const std::string expected = R"({"key":")" + key + R"(","from":0,"messages":[1,2,3]})";
  EXPECT_NE(gossip.body.text().find(expected), std::string::npos) << gossip.body.text();

  const std::string other = key_of("n2");
  const auto tell = [&](int from, int to, const std::string& run) {
    world.deliver("n2", R"({"type":"gossip","stream":[3,1],"from":)" + std::to_string(from) + R"(,"to":)" +
                            std::to_string(to) + R"(,"elements":[{"key":")" + other + "\"," + run +
                            R"(}],"ack_stream":[0,0],"ack":0,"gap":false,"chosen":true})");
  };
  tell(3, 5, R"("from":2,"messages":[30,40])");
  EXPECT_EQ(life.poll(other), R"({"type":"poll_ok","in_reply_to":2,"msgs":{}})");
  tell(0, 3, R"("from":0,"messages":[10,20])");
  EXPECT_EQ(life.poll(other), polled(other, "[[0,10],[1,20],[2,30],[3,40]]"));
}

TEST(Owner, RefusesTheLogsOfAnotherClusterAndThenPlansNothing) {
  FakeRuntime world;
  Life(world).append(key_of("n1"), 5);
  const StrategyInfo info = owner_strategy();
  Node node(world);
  const auto strategy = info.install(node, OptionValues(info.options, {}));
  world.attach(node);
  world.deliver("c0", R"({"type":"init","msg_id":1,"node_id":"n1","node_ids":["n1","n2","n3"]})");
  const SentMessage refusal = world.take();
  EXPECT_NE(refusal.body.text().find("another cluster"), std::string::npos) << refusal.body.text();
  EXPECT_FALSE(world.has_timers()) << "without a name it has no peers to send anything to";
}

TEST(Owner, RefusesOffsetsBelowZero) {
  FakeRuntime world;
  Life life(world);
  for (const char* type : {"poll", "commit_offsets"}) {
    const SentMessage reply =
        life.ask("c1", std::string(R"({"type":")") + type + R"(","msg_id":1,"offsets":{"k":-1}})");
    EXPECT_EQ(nlohmann::json::parse(reply.body.text()).at("code"), 12) << type;
  }
}

TEST(Owner, NeedsLessThanOneMessageAnOperationAtTheFlagsOfTheChallenge) {
  TestSettings settings;
  settings.workload = "kafka";
  settings.nodes = sim::node_names(2);
  settings.concurrency = 2;
  settings.rate_millis = 1'000'000;
  settings.time_limit = 20s;
  settings.keep_journal = false;
  const auto report = run_test(settings, [] { return false; });
  EXPECT_EQ(report.valid(), check::Valid::yes);
  EXPECT_LT(report.results()["net"]["servers"]["msgs-per-op"].get<double>(), 0.6);
}

}  // namespace
}  // namespace mznode::kafka

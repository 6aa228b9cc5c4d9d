#include "counter/kv_sum.hpp"

#include <gtest/gtest.h>

#include "mznode/node/fake_runtime.hpp"

namespace mznode::counter {
namespace {

struct Cas {
  Json from;
  Json to;
  MZNODE_FIELDS(from, to)
};

class KvSumTest : public testing::Test {
 protected:
  void SetUp() override { world.init(node, "n1", {"n1", "n2"}); }

  void add(std::int64_t delta) { node.spawn(note(delta)); }
  Task<> add_alone() { co_await own.add(1); }
  Task<> note(std::int64_t delta) {
    try {
      co_await sum.add(delta);
      outcomes.push_back("ok");
    } catch (const Error& error) {
      outcomes.push_back((error.is_received() ? "received " : "own ") + std::string(error_name(error.code())));
    }
  }
  /// Answers the read that was just sent, and returns the compare-and-set that follows it.
  SentMessage value(std::string_view text) {
    world.reply(world.take(), "read_ok", Json::parse(R"({"value":)" + std::string(text) + "}"));
    return world.sent().empty() ? SentMessage{} : world.take();
  }

  FakeRuntime world;
  Node node{world};
  Kv kv = lin_kv(node);
  KvSum sum{node, kv, Json("k"), KvSum::Writers::many};
  KvSum own{node, kv, Json("mine"), KvSum::Writers::one};
  std::vector<std::string> outcomes;
};

TEST_F(KvSumTest, AddsThatComeMeanwhileShareTheNextCompareAndSet) {
  add(1);
  const SentMessage first = value(R"([3,"n2-7-1"])");
  EXPECT_EQ(KvSum::sum_of(first.as<Cas>().to), 4);
  add(10);
  add(-30);
  EXPECT_TRUE(world.sent().empty());
  world.reply(first, "cas_ok");
  EXPECT_EQ(outcomes.size(), 1u);
  const SentMessage second = value(first.as<Cas>().to.text());
  EXPECT_EQ(KvSum::sum_of(second.as<Cas>().to), -16);
  world.reply(second, "cas_ok");
  EXPECT_EQ(outcomes, (std::vector<std::string>{"ok", "ok", "ok"}));
}

TEST_F(KvSumTest, TheOnlyWriterLooksOnceAndAgainAfterAFailure) {
  node.spawn(add_alone());
  const SentMessage first = value(R"([3,"n1-7-1"])");
  world.reply(first, "cas_ok");
  node.spawn(add_alone());
  const SentMessage second = world.take();
  EXPECT_EQ(second.as<Cas>().from, first.as<Cas>().to);
  EXPECT_EQ(KvSum::sum_of(second.as<Cas>().to), 5);
  world.reply_error(second, ErrorCode::temporarily_unavailable);
  node.spawn(add_alone());
  EXPECT_EQ(KvSum::sum_of(value(first.as<Cas>().to.text()).as<Cas>().to), 5);
}

TEST_F(KvSumTest, KnowsItsOwnValueAfterATimeOut) {
  add(2);
  const SentMessage cas = value(R"([3,"n2-7-1"])");
  world.advance(1s);
  value(cas.as<Cas>().to.text());
  EXPECT_EQ(outcomes, (std::vector<std::string>{"ok"}));
}

TEST_F(KvSumTest, DoesNotTakeTheSameSumOfAnotherForItsOwn) {
  add(2);
  value(R"([3,"n2-7-1"])");
  world.advance(1s);
  value(R"([5,"n2-7-2"])");
  EXPECT_EQ(outcomes, (std::vector<std::string>{"received timeout"}));
}

TEST_F(KvSumTest, NeverSetsTheSameValueTwice) {
  add(2);
  const SentMessage first = value(R"([3,"n2-7-1"])");
  world.reply_error(first, ErrorCode::precondition_failed);
  world.advance(1s);
  const SentMessage second = value(R"([3,"n2-7-3"])");
  EXPECT_EQ(KvSum::sum_of(second.as<Cas>().to), 5);
  EXPECT_NE(second.as<Cas>().to, first.as<Cas>().to);
}

TEST_F(KvSumTest, RefusesOnlyWhatDoesNotFit) {
  add(1);
  const SentMessage first = value("[9223372036854775806,\"\"]");
  add(1);
  add(-1);
  world.reply(first, "cas_ok");
  world.reply(value("[9223372036854775807,\"\"]"), "cas_ok");
  EXPECT_EQ(outcomes, (std::vector<std::string>{"ok", "own precondition-failed", "ok"}));
}

}  // namespace
}  // namespace mznode::counter

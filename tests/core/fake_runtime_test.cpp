#include "mznode/node/fake_runtime.hpp"

#include <gtest/gtest.h>

#include <memory>

#include "mznode/node/node.hpp"

namespace mznode {
namespace {

struct Echo {
  Json echo;
  MZNODE_FIELDS(echo)
};

TEST(FakeRuntime, RunsTheExampleOfItsDescription) {
  FakeRuntime world;
  Node node(world);
  node.on("echo", [](Echo request) { return request; });
  world.init(node, "n1", {"n1", "n2"});
  world.deliver("c1", R"({"type":"echo","msg_id":7,"echo":"hi"})");
  EXPECT_EQ(world.take().body, Json::parse(R"({"type":"echo_ok","in_reply_to":7,"echo":"hi"})"));
}

TEST(FakeRuntime, TimeMovesOnlyWhenItIsTold) {
  FakeRuntime world;
  const Time start = world.now();
  std::vector<std::int64_t> fired;
  const auto record = [&] { fired.push_back((world.now() - start) / 1ms); };
  world.set_timer(start + 30ms, record);
  world.set_timer(start + 10ms, record);
  const TimerId cancelled = world.set_timer(start + 20ms, record);
  world.set_timer(start + 10ms, [&] { world.set_timer(world.now() + 5ms, record); });
  world.cancel_timer(cancelled);
  EXPECT_TRUE(fired.empty());
  world.advance(12ms);
  EXPECT_EQ(fired, (std::vector<std::int64_t>{10}));
  EXPECT_EQ(world.now() - start, 12ms);
  EXPECT_TRUE(world.run_until_idle());
  EXPECT_EQ(fired, (std::vector<std::int64_t>{10, 15, 30}));
  EXPECT_EQ(world.now() - start, 30ms);
}

TEST(FakeRuntime, SaysWhenItDoesNotBecomeIdle) {
  FakeRuntime world;
  Node node(world);
  int calls = 0;
  node.every(1s, [&] { ++calls; });
  world.init(node, "n1", {"n1"});
  EXPECT_FALSE(world.run_until_idle(10s));
  EXPECT_EQ(calls, 10);
}

TEST(FakeRuntime, ChanceIsThatOfTheSeed) {
  FakeRuntime a(1);
  FakeRuntime b(1);
  FakeRuntime c(2);
  const std::uint64_t first = a.random();
  EXPECT_EQ(first, b.random());
  EXPECT_NE(first, c.random());
  EXPECT_NE(first, a.random());
}

TEST(FakeRuntime, WallTimeJumpsAndMovesOn) {
  FakeRuntime world;
  world.set_wall_time_ns(5);
  world.advance(10ns);
  EXPECT_EQ(world.wall_time_ns(), 15);
}

TEST(FakeRuntime, RefusesWhatMaelstromWouldRefuse) {
  FakeRuntime world;
  const auto send = [&](std::string_view src, std::string_view dest, std::string_view body) {
    world.begin_message(src, dest) += body;
    world.finish_message();
  };
  EXPECT_THROW(send("n1", "n2", R"({"type":"a",})"), std::logic_error);
  EXPECT_THROW(send("n1", "n2", "{\"type\":\r\"a\"}"), std::logic_error);
  EXPECT_THROW(send("", "n2", R"({"type":"a"})"), std::logic_error);
  EXPECT_THROW(send("n1", "", R"({"type":"a"})"), std::logic_error);
  EXPECT_THROW(send("n1", "n2", "[]"), std::logic_error);
  EXPECT_TRUE(world.sent().empty());
  EXPECT_THROW(world.take(), std::logic_error);
}

TEST(FakeRuntime, AMessageBegunBeforeTheLastWasFinishedReplacesIt) {
  FakeRuntime world;
  world.begin_message("n1", "n2") += "{\"type\":\"half";
  world.begin_message("n1", "n3") += R"({"type":"whole"})";
  world.finish_message();
  EXPECT_EQ(world.take().dest, "n3");
}

TEST(FakeRuntime, AnotherProcessTakesThePlaceOfAKilledOne) {
  FakeRuntime world;
  Node first(world);
  first.every(1s, [] { FAIL() << "a timer of a killed process"; });
  world.init(first, "n1", {"n1"});
  Node second(world);
  world.init(second, "n1", {"n1"});
  EXPECT_NE(first.incarnation(), second.incarnation());
  world.advance(10s);
}

TEST(FakeRuntime, WhatAKilledProcessCancelsIsNotItsSuccessors) {
  FakeRuntime world;
  auto first = std::make_unique<Node>(world);
  world.init(*first, "n1", {"n1"});
  first->spawn(first->sleep(1s));
  Node second(world);
  world.init(second, "n1", {"n1"});
  int calls = 0;
  second.after(1s, [&] { ++calls; });
  first.reset();
  world.advance(1s);
  EXPECT_EQ(calls, 1);
}

TEST(FakeRuntime, RunsUntilIdleWithoutALimit) {
  FakeRuntime world;
  world.advance(1h);
  int calls = 0;
  world.set_timer(world.now() + 24h, [&] { ++calls; });
  EXPECT_TRUE(world.run_until_idle(Duration::max()));
  EXPECT_EQ(calls, 1);
}

}  // namespace
}  // namespace mznode

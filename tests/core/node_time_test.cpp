#include <gtest/gtest.h>

#include "mznode/node/fake_runtime.hpp"
#include "mznode/node/node.hpp"

namespace mznode {
namespace {

class NodeTime : public testing::Test {
 protected:
  void SetUp() override { world.init(node, "n1", {"n1", "n2"}); }

  Task<> nap(Duration duration, std::string mark) {
    co_await node.sleep(duration);
    marks += mark;
  }
  Task<> work(std::string mark, bool fails) {
    auto job = [mark, fails] {
      if (fails) throw std::runtime_error("no result");
      return mark + mark;
    };
    try {
      auto result = co_await node.offload(std::move(job));
      marks += result;
    } catch (const std::runtime_error& error) {
      marks += error.what();
    }
  }
  Task<> work_silently(std::string mark, bool fails) {
    auto job = [this, mark, fails] {
      marks += mark;
      if (fails) throw std::runtime_error("failed");
    };
    try {
      co_await node.offload(std::move(job));
      marks += "done";
    } catch (const std::runtime_error& error) {
      marks += error.what();
    }
  }
  Task<> await(Event* event, std::string mark) {
    co_await event->wait();
    marks += mark;
  }
  Task<> fail_later() {
    co_await node.sleep(1s);
    throw std::runtime_error("in the background");
  }

  FakeRuntime world;
  Node node{world};
  std::string marks;
};

TEST_F(NodeTime, SleepersWakeInTheOrderOfTheirTimes) {
  node.spawn(nap(3s, "c"));
  node.spawn(nap(1s, "a"));
  node.spawn(nap(2s, "b"));
  node.spawn(nap(2s, "B"));
  EXPECT_EQ(marks, "");
  world.advance(2s);
  EXPECT_EQ(marks, "abB");
  world.advance(1s);
  EXPECT_EQ(marks, "abBc");
}

TEST_F(NodeTime, ManyWaitersOfOneMomentDoNotNest) {
  for (int i = 0; i < 100'000; ++i) node.spawn(nap(1s, "x"));
  world.advance(1s);
  EXPECT_EQ(marks.size(), 100'000u);
}

TEST_F(NodeTime, AnEventWakesAllThatWaitAndHoldsNobodyUpLater) {
  Event event = node.make_event();
  node.spawn(await(&event, "a"));
  node.spawn(await(&event, "b"));
  node.after(1s, [&] {
    event.happen();
    marks += "|";  // those who wait go on from the loop, not from in here
  });
  EXPECT_TRUE(event.is_awaited());
  world.advance(1s);
  EXPECT_EQ(marks, "|ab");
  EXPECT_FALSE(event.is_awaited());
  node.spawn(await(&event, "c"));
  EXPECT_EQ(marks, "|abc");
}

TEST_F(NodeTime, AnEventForgetsThoseWhoNoLongerWait) {
  Event event = node.make_event();
  node.spawn(await(&event, "a"));
  {
    Scope cancelled([](const std::exception_ptr&) {});
    cancelled.spawn(await(&event, "b"));
  }
  node.after(1s, [&] { event.happen(); });
  world.advance(1s);
  EXPECT_EQ(marks, "a");
}

TEST_F(NodeTime, WhatTheEndOfATaskMakesReadyDoesNotWaitForAnotherEvent) {
  // A permit that is given back when the task that holds it is freed.
  struct Permit {
    explicit Permit(Event* when_free) : event(when_free) {}
    Permit(Permit&& other) noexcept : event(std::exchange(other.event, nullptr)) {}
    ~Permit() {
      if (event != nullptr) event->happen();
    }
    Event* event;
  };
  struct Holder {
    static Task<> run(Node* node, Permit) { co_await node->sleep(1s); }
  };
  Event is_free = node.make_event();
  node.spawn(await(&is_free, "next"));
  node.spawn(Holder::run(&node, Permit(&is_free)));
  world.advance(1s);
  EXPECT_EQ(marks, "next");
}

TEST_F(NodeTime, WhatACallbackThrowsIsLogged) {
  node.after(1s, [] { throw std::runtime_error("of the timer"); });
  world.advance(1s);
  EXPECT_TRUE(world.logged(LogLevel::error, "of the timer"));
  // Not thrown at whoever asked for the sync, who may be gone when it is done.
  EXPECT_NO_THROW(node.sync([] { throw std::runtime_error("of the sync"); }));
  EXPECT_TRUE(world.logged(LogLevel::error, "of the sync"));
}

TEST_F(NodeTime, EveryCallsAtEachInterval) {
  std::vector<std::int64_t> moments;
  const Time start = world.now();
  node.every(100ms, [&] { moments.push_back((world.now() - start) / 1ms); });
  world.advance(350ms);
  EXPECT_EQ(moments, (std::vector<std::int64_t>{100, 200, 300}));
}

TEST_F(NodeTime, EveryGoesOnAfterAFailure) {
  int calls = 0;
  node.every(1s, [&] {
    ++calls;
    if (calls == 1) throw std::runtime_error("once");
    if (calls == 2) throw 42;
  });
  world.advance(3s);
  EXPECT_EQ(calls, 3);
  EXPECT_TRUE(world.logged(LogLevel::error, "once"));
}

TEST_F(NodeTime, EveryBeforeInitCountsFromIt) {
  FakeRuntime other_world;
  Node other(other_world);
  int calls = 0;
  other.every(1s, [&] { ++calls; });
  other_world.attach(other);
  other_world.advance(10s);
  EXPECT_EQ(calls, 0);
  other_world.init(other, "n1", {"n1"});
  other_world.advance(1s);
  EXPECT_EQ(calls, 1);
}

TEST_F(NodeTime, ATimerRunsOnceAndCanBeCancelled) {
  int calls = 0;
  node.after(1s, [&] { ++calls; });
  const TimerId id = node.after(1s, [&] { calls += 100; });
  node.cancel_timer(id);
  node.cancel_timer(id);
  node.cancel_timer(9999);
  EXPECT_TRUE(world.run_until_idle());
  EXPECT_EQ(calls, 1);
}

TEST_F(NodeTime, WhatABackgroundTaskThrowsIsLogged) {
  node.spawn(fail_later());
  world.advance(1s);
  EXPECT_TRUE(world.logged(LogLevel::error, "in the background"));
}

TEST_F(NodeTime, OffloadGivesTheResultOrTheException) {
  node.spawn(work("x", false));
  EXPECT_EQ(marks, "xx");
  node.spawn(work("x", true));
  EXPECT_EQ(marks, "xxno result");
}

TEST_F(NodeTime, OffloadedWorkNeedsNoResult) {
  node.spawn(work_silently("x", false));
  EXPECT_EQ(marks, "xdone");
  node.spawn(work_silently("y", true));
  EXPECT_EQ(marks, "xdoneyfailed");
}

TEST_F(NodeTime, OffloadThatEndsAtOnceResumesNobodyElseFromWithin) {
  // Each sleeper offloads when it wakes: were the ready ones resumed from inside the first one's offload, they would
  // nest as deep as there are sleepers.
  struct Sleeper {
    Node& node;
    int& depth;
    int& deepest;
    Task<> run() {
      co_await node.sleep(1s);
      ++depth;
      deepest = std::max(deepest, depth);
      auto job = [] { return 1; };
      auto one = co_await node.offload(std::move(job));
      depth -= one;
    }
  };
  int depth = 0;
  int deepest = 0;
  Sleeper sleeper{node, depth, deepest};
  for (int i = 0; i < 1000; ++i) node.spawn(sleeper.run());
  world.advance(1s);
  EXPECT_EQ(depth, 0);
  EXPECT_EQ(deepest, 1);
}

TEST_F(NodeTime, RandomBelowIsInRangeAndReachesEveryValue) {
  std::array<int, 5> seen{};
  for (int i = 0; i < 1000; ++i) ++seen.at(node.random_below(5));
  for (const int count : seen) EXPECT_GT(count, 100);
  EXPECT_EQ(node.random_below(1), 0u);
  const std::uint64_t huge = (std::uint64_t{1} << 63) + 1;
  for (int i = 0; i < 100; ++i) EXPECT_LT(node.random_below(huge), huge);
}

TEST_F(NodeTime, LogsTheConcatenation) {
  node.log(LogLevel::info, "a", 1, std::string("b"), std::uint64_t{18446744073709551615u});
  EXPECT_TRUE(world.logged(LogLevel::info, "a1b18446744073709551615"));
}

TEST(NodeEnd, DroppingANodeCancelsWhateverWaits) {
  struct Guard {
    int* freed;
    ~Guard() { ++*freed; }
  };
  struct Waits {
    static Task<> sleep(Node* node, int* freed) {
      const Guard guard{freed};
      co_await node->sleep(1h);
    }
    static Task<> rpc(Node* node, int* freed) {
      const Guard guard{freed};
      co_await node->rpc("n2", "get");
    }
    static Task<std::int64_t> value(Node* node, int* freed) {
      const Guard guard{freed};
      co_await node->rpc("n2", "get");
      co_return 1;
    }
    static Task<> quorum(Node* node, int* freed) {
      const Guard guard{freed};
      std::vector<Task<std::int64_t>> tasks;
      for (int i = 0; i < 3; ++i) tasks.push_back(value(node, freed));
      co_await node->quorum(2, std::move(tasks));
    }
  };
  FakeRuntime world;
  int freed = 0;
  {
    Node node(world);
    world.init(node, "n1", {"n1", "n2"});
    node.spawn(Waits::sleep(&node, &freed));
    node.spawn(Waits::rpc(&node, &freed));
    node.spawn(Waits::quorum(&node, &freed));
    EXPECT_EQ(freed, 0);
    world.advance(10ms);
  }
  EXPECT_EQ(freed, 6);
}

}  // namespace
}  // namespace mznode

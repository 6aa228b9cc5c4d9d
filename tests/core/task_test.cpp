#include "mznode/node/task.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>

#include "mznode/node/scope.hpp"

namespace mznode {
namespace {

/// Counts the objects that are alive: a frame that is freed twice or never shows.
struct Counted {
  explicit Counted(int* count) : alive(count) { ++*alive; }
  Counted(const Counted& other) : alive(other.alive) { ++*alive; }
  Counted& operator=(const Counted&) = delete;
  ~Counted() { --*alive; }
  int* alive;
};

/// A place where a coroutine waits until the test says go.
class Gate {
 public:
  explicit Gate(ReadyQueue& queue) : queue_(queue) {}
  struct Awaiter {
    explicit Awaiter(Gate* owner) : gate(owner) {}
    Awaiter(const Awaiter&) = delete;
    Awaiter& operator=(const Awaiter&) = delete;
    ~Awaiter() {
      if (gate->waiting == this) gate->waiting = nullptr;
    }
    bool await_ready() const { return false; }
    bool await_suspend(std::coroutine_handle<> handle) {
      waiter.set_handle(handle);
      gate->waiting = this;
      return true;
    }
    void await_resume() const {}
    Gate* gate;
    Waiter waiter;
  };
  Awaiter pass() { return Awaiter(this); }
  bool is_waited_for() const { return waiting != nullptr; }
  void make_ready() { queue_.push(std::exchange(waiting, nullptr)->waiter); }
  void open() {
    make_ready();
    queue_.run();
  }

  Awaiter* waiting = nullptr;

 private:
  ReadyQueue& queue_;
};

class Tasks : public testing::Test {
 protected:
  Task<int> at_once(int value) { co_return value; }
  Task<int> through(Gate* at, int value) {
    const Counted counted(&alive);
    co_await at->pass();
    co_return value;
  }
  Task<int> nested(Gate* at, int depth) {
    const Counted counted(&alive);
    if (depth == 0) co_return co_await through(at, 0);
    const int rest = depth - 1;
    auto inner = co_await nested(at, rest);
    co_return inner + 1;
  }
  Task<> store(Task<int> task, int* result) {
    const Counted counted(&alive);
    auto value = co_await std::move(task);
    *result = value;
  }
  Task<> loop(int count, long* sum) {
    for (int i = 0; i < count; ++i) {
      auto value = co_await at_once(i);
      *sum += value;
    }
  }
  Task<> gate_loop(Gate* at, int count, int* passed) {
    for (int i = 0; i < count; ++i) {
      auto value = co_await through(at, 1);
      *passed += value;
    }
  }
  Task<> three_points(Gate* at, std::string* trace) {
    const Counted first(&alive);
    *trace += '1';
    co_await at->pass();
    const Counted second(&alive);
    *trace += '2';
    auto value = co_await through(at, 3);
    *trace += std::to_string(value);
    co_await at->pass();
    *trace += '4';
  }
  Task<int> fail_at_once() {
    throw_it();
    co_return 0;
  }
  Task<int> fail_later(Gate* at) {
    const Counted counted(&alive);
    co_await at->pass();
    throw_it();
    co_return 0;
  }
  static void throw_it() { throw std::runtime_error("it"); }
  Task<> pass_on(Task<int> task) {
    const Counted counted(&alive);
    co_await std::move(task);
  }
  Task<> catch_it(Task<int> task, std::string* what) {
    try {
      co_await std::move(task);
    } catch (const std::runtime_error& error) {
      *what = error.what();
    }
  }
  Task<std::unique_ptr<std::string>> move_only() { co_return std::make_unique<std::string>("moved"); }
  Task<> take(std::string* result) {
    auto value = co_await move_only();
    *result = *value;
  }
  Task<> spawn_more(int depth) {
    if (depth > 0) scope.spawn(spawn_more(depth - 1));
    const Counted counted(&alive);
    co_await gate.pass();
  }

  int alive = 0;
  ReadyQueue ready;
  Gate gate{ready};
  std::string failures;
  Scope scope{[this](const std::exception_ptr& exception) {
    try {
      std::rethrow_exception(exception);
    } catch (const std::exception& error) {
      failures += error.what();
    }
  }};
};

TEST_F(Tasks, AMillionThatEndAtOnceDoNotOverflowTheStack) {
  long sum = 0;
  scope.spawn(loop(1'000'000, &sum));
  EXPECT_EQ(sum, 499'999'500'000);
  scope.reap();
  EXPECT_EQ(scope.size(), 0u);
}

TEST_F(Tasks, AMillionThatWaitInTurnDoNotOverflowTheStack) {
  int passed = 0;
  scope.spawn(gate_loop(&gate, 1'000'000, &passed));
  while (gate.is_waited_for()) gate.open();
  EXPECT_EQ(passed, 1'000'000);
  EXPECT_EQ(alive, 0);
}

TEST_F(Tasks, AResultPassesThroughEveryLevel) {
  int result = -1;
  scope.spawn(store(nested(&gate, 100), &result));
  EXPECT_EQ(result, -1);
  gate.open();
  EXPECT_EQ(result, 100);
  EXPECT_EQ(alive, 0);
}

TEST_F(Tasks, AResultMayBeMoveOnly) {
  std::string result;
  scope.spawn(take(&result));
  EXPECT_EQ(result, "moved");
}

TEST_F(Tasks, NothingRunsBeforeItIsAwaited) {
  std::string trace;
  { const Task<> never = three_points(&gate, &trace); }
  EXPECT_EQ(trace, "");
  EXPECT_EQ(alive, 0);
}

TEST_F(Tasks, DroppingItCancelsItAtEachPlaceWhereItWaits) {
  for (int opened = 0; opened < 3; ++opened) {
    std::string trace;
    {
      Scope dropped([](const std::exception_ptr&) {});
      dropped.spawn(three_points(&gate, &trace));
      for (int i = 0; i < opened; ++i) gate.open();
      EXPECT_TRUE(gate.is_waited_for());
      EXPECT_GT(alive, 0);
    }
    EXPECT_FALSE(gate.is_waited_for()) << opened;
    EXPECT_EQ(alive, 0) << opened;
    EXPECT_EQ(trace, std::string("123").substr(0, static_cast<std::size_t>(opened) + 1));
  }
}

TEST_F(Tasks, DroppingOneThatIsReadyTakesItOutOfTheQueue) {
  std::string trace;
  {
    Scope dropped([](const std::exception_ptr&) {});
    dropped.spawn(three_points(&gate, &trace));
    gate.make_ready();
    EXPECT_FALSE(ready.empty());
  }
  EXPECT_TRUE(ready.empty());
  ready.run();
  EXPECT_EQ(trace, "1");
  EXPECT_EQ(alive, 0);
}

TEST_F(Tasks, AnExceptionIsThrownWhereTheTaskIsAwaited) {
  std::string what;
  scope.spawn(catch_it(fail_at_once(), &what));
  EXPECT_EQ(what, "it");
  what.clear();
  scope.spawn(catch_it(fail_later(&gate), &what));
  EXPECT_EQ(what, "");
  gate.open();
  EXPECT_EQ(what, "it");
  EXPECT_EQ(alive, 0);
}

TEST_F(Tasks, WhatEscapesASpawnedTaskIsReported) {
  scope.spawn(pass_on(fail_at_once()));
  scope.spawn(pass_on(fail_later(&gate)));
  EXPECT_EQ(failures, "it");
  gate.open();
  EXPECT_EQ(failures, "itit");
  EXPECT_EQ(alive, 0);
}

TEST_F(Tasks, AScopeFreesOnlyWhatIsFinished) {
  int result = 0;
  scope.spawn(store(at_once(1), &result));
  scope.spawn(store(through(&gate, 2), &result));
  EXPECT_EQ(scope.size(), 2u);
  scope.reap();
  EXPECT_EQ(scope.size(), 1u);
  gate.open();
  scope.reap();
  EXPECT_EQ(scope.size(), 0u);
  EXPECT_EQ(result, 2);
}

TEST_F(Tasks, ATaskMaySpawnOthers) {
  {
    Scope other([](const std::exception_ptr&) {});
  }
  scope.spawn(spawn_more(10));
  EXPECT_EQ(scope.size(), 11u);
  EXPECT_EQ(alive, 11);
}

TEST_F(Tasks, ATaskCanBeMovedAndReplaced) {
  std::string trace;
  Task<> task = three_points(&gate, &trace);
  Task<> other = std::move(task);
  task = std::move(other);
  task = three_points(&gate, &trace);
  scope.spawn(std::move(task));
  EXPECT_EQ(trace, "1");
}

TEST(ReadyQueueOrder, IsThatOfBecomingReadyAndPushingTwiceCountsOnce) {
  ReadyQueue ready;
  std::string trace;
  struct Mark {
    static Task<> run(Gate* at, std::string* trace, char mark) {
      co_await at->pass();
      *trace += mark;
    }
  };
  Gate a(ready);
  Gate b(ready);
  Scope scope([](const std::exception_ptr&) {});
  scope.spawn(Mark::run(&a, &trace, 'a'));
  scope.spawn(Mark::run(&b, &trace, 'b'));
  auto* first = b.waiting;
  b.make_ready();
  ready.push(first->waiter);
  a.make_ready();
  EXPECT_EQ(trace, "");
  ready.run();
  EXPECT_EQ(trace, "ba");
}

}  // namespace
}  // namespace mznode

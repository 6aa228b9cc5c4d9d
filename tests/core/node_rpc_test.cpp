#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "mznode/node/fake_runtime.hpp"
#include "mznode/node/node.hpp"

namespace mznode {
namespace {

struct Value {
  std::int64_t value = 0;
  MZNODE_FIELDS(value)
};
struct Get {
  static constexpr bool idempotent = true;
  std::string key;
  MZNODE_FIELDS(key)
};

class NodeRpc : public testing::Test {
 protected:
  void SetUp() override { world.init(node, "n1", {"n1", "n2", "n3", "n4"}); }

  /// Runs `task` and notes how it ends.
  template <class T>
  void run(Task<T> task) {
    outcome.clear();
    node.spawn(note(std::move(task)));
  }
  template <class T>
  Task<> note(Task<T> task) {
    try {
      if constexpr (std::is_void_v<T>) {
        co_await std::move(task);
        outcome = "ok";
      } else {
        auto result = co_await std::move(task);
        outcome = "ok " + text(result);
      }
    } catch (const Error& error) {
      outcome = std::string(error.is_received() ? "received " : "own ") + std::string(error_name(error.code()));
    } catch (const std::exception& error) {
      outcome = error.what();
    }
  }
  static std::string text(const Message& message) { return message.body.text(); }
  static std::string text(const std::vector<std::int64_t>& values) { return to_json(values).text(); }

  Task<std::int64_t> ask(std::string peer) {
    const Get request;
    auto reply = co_await node.rpc(peer, "get", request, 1s);
    co_return reply.as<Value>().value;
  }
  std::vector<Task<std::int64_t>> ask_all() {
    std::vector<Task<std::int64_t>> tasks;
    for (const auto& peer : node.peers()) tasks.push_back(ask(peer));
    return tasks;
  }
  Task<> tell(std::string peer) { co_await ask(peer); }
  std::vector<Task<>> tell_all() {
    std::vector<Task<>> tasks;
    for (const auto& peer : node.peers()) tasks.push_back(tell(peer));
    return tasks;
  }
  void answer(const SentMessage& request, int value) { world.reply(request, "get_ok", to_json(Value{value})); }

  FakeRuntime world;
  Node node{world};
  std::string outcome;
};

TEST_F(NodeRpc, TheReplyIsTheResult) {
  run(node.rpc("n2", "get", Get{"k"}));
  const auto request = world.take();
  EXPECT_EQ(request.dest, "n2");
  EXPECT_EQ(request.body,
            Json::parse(R"({"type":"get","msg_id":)" + std::to_string(*request.msg_id) + R"(,"key":"k"})"));
  EXPECT_EQ(outcome, "");
  answer(request, 5);
  EXPECT_EQ(outcome, R"(ok {"type":"get_ok","in_reply_to":)" + std::to_string(*request.msg_id) + R"(,"value":5})");
  EXPECT_FALSE(world.has_timers());
}

TEST_F(NodeRpc, TheFieldsMayBeJson) {
  run(node.rpc("n2", "get", Json::parse(R"({"b":1,"a":{"y":1.10}})")));
  EXPECT_NE(world.take().body.text().find(R"("b":1,"a":{"y":1.10}})"), std::string::npos);
}

TEST_F(NodeRpc, IdsAreNeverUsedTwice) {
  run(node.rpc("n2", "get"));
  run(node.rpc("n2", "get"));
  const auto sent = world.take_all();
  ASSERT_EQ(sent.size(), 2u);
  EXPECT_NE(sent[0].msg_id, sent[1].msg_id);
}

TEST_F(NodeRpc, AnErrorReplyIsThrownAsReceived) {
  run(node.rpc("lin-kv", "read"));
  world.reply_error(world.take(), ErrorCode::key_does_not_exist, "no such key");
  EXPECT_EQ(outcome, "received key-does-not-exist");
}

TEST_F(NodeRpc, AnErrorReplyInOddWordsIsStillAnError) {
  for (const char* fields :
       {R"({})", R"({"code":"x"})", R"({"code":1e3,"text":7})", R"({"code":99999999999999999999})"}) {
    run(node.rpc("n2", "get"));
    world.reply(world.take(), "error", Json::parse(fields));
    EXPECT_EQ(outcome, "received crash") << fields;
  }
  run(node.rpc("n2", "get"));
  world.reply_error(world.take(), static_cast<ErrorCode>(1000));
  EXPECT_EQ(outcome, "received unknown");
}

TEST_F(NodeRpc, SilenceIsATimeout) {
  run(node.rpc("n2", "get", Get{}, 300ms));
  const auto request = world.take();
  world.advance(299ms);
  EXPECT_EQ(outcome, "");
  world.advance(1ms);
  EXPECT_EQ(outcome, "received timeout");
  answer(request, 1);
  EXPECT_TRUE(world.logged(LogLevel::info, "late or repeated"));
  EXPECT_EQ(outcome, "received timeout");
}

TEST_F(NodeRpc, AnEndlessTimeoutDoesNotOverflow) {
  world.advance(1h);
  run(node.rpc("n2", "get", Get{}, Duration::max()));
  world.advance(24h);
  EXPECT_EQ(outcome, "");
  answer(world.take(), 1);
  EXPECT_EQ(outcome.substr(0, 2), "ok");
}

TEST_F(NodeRpc, OnlyTheFirstReplyOfTheOneThatWasAskedCounts) {
  run(node.rpc("n2", "get"));
  const auto request = world.take();
  auto impostor = request;
  impostor.dest = "n3";
  answer(impostor, 666);
  EXPECT_EQ(outcome, "");
  answer(request, 1);
  const std::string first = outcome;
  EXPECT_NE(first, "");
  world.clear_logs();
  answer(request, 2);
  EXPECT_EQ(outcome, first);
  EXPECT_TRUE(world.logged(LogLevel::info, "late or repeated"));
}

TEST_F(NodeRpc, ReplyToNothingIsLoggedAndDropped) {
  int handled = 0;
  node.on("get_ok", [&] { ++handled; });
  for (const char* id : {"0", "-1", "77", "9223372036854775807"}) {
    world.clear_logs();
    world.deliver("n2", R"({"type":"get_ok","msg_id":1,"in_reply_to":)" + std::string(id) + "}");
    EXPECT_TRUE(world.logged(LogLevel::warn, "never asked")) << id;
  }
  EXPECT_TRUE(world.sent().empty());
  EXPECT_EQ(handled, 0);
}

TEST_F(NodeRpc, NobodyIsTheDestination) {
  EXPECT_THROW(node.send("n9", "hello"), Error);
  EXPECT_THROW(node.send("", "hello"), Error);
  run(node.rpc("n9", "get"));
  EXPECT_EQ(outcome, "received node-not-found");
  EXPECT_TRUE(world.sent().empty());
  for (const char* dest : {"n1", "n2", "lin-kv", "seq-kv", "lww-kv", "lin-tso", "c17"}) node.send(dest, "hello");
  EXPECT_EQ(world.take_all().size(), 7u);
}

TEST_F(NodeRpc, WhatWasReceivedNeverMakesAReplyDefinite) {
  const auto code_of_reply = [&] { return world.take().body.value()["code"]; };
  struct Proxy {
    Node& node;
    Task<Value> get(Get request) {
      auto reply = co_await node.rpc(request.key, "get");
      co_return reply.as<Value>();
    }
  } proxy{node};
  node.on("proxy", &proxy, &Proxy::get);
  world.deliver("c1", R"({"type":"proxy","msg_id":1,"key":"n2"})");
  world.reply_error(world.take(), ErrorCode::precondition_failed);
  EXPECT_EQ(code_of_reply(), 13);
  world.deliver("c1", R"({"type":"proxy","msg_id":1,"key":"n2"})");
  world.reply(world.take(), "get_ok", Json::parse(R"({"value":"not a number"})"));
  EXPECT_EQ(code_of_reply(), 13);
  world.deliver("c1", R"({"type":"proxy","msg_id":1,"key":"n9"})");
  EXPECT_EQ(code_of_reply(), 13);
  world.deliver("c1", R"({"type":"proxy","msg_id":1,"key":"n2"})");
  world.take();
  world.advance(1s);
  EXPECT_EQ(code_of_reply(), 13);
}

TEST_F(NodeRpc, ClosingTheInputEndsEveryWait) {
  run(node.rpc("n2", "get"));
  world.close();
  EXPECT_EQ(outcome, "received timeout");
  run(node.rpc("n2", "get"));
  EXPECT_EQ(outcome, "received timeout");
  run(node.retry("n2", "get", Get{}));
  EXPECT_EQ(outcome, "received timeout");
  EXPECT_FALSE(world.has_timers());
}

TEST_F(NodeRpc, RetryRepeatsUntilItIsAnswered) {
  run(node.retry("n2", "get", Get{"k"},
                 {.attempt_timeout = 100ms, .deadline = 10s, .first_pause = 10ms, .longest_pause = 40ms}));
  std::vector<Duration> moments;
  const Time start = world.now();
  while (moments.size() < 6) {
    const auto sent = world.take_all();
    if (!sent.empty()) moments.push_back(world.now() - start);
    world.advance(1ms);
  }
  for (std::size_t i = 1; i < moments.size(); ++i) {
    const Duration pause = moments[i] - moments[i - 1] - 100ms;
    const Duration whole = std::min<Duration>(10ms * (1 << (i - 1)), 40ms);
    EXPECT_GE(pause, whole / 2) << i;
    EXPECT_LE(pause, whole + 1ms) << i;
  }
  while (world.sent().empty()) world.advance(1ms);
  world.reply_error(world.take(), ErrorCode::temporarily_unavailable);
  while (world.sent().empty()) world.advance(1ms);
  answer(world.take(), 3);
  EXPECT_EQ(outcome.substr(0, 2), "ok");
}

TEST_F(NodeRpc, RetryGivesUpAtItsDeadlineWithTheLastFailure) {
  const Time start = world.now();
  run(node.retry("n2", "get", Get{"k"}, {.attempt_timeout = 300ms, .deadline = 1s}));
  while (outcome.empty()) world.advance(1ms);
  EXPECT_EQ(outcome, "received timeout");
  EXPECT_LE(world.now() - start, 1s);
  EXPECT_GE(world.take_all().size(), 2u);
}

TEST_F(NodeRpc, RetryMayGoOnForEver) {
  world.advance(1h);
  const RetryPolicy endless = {.deadline = Duration::max(), .first_pause = Duration::max() / 2, .longest_pause = 1s};
  run(node.retry("n2", "get", Get{"k"}, endless));
  world.advance(1min);
  EXPECT_EQ(outcome, "");
  EXPECT_GE(world.take_all().size(), 30u);
  for (int i = 0; i < 2000 && world.sent().empty(); ++i) world.advance(1ms);
  answer(world.take(), 3);
  EXPECT_EQ(outcome.substr(0, 2), "ok");
}

TEST_F(NodeRpc, RetryDoesNotRepeatAfterADefiniteAnswer) {
  run(node.retry("n2", "get", Get{"k"}));
  world.reply_error(world.take(), ErrorCode::key_does_not_exist);
  EXPECT_EQ(outcome, "received key-does-not-exist");
  EXPECT_TRUE(world.run_until_idle());
  EXPECT_TRUE(world.sent().empty());
}

TEST_F(NodeRpc, WhenAllGivesTheResultsInTheOrderOfTheTasks) {
  run(node.when_all(ask_all()));
  const auto requests = world.take_all();
  ASSERT_EQ(requests.size(), 3u);
  answer(requests[2], 3);
  answer(requests[0], 1);
  EXPECT_EQ(outcome, "");
  answer(requests[1], 2);
  EXPECT_EQ(outcome, "ok [1,2,3]");
  run(node.when_all(std::vector<Task<std::int64_t>>{}));
  EXPECT_EQ(outcome, "ok []");
}

TEST_F(NodeRpc, WhenAllFailsWithTheFirstFailureAndCancelsTheRest) {
  run(node.when_all(ask_all()));
  const auto requests = world.take_all();
  world.reply_error(requests[1], ErrorCode::abort);
  EXPECT_EQ(outcome, "received abort");
  EXPECT_FALSE(world.has_timers());
}

TEST_F(NodeRpc, AQuorumIsEnough) {
  run(node.quorum(2, ask_all()));
  const auto requests = world.take_all();
  world.reply_error(requests[0], ErrorCode::crash);
  answer(requests[2], 3);
  EXPECT_EQ(outcome, "");
  answer(requests[1], 2);
  EXPECT_EQ(outcome, "ok [2,3]");
}

TEST_F(NodeRpc, AQuorumCancelsTheRest) {
  run(node.quorum(1, ask_all()));
  const auto requests = world.take_all();
  answer(requests[1], 2);
  EXPECT_EQ(outcome, "ok [2]");
  EXPECT_FALSE(world.has_timers()) << "the other requests still wait for their time-out";
  answer(requests[0], 1);
  EXPECT_TRUE(world.logged(LogLevel::info, "late or repeated"));
}

TEST_F(NodeRpc, AQuorumFailsAsSoonAsTooFewAreLeft) {
  run(node.quorum(2, ask_all()));
  const auto requests = world.take_all();
  world.reply_error(requests[0], ErrorCode::crash);
  EXPECT_EQ(outcome, "");
  world.reply_error(requests[1], ErrorCode::txn_conflict);
  EXPECT_EQ(outcome, "received txn-conflict");
  EXPECT_FALSE(world.has_timers());
  run(node.quorum(4, ask_all()));
  EXPECT_EQ(outcome, "a quorum larger than the number of tasks");
  run(node.quorum(0, ask_all()));
  EXPECT_EQ(outcome, "ok []");
}

TEST_F(NodeRpc, TasksWithoutAResultCanBeWaitedForTogether) {
  run(node.when_all(tell_all()));
  auto requests = world.take_all();
  ASSERT_EQ(requests.size(), 3u);
  answer(requests[2], 3);
  answer(requests[0], 1);
  EXPECT_EQ(outcome, "");
  answer(requests[1], 2);
  EXPECT_EQ(outcome, "ok");

  run(node.when_all(tell_all()));
  world.reply_error(world.take_all()[1], ErrorCode::abort);
  EXPECT_EQ(outcome, "received abort");
  EXPECT_FALSE(world.has_timers());

  run(node.quorum(2, tell_all()));
  requests = world.take_all();
  world.reply_error(requests[0], ErrorCode::crash);
  answer(requests[2], 3);
  EXPECT_EQ(outcome, "");
  answer(requests[1], 2);
  EXPECT_EQ(outcome, "ok");
}

TEST_F(NodeRpc, ATaskThatIsNotDoneInTimeIsCancelled) {
  run(node.timeout(300ms, node.quorum(2, ask_all())));
  const auto requests = world.take_all();
  answer(requests[0], 1);
  world.advance(299ms);
  EXPECT_EQ(outcome, "");
  world.advance(1ms);
  EXPECT_EQ(outcome, "received timeout");
  EXPECT_FALSE(world.has_timers()) << "its requests still wait for their time-out";
}

TEST_F(NodeRpc, ATaskThatIsDoneInTimeGivesWhatItGave) {
  run(node.timeout(300ms, node.quorum(2, ask_all())));
  auto requests = world.take_all();
  answer(requests[0], 1);
  answer(requests[1], 2);
  EXPECT_EQ(outcome, "ok [1,2]");
  EXPECT_FALSE(world.has_timers());

  run(node.timeout(300ms, node.when_all(tell_all())));
  requests = world.take_all();
  world.reply_error(requests[1], ErrorCode::abort);
  EXPECT_EQ(outcome, "received abort");
  EXPECT_FALSE(world.has_timers());
}

TEST_F(NodeRpc, AQuorumOfTasksThatEndAtOnceDoesNotWait) {
  node.close();
  run(node.quorum(2, ask_all()));
  EXPECT_EQ(outcome, "received timeout");
}

}  // namespace
}  // namespace mznode

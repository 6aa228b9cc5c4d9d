// Runs whose virtual time does not get on.

#include <gtest/gtest.h>

#include <string>

#include "mznode/workloads/judge.hpp"
#include "tests/contains.hpp"
#include "tests/sim/simulate.hpp"

namespace mznode::sim {
namespace {

RunOptions options_of(std::size_t nodes, std::int64_t rate, Duration time_limit) {
  RunOptions options;
  options.nodes = node_names(nodes);
  options.concurrency = nodes;
  options.mean_interval = Duration(1s) / rate;
  options.time_limit = time_limit;
  return options;
}

/// Far more than until it is noticed.
std::function<bool()> give_up() {
  return [asked = 0]() mutable { return ++asked > 10'000'000; };
}

RunResult run_echo(const RunOptions& options, const Installer& install) {
  return simulate(find_workload("echo").test, options, install, give_up());
}

TEST(Livelock, ATimerThatNeedsNoTimeEndsTheRun) {
  const Installer install = [](Node& node) -> std::shared_ptr<void> {
    const auto again = std::make_shared<std::function<void()>>();
    *again = [&node, again] { node.after(Duration::zero(), *again); };
    node.on_init(*again);
    return nullptr;
  };
  const auto result = run_echo(options_of(1, 100, 100s), install);
  EXPECT_TRUE(contains(result.livelock.value_or(""), "does a node set a timer again and again"));
}

// Long before so many operations had begun it would have been a storm of messages.
TEST(Livelock, NodesThatBeginToAnswerEachOtherForEverEndTheRun) {
  const Installer players = [](Node& node) -> std::shared_ptr<void> {
    node.on("echo", [&node, echoes = 0]() mutable {
      if (++echoes == 4'000 && node.id() == "n1") node.send("n0", "ball", Empty());
    });
    node.on("ball", [&node](Message message, Empty) { node.send(std::string(message.src), "ball", Empty()); });
    return nullptr;
  };
  const auto result = run_echo(options_of(2, 10'000, 10s), players);
  EXPECT_FALSE(result.interrupted);
  EXPECT_TRUE(contains(result.livelock.value_or(""), " most of them from n0 to n1, from n1 to n0. Without latency"))
      << result.livelock.value_or("");
}

TEST(Livelock, MuchTrafficIsNone) {
  const Installer gossip = [](Node& node) -> std::shared_ptr<void> {
    node.on("echo", [&node] {
      for (const std::string& peer : node.peers()) node.send(peer, "rumour", Empty());
    });
    node.on("rumour", [] {});
    return nullptr;
  };
  const auto result = run_echo(options_of(20, 10'000, 3s), gossip);
  EXPECT_FALSE(result.livelock || result.interrupted);
  EXPECT_GT(result.net.servers.sent, 500'000U);
}

TEST(Livelock, IsNeitherRightNorWrong) {
  TestSettings settings;
  settings.workload = "echo";
  settings.strategy = "echo";
  RunResult run;
  run.livelock = "virtual time does not get on: …";
  const TestVerdict verdict = judge(plan_test(settings), run);
  EXPECT_EQ(verdict.valid(), check::Valid::unknown);
  EXPECT_EQ(verdict.nodes.error, "the run was ended because " + *run.livelock);
  run.failures.push_back({.node = "n1", .at = Time(), .description = "wrote a line that is not a message"});
  EXPECT_EQ(judge(plan_test(settings), run).valid(), check::Valid::no);
}

}  // namespace
}  // namespace mznode::sim

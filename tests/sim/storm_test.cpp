// Runs in virtual time whose nodes send each other more than there is a use for.

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "mznode/sim/virtual_process_host.hpp"
#include "mznode/workloads/judge.hpp"
#include "tests/contains.hpp"
#include "tests/sim/simulate.hpp"

namespace mznode::sim {
namespace {

RunOptions stormy(std::size_t nodes, std::int64_t rate, std::int64_t latency_ms) {
  RunOptions options;
  options.nodes = node_names(nodes);
  options.concurrency = nodes;
  options.mean_interval = Duration(1s) / rate;
  options.time_limit = 10s;
  options.latency.mean_ms = latency_ms;
  options.topology = total_topology(options.nodes);
  return options;
}

std::function<bool()> after_many_events() {
  return [asked = 0]() mutable { return ++asked > 10'000'000; };
}

RunResult run_rumours(const RunOptions& options, const Installer& install) {
  return simulate(find_workload("echo").test, options, install, after_many_events());
}

struct Rumour {
  std::string about;
  MZNODE_FIELDS(about)
};

/// Each request starts a rumour. Who hears it tells all others; with `passes_on_known`, one that it knew, too.
Installer gossips(bool passes_on_known) {
  return [passes_on_known](Node& node) -> std::shared_ptr<void> {
    auto known = std::make_shared<std::set<std::string>>();
    const auto take = [&node, known, passes_on_known](const std::string& about) {
      if (!known->insert(about).second && !passes_on_known) return;
      for (const std::string& peer : node.peers()) node.send(peer, "rumour", Rumour{about});
    };
    node.on("echo", [&node, known, take] { take(node.id() + "-" + std::to_string(known->size())); });
    node.on("rumour", [take](Rumour rumour) { take(rumour.about); });
    return known;
  };
}

/// Nodes that answer each other for ever.
std::shared_ptr<void> install_players(Node& node) {
  node.on_init([&node] {
    if (node.id() == "n1") node.send("n0", "ball", Empty());
  });
  node.on("ball", [&node](Message message, Empty) { node.send(std::string(message.src), "ball", Empty()); });
  return nullptr;
}

TEST(Storm, OfNodesThatPassOnWhatTheyKnowEndsTheRun) {
  for (const std::int64_t latency_ms : {0, 1, 100}) {
    const RunOptions options = stormy(3, 20, latency_ms);
    const RunResult result = run_rumours(options, gossips(true));
    EXPECT_FALSE(result.interrupted);
    EXPECT_TRUE(contains(result.livelock.value_or(""), "there is a storm of messages: ")) << latency_ms;
    EXPECT_TRUE(contains(result.livelock.value_or(""), ": each node repeats what it has heard"))
        << result.livelock.value_or("");
    EXPECT_LT(result.net.servers.sent, 150'000U) << latency_ms;
    EXPECT_EQ(run_rumours(options, gossips(true)).livelock, result.livelock);
  }
}

TEST(Storm, IsNotWhatPassesOnOnlyWhatIsNew) {
  for (const std::int64_t latency_ms : {0, 100}) {
    const RunResult result = run_rumours(stormy(25, 100, latency_ms), gossips(false));
    EXPECT_FALSE(result.livelock || result.interrupted) << result.livelock.value_or("");
    EXPECT_GT(result.net.servers.sent, 500'000U);
  }
}

TEST(Storm, IsNotABallThatNeedsItsTime) {
  EXPECT_FALSE(run_rumours(stormy(2, 100, 1), install_players).livelock);
}

TEST(Storm, IsABallThatNeedsNone) {
  const RunResult result = run_rumours(stormy(3, 100, 0), install_players);
  EXPECT_TRUE(contains(result.livelock.value_or(""), "(most of all n")) << result.livelock.value_or("");
}

TEST(Storm, OfProgramsEndsTheRun) {
  if (trace::unavailable()) GTEST_SKIP() << *trace::unavailable();
  RunOptions options = stormy(2, 100, 0);
  options.patience_events = 2'000;
  const MakeHost make_host = [](Network& network, Engine& engine) {
    VirtualProcessHost::Options of_host;
    of_host.program = MZNODE_BROKEN_NODE;
    of_host.arguments = {"answers-for-ever"};
    auto host = std::make_unique<VirtualProcessHost>(engine.timers, of_host);
    host->attach(network);
    return host;
  };
  const auto result = run(find_workload("echo").test, options, make_host, after_many_events());
  EXPECT_TRUE(contains(result.livelock.value_or(""), ": each node repeats what it has heard"))
      << result.livelock.value_or("");
}

TEST(Storm, IsToldOnceAndFirst) {
  TestSettings settings;
  settings.workload = "echo";
  settings.strategy = "echo";
  settings.nodes = node_names(3);
  const RunResult stormy_run = run_rumours(stormy(3, 20, 1), gossips(true));
  RunResult run;
  run.livelock = stormy_run.livelock;
  run.net = stormy_run.net;
  run.history.push_back(stormy_run.history.front());  // an echo that is under way
  run.duration = 1s;
  const TestVerdict verdict = judge(plan_test(settings), run);
  EXPECT_EQ(verdict.nodes.valid, check::Valid::unknown);
  EXPECT_TRUE(verdict.nodes.error.starts_with("the run was ended because there is a storm of messages: "))
      << verdict.nodes.error;
  EXPECT_TRUE(verdict.symptoms.empty());
}

}  // namespace
}  // namespace mznode::sim

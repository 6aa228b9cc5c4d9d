#include <gtest/gtest.h>

#include "mznode/workloads/harness.hpp"
#include "tests/workloads/trial.hpp"

namespace mznode {
namespace {

/// However little happens, nobody calls a strategy wrong that keeps its promise: too little is unknown.
class ShortRuns : public testing::TestWithParam<std::pair<std::string, std::string>> {};

TEST_P(ShortRuns, AreNeverInvalid) {
  const auto& [workload, strategy] = GetParam();
  for (const Duration time_limit : {Duration(2s), Duration(5s), Duration(10s)}) {
    for (const bool has_faults : {false, true}) {
      for (std::uint64_t seed = 0; seed < seeds_per_cell(6); ++seed) {
        TestSettings settings;
        settings.workload = workload;
        settings.strategy = strategy;
        settings.concurrency = find_workload(workload).test.default_workers_per_node;
        settings.time_limit = time_limit;
        settings.latency.mean_ms = 20;
        if (has_faults) settings.nemesis = {"swarm"};
        settings.nemesis_interval = 1s;
        settings.seed = seed;
        settings.keep_journal = false;
        hold_to_promise(settings);
        const TestReport report = run_test(settings, [] { return false; });
        EXPECT_NE(report.valid(), check::Valid::no) << time_limit / 1s << " s, " << (has_faults ? "swarm, " : "")
                                                    << "seed " << seed << ": " << report.results().dump(1);
      }
    }
  }
}

/// Five nodes that need a leader, and messages that take long.
TestReport slow_raft(Duration time_limit, std::int64_t latency_ms, bool compat_jepsen) {
  TestSettings settings;
  settings.workload = "lin-kv";
  settings.strategy = "raft";
  settings.nodes = sim::node_names(5);
  settings.concurrency = 10;
  settings.rate_millis = 20'000;
  settings.time_limit = time_limit;
  settings.latency.mean_ms = latency_ms;
  settings.compat_jepsen = compat_jepsen;
  return run_test(settings, [] { return false; });
}

TEST(SlowBeginnings, SayTooLittleUntilSomebodyMayHaveBeenElected) {
  constexpr std::int64_t too_slow_ms = 200;
  const TestReport report = slow_raft(2s, too_slow_ms, false);
  EXPECT_EQ(report.verdict.stats.valid, check::Valid::unknown);
  EXPECT_NE(report.verdict.stats.error.find("so soon behind the beginning"), std::string::npos)
      << report.verdict.stats.error;
  EXPECT_EQ(slow_raft(2s, too_slow_ms, true).verdict.stats.valid, check::Valid::no) << "as upstream";
  EXPECT_EQ(slow_raft(20s, 5 * too_slow_ms, false).verdict.stats.valid, check::Valid::no) << "that was no beginning";
}

std::vector<std::pair<std::string, std::string>> strategies() {
  std::vector<std::pair<std::string, std::string>> all;
  for (const WorkloadInfo& workload : workloads()) {
    for (const StrategyInfo& strategy : workload.strategies) all.emplace_back(workload.name, strategy.name);
  }
  return all;
}

INSTANTIATE_TEST_SUITE_P(Each, ShortRuns, testing::ValuesIn(strategies()), [](const auto& each) {
  std::string name = each.param.first + "_" + each.param.second;
  for (char& c : name) {
    if (c == '-') c = '_';
  }
  return name;
});

}  // namespace
}  // namespace mznode

#include "tests/workloads/raft/watch.hpp"

#include <gtest/gtest.h>

namespace mznode::raft {
namespace {

TestSettings settings_of(const std::string& workload, const std::string& strategy) {
  TestSettings settings;
  settings.workload = workload;
  settings.strategy = strategy;
  settings.nodes = sim::node_names(3);
  settings.concurrency = 2;
  settings.time_limit = 3s;
  return settings;
}

TEST(RaftWatch, SeesTheServersOfEveryStrategyThatIsCalledSo) {
  std::size_t groups = 0;
  for (const WorkloadInfo& workload : workloads()) {
    for (const StrategyInfo& strategy : workload.strategies) {
      TestSettings settings = settings_of(workload.name, strategy.name);
      Watch watch(settings);
      const TestReport report = run_test(settings, [&] { return !watch.look(); });
      watch.look_at(report.run.packets);
      EXPECT_FALSE(watch.violation()) << workload.name << ", " << strategy.name << ": " << *watch.violation();
      const bool is_group = strategy.name == "raft";
      EXPECT_EQ(watch.seen().size(), is_group ? 3u : 0u) << workload.name << ", " << strategy.name;
      groups += is_group ? 1 : 0;
    }
  }
  EXPECT_EQ(groups, 4u);
}

TEST(RaftWatch, FailsWhenItDidNotSeeWhoSpeaks) {
  TestSettings settings = settings_of("kafka", "raft");
  Watch watch(settings);
  const auto see = settings.on_start;
  std::size_t started = 0;
  settings.on_start = [&](const std::shared_ptr<Strategy>& strategy) {
    if (++started > 1) see(strategy);
  };
  const TestReport report = run_test(settings, [&] { return !watch.look(); });
  EXPECT_FALSE(watch.violation());
  watch.look_at(report.run.packets);
  ASSERT_TRUE(watch.violation());
  EXPECT_EQ(*watch.violation(), "the watch saw 2 of 3 servers");
}

}  // namespace
}  // namespace mznode::raft

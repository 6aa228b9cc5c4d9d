// A network that is too slow for what nodes ask of others.

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "mznode/workloads/harness.hpp"

namespace mznode {
namespace {

TestSettings slow_settings(const std::string& workload, const std::string& strategy, std::int64_t latency_ms) {
  TestSettings settings;
  settings.workload = workload;
  settings.strategy = strategy;
  settings.nodes = sim::node_names(3);
  settings.concurrency = 6;
  settings.rate_millis = 10'000;
  settings.time_limit = 20s;
  settings.latency.mean_ms = latency_ms;
  return settings;
}

std::string first_symptom_of(const TestReport& report) {
  return report.verdict.symptoms.empty() ? "" : report.verdict.symptoms.front();
}

std::string first_symptom(std::int64_t latency_ms, const std::map<std::string, std::string>& options) {
  TestSettings settings;
  settings.workload = "lin-kv";
  settings.strategy = "raft";
  settings.strategy_options = options;
  settings.concurrency = 2;
  settings.time_limit = 20s;
  settings.latency.mean_ms = latency_ms;
  const TestReport report = run_test(settings, [] { return false; });
  return first_symptom_of(report);
}

TEST(SlowNetworks, ThatElectNobodyAreNamed) {
  EXPECT_EQ(first_symptom(200, {}),
            "a message takes 200 ms (--latency); nobody is elected who waits 400 ms for votes: give --election-ms 1200 "
            "or more");
  EXPECT_EQ(first_symptom(200, {{"election-ms", "1200"}}), "");
}

TEST(SlowNetworks, ThatOutlastClientsAreNamed) {
  const std::string line = first_symptom(2'000, {});
  EXPECT_NE(line.find("give --election-ms 12000 or more; clients wait 1000 ms, and an answer that needs a majority "
                      "takes 4 messages"),
            std::string::npos)
      << line;
}

/// Every strategy says whom it asks: what it does not say, this finds out.
class SlowNetwork : public testing::TestWithParam<std::pair<std::string, std::string>> {};

TEST_P(SlowNetwork, IsNamedWhereClientsLeaveBeforeOthersAnswer) {
  const WorkloadInfo& workload = find_workload(GetParam().first);
  const StrategyInfo& strategy = find_strategy(workload, GetParam().second);
  const int messages = std::max(strategy.asks.messages, 2);
  const std::int64_t latency_ms = workload.client_timeout / 1ms / messages + 100;
  const TestReport report = run_test(slow_settings(workload.name, strategy.name, latency_ms), [] { return false; });
  const std::string line = first_symptom_of(report);
  if (strategy.asks.messages == 0) {
    EXPECT_EQ(report.verdict.stats.valid, check::Valid::yes) << "whom does it ask? " << line;
    EXPECT_FALSE(line.starts_with("a message takes ")) << line;
    return;
  }
  if (report.verdict.stats.valid == check::Valid::yes) return;  // the one node that knows the answer was asked, too
  EXPECT_TRUE(line.starts_with("a message takes " + std::to_string(latency_ms) + " ms (--latency); ")) << line;
  EXPECT_NE(
      line.find("clients wait " + std::to_string(workload.client_timeout / 1ms) + " ms, and an answer that needs " +
                strategy.asks.whom + " takes " + std::to_string(strategy.asks.messages) + " messages"),
      std::string::npos)
      << line;
}

TEST_P(SlowNetwork, IsNoneWhereMessagesAreQuick) {
  const auto& [workload, strategy] = GetParam();
  const TestReport report = run_test(slow_settings(workload, strategy, 10), [] { return false; });
  EXPECT_EQ(first_symptom_of(report), "");
}

TEST_P(SlowNetwork, IsNotBlamedForAStormOfFewOperations) {
  const auto& [workload, strategy] = GetParam();
  TestSettings settings = slow_settings(workload, strategy, 5'000);
  settings.rate_millis = 200;
  for (const std::string& line : run_test(settings, [] { return false; }).verdict.symptoms) {
    EXPECT_EQ(line.find("a storm of messages"), std::string::npos) << line;
  }
}

std::vector<std::pair<std::string, std::string>> all_strategies_on_slow_networks() {
  std::vector<std::pair<std::string, std::string>> all;
  for (const WorkloadInfo& workload : workloads()) {
    for (const StrategyInfo& strategy : workload.strategies) all.emplace_back(workload.name, strategy.name);
  }
  return all;
}

INSTANTIATE_TEST_SUITE_P(Strategies, SlowNetwork, testing::ValuesIn(all_strategies_on_slow_networks()),
                         [](const auto& each) {
                           std::string name = each.param.first + "_" + each.param.second;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace mznode

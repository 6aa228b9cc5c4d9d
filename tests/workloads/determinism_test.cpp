#include <gtest/gtest.h>

#include "mznode/check/edn.hpp"
#include "mznode/check/jsonl.hpp"
#include "mznode/workloads/harness.hpp"
#include "tests/workloads/trial.hpp"

namespace mznode {
namespace {

/// All that a run leaves behind, as text.
std::string record_of(const std::string& workload, const std::string& strategy, std::uint64_t seed) {
  TestSettings settings;
  settings.workload = workload;
  settings.strategy = strategy;
  settings.rate_millis = 50'000;
  settings.concurrency = 10;  // lin-kv needs two for each of the five nodes
  settings.time_limit = 15s;
  settings.latency = {.mean_ms = 20, .shape = sim::Latency::Shape::exponential};
  settings.nemesis = {"swarm"};
  settings.nemesis_interval = 2s;
  settings.seed = seed;
  const auto report = run_test(settings, [] { return false; });
  std::string text =
      check::write_jsonl(report.run.history) + check::write_edn(report.run.history) + report.results().dump();
  for (const auto& packet : report.run.packets) {
    text += std::to_string(packet.id) + packet.src + packet.dest + packet.body + "\n";
  }
  for (const auto& entry : report.run.journal) {
    text += std::to_string(entry.at.time_since_epoch().count()) + " " + std::to_string(static_cast<int>(entry.event)) +
            " " + std::to_string(entry.packet) + "\n";
  }
  return text;
}

TEST(Determinism, TheSameSeedGivesTheSameHistoryAndJournalByteForByte) {
  for (const WorkloadInfo& workload : workloads()) {
    for (const StrategyInfo& strategy : workload.strategies) {
      for (std::uint64_t seed = 0; seed < 3; ++seed) {
        const std::string first = record_of(workload.name, strategy.name, seed);
        EXPECT_GT(first.size(), 10'000u);
        EXPECT_TRUE(first == record_of(workload.name, strategy.name, seed))
            << workload.name << ", " << strategy.name << ", seed " << seed;
      }
    }
  }
}

TEST(Determinism, DifferentSeedsGiveDifferentRuns) {
  EXPECT_NE(record_of("broadcast", "flood", 1), record_of("broadcast", "flood", 2));
}

}  // namespace
}  // namespace mznode

#include <gtest/gtest.h>

#include "tests/workloads/cells.hpp"
#include "tests/workloads/trial.hpp"

// Kills and pauses must tell right nodes from wrong ones: they never make a right one invalid, not even the only one
// there is, and they hit where memory was lost that should have been kept.
namespace mznode {
namespace {

bool claims(const StrategyInfo& strategy, Fault fault) {
  const auto& survives = strategy.guarantees.survives;
  return std::find(survives.begin(), survives.end(), fault) != survives.end();
}

TEST(Strikes, ARightNodeThatIsAloneIsNeverInvalid) {
  for (const Fault fault : {Fault::kill, Fault::pause}) {
    for (const WorkloadInfo& workload : workloads()) {
      for (const StrategyInfo& strategy : workload.strategies) {
        if (!claims(strategy, fault)) continue;
        for (std::uint64_t seed = 0; seed < seeds_per_cell(3); ++seed) {
          TestSettings settings;
          settings.workload = workload.name;
          settings.strategy = strategy.name;
          settings.nodes = {"n0"};
          settings.concurrency = workload.test.default_workers_per_node;
          settings.rate_millis = 100'000;
          settings.time_limit = 10s;
          settings.nemesis = {std::string(fault_name(fault))};
          settings.seed = seed;
          settings.keep_journal = false;
          hold_to_promise(settings);
          const TestReport report = run_test(settings, [] { return false; });
          EXPECT_NE(report.valid(), check::Valid::no)
              << workload.name << ", " << strategy.name << ", " << fault_name(fault) << ", seed " << seed << "\n"
              << report.results().dump(1);
        }
      }
    }
  }
}

/// Ids that count from 1 again after a restart.
std::shared_ptr<void> install_forgetful(Node& node) {
  const auto last = std::make_shared<std::int64_t>(0);
  node.on("generate", [&node, last] {
    const std::string id = node.id() + "-" + std::to_string(++*last);
    return Reply{"generate_ok", Json::parse("{\"id\":" + Json(id).text() + "}")};
  });
  return nullptr;
}

TEST(Strikes, AKillShowsThatANodeForgot) {
  int caught = 0;
  int ended = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Trial trial{.workload = "unique-ids", .nodes = 3, .concurrency_per_node = 4, .rate = 5, .time_limit = 15s};
    trial.nemesis_interval = 10s;
    trial.faults = {Fault::kill};
    trial.seed = seed;
    const auto result = trial.run(install_forgetful);
    ASSERT_FALSE(result.run.error) << *result.run.error;
    const bool starts_again = std::any_of(result.run.history.begin(), result.run.history.end(), [](const auto& event) {
      return event.f == "stop-kill" && event.time_ns < 10'000'000'000;
    });
    const bool is_caught = result.workload.valid == check::Valid::no;
    EXPECT_TRUE(is_caught || !starts_again) << "seed " << seed;
    caught += is_caught ? 1 : 0;
    ended += starts_again ? 1 : 0;
  }
  EXPECT_GT(ended, 4);
  EXPECT_GE(caught, ended);
}

}  // namespace
}  // namespace mznode

#include <gtest/gtest.h>

#include "tests/workloads/cells.hpp"
#include "tests/workloads/relay/rings.hpp"
#include "tests/workloads/trial.hpp"

// What relays are for: strategies of majorities answer what can be answered at all.
namespace mznode {
namespace {

class RelaysUnderPartitions : public testing::TestWithParam<std::string> {};

TEST_P(RelaysUnderPartitions, AnswersWhatCanBeAnswered) {
  for (const char* fault : {"partition", "partition-one-way"}) {
    for (const Duration interval : {10s, 3s}) {
      double answered = 0;
      double bound = 0;
      std::vector<Duration> outages;
      const std::uint64_t seeds = seeds_per_cell(20);
      for (std::uint64_t seed = 0; seed < seeds; ++seed) {
        TestSettings settings = partitioned("lin-kv", GetParam(), fault, interval);
        settings.seed = seed;
        const TestReport report = run_test(settings, [] { return false; });
        EXPECT_EQ(report.valid(), check::Valid::yes) << fault << ", seed " << seed;
        const auto& availability = report.verdict.availability_found();
        answered += availability.ok_fraction.value_or(0) + availability.cas_mismatch_fraction.value_or(0);
        bound += reach_bound_of(report.verdict).value_or(1);
        const auto outage = longest_outage_in_rings(report.run, [](const check::Operation&) { return true; });
        if (outage) outages.push_back(*outage);
      }
      EXPECT_GE(answered, bound - 0.02 * static_cast<double>(seeds)) << fault;
      if (std::string_view(fault) != "partition") continue;
      ASSERT_FALSE(outages.empty());
      EXPECT_LE(median(outages), 1s);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(LinKv, RelaysUnderPartitions, testing::Values("raft", "caspaxos"),
                         [](const auto& each) { return each.param; });

/// What is silent for long without a fault is no broken link, however the network's latency varies.
TEST(RelaysWithoutFaults, SayNothing) {
  using Shape = sim::Latency::Shape;
  for (const auto& [workload, strategy] : {std::pair{"lin-kv", "raft"},
                                           {"lin-kv", "caspaxos"},
                                           {"kafka", "raft"},
                                           {"kafka", "owner"},
                                           {"txn-list-append", "raft"},
                                           {"txn-list-append", "single"}}) {
    for (const std::int64_t mean_ms : {0, 10, 100}) {
      for (const Shape shape : {Shape::constant, Shape::uniform, Shape::exponential}) {
        for (const std::int64_t rate_millis : {5'000, 100'000}) {
          TestSettings settings = partitioned(workload, strategy, "", 10s);
          settings.nemesis.clear();
          settings.nodes = sim::node_names(mean_ms == 10 ? 5 : 3);
          settings.time_limit = 20s;
          settings.latency = {.mean_ms = mean_ms, .shape = mean_ms == 0 ? Shape::constant : shape};
          settings.keep_journal = true;
          settings.rate_millis = rate_millis;
          const TestReport report = run_test(settings, [] { return false; });
          EXPECT_FALSE(report.run.packets.empty());
          for (const sim::Packet& packet : report.run.packets) {
            const bool is_relayed = packet.body.find(R"("type":"parcel")") != std::string::npos ||
                                    packet.body.find(R"("type":"hearings")") != std::string::npos;
            ASSERT_FALSE(is_relayed) << workload << ", " << strategy << ", " << mean_ms << " ms: " << packet.body;
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace mznode

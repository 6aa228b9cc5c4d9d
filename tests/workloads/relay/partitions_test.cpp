#include <gtest/gtest.h>

#include <algorithm>

#include "mznode/workloads/figures.hpp"
#include "tests/workloads/cells.hpp"
#include "tests/workloads/trial.hpp"

// What relays are for: strategies of majorities answer what can be answered at all.
namespace mznode {
namespace {

TestSettings partitioned(const std::string& strategy, const std::string& fault, Duration interval) {
  TestSettings settings;
  settings.workload = "lin-kv";
  settings.strategy = strategy;
  settings.nodes = sim::node_names(3);
  settings.concurrency = 6;
  settings.rate_millis = 50'000;
  settings.time_limit = 30s;
  settings.nemesis = {fault};
  settings.nemesis_interval = interval;
  settings.keep_journal = false;
  return settings;
}

/// True when each of three nodes hears one other.
bool is_ring(const sim::FaultSpan& span) {
  return span.unheard.size() == 3 && std::all_of(span.unheard.begin(), span.unheard.end(),
                                                 [](const auto& each) { return each.second.size() == 1; });
}

/// The longest time without an answer within a partition that is a ring; nothing when there is none.
std::optional<Duration> longest_outage_in_rings(const sim::RunResult& run) {
  std::optional<Duration> longest;
  for (const sim::FaultSpan& span : run.fault_spans) {
    if (!is_ring(span)) continue;
    const Duration end = span.to.value_or(Duration(run.history.back().time_ns));
    Duration last = span.from;
    const auto pass = [&](Duration now) {
      longest = std::max(longest.value_or(0s), now - last);
      last = now;
    };
    for (const check::Operation& event : run.history) {
      const Duration at(event.time_ns);
      const bool is_answer = event.is_client() && event.type != check::Type::invoke && is_certain_answer(event);
      if (is_answer && at > span.from && at < end) pass(at);
    }
    pass(end);
  }
  return longest;
}

class RelaysUnderPartitions : public testing::TestWithParam<std::string> {};

TEST_P(RelaysUnderPartitions, AnswersWhatCanBeAnswered) {
  for (const char* fault : {"partition", "partition-one-way"}) {
    for (const Duration interval : {10s, 3s}) {
      double answered = 0;
      double bound = 0;
      std::vector<Duration> outages;
      const std::uint64_t seeds = seeds_per_cell(20);
      for (std::uint64_t seed = 0; seed < seeds; ++seed) {
        TestSettings settings = partitioned(GetParam(), fault, interval);
        settings.seed = seed;
        const TestReport report = run_test(settings, [] { return false; });
        EXPECT_EQ(report.valid(), check::Valid::yes) << fault << ", seed " << seed;
        const auto& availability = report.verdict.availability_found();
        answered += availability.ok_fraction.value_or(0) + availability.cas_mismatch_fraction.value_or(0);
        bound += reach_bound_of(report.verdict).value_or(1);
        if (const auto outage = longest_outage_in_rings(report.run)) outages.push_back(*outage);
      }
      EXPECT_GE(answered, bound - 0.02 * static_cast<double>(seeds)) << fault;
      if (std::string_view(fault) != "partition") continue;
      ASSERT_FALSE(outages.empty());
      std::nth_element(outages.begin(), outages.begin() + static_cast<std::ptrdiff_t>(outages.size() / 2),
                       outages.end());
      EXPECT_LE(outages[outages.size() / 2], 1s);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(LinKv, RelaysUnderPartitions, testing::Values("raft", "caspaxos"),
                         [](const auto& each) { return each.param; });

/// What is silent for long without a fault is no broken link, however the network's latency varies.
TEST(RelaysWithoutFaults, SayNothing) {
  using Shape = sim::Latency::Shape;
  for (const auto& [workload, strategy] :
       {std::pair{"lin-kv", "raft"}, {"lin-kv", "caspaxos"}, {"kafka", "raft"}, {"txn-list-append", "raft"}}) {
    for (const std::int64_t mean_ms : {0, 10, 100}) {
      for (const Shape shape : {Shape::constant, Shape::uniform, Shape::exponential}) {
        for (const std::int64_t rate_millis : {5'000, 100'000}) {
          TestSettings settings = partitioned(strategy, "", 10s);
          settings.workload = workload;
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

#include "mznode/workloads/reach.hpp"

#include <gtest/gtest.h>

#include <tuple>

#include "mznode/workloads/figures.hpp"
#include "mznode/workloads/harness.hpp"

namespace mznode {
namespace {

const std::vector<std::string> three = {"n0", "n1", "n2"};

sim::FaultSpan cut(sim::Grudge unheard, Duration from, std::optional<Duration> to = {}) {
  return {.fault = Fault::partition, .from = from, .to = to, .value = {}, .unheard = std::move(unheard)};
}

sim::FaultSpan down(Fault fault, const std::string& nodes, Duration from, std::optional<Duration> to = {}) {
  return {.fault = fault, .from = from, .to = to, .value = Json::from_valid(nodes), .unheard = {}};
}

/// A run in which each of three nodes was asked once, at one second.
sim::RunResult asked_once(std::vector<sim::FaultSpan> faults) {
  sim::RunResult run;
  run.fault_spans = std::move(faults);
  for (std::int64_t process = 0; process < 3; ++process) {
    check::Operation operation;
    operation.time_ns = Duration(1s).count();
    operation.process = process;
    run.history.push_back(operation);
  }
  return run;
}

std::optional<double> bound(std::vector<sim::FaultSpan> faults, Duration latency = 10ms) {
  return reach_bound(asked_once(std::move(faults)), {.nodes = three, .workers = 3, .patience = 1s, .latency = latency});
}

TEST(Reach, SaysNothingWhereNobodyIsCutOff) {
  EXPECT_EQ(bound({}), std::nullopt);
  EXPECT_EQ(bound({down(Fault::loss, R"("50 %")", 0s)}), std::nullopt);
  sim::RunResult nothing_began;
  nothing_began.fault_spans = {cut({{"n0", {"n1"}}}, 0s)};
  EXPECT_EQ(reach_bound(nothing_began, {.nodes = three, .workers = 3, .patience = 1s, .latency = 10ms}), std::nullopt);
}

TEST(Reach, TheSmallerGroupOfAPartitionReachesNoMajority) {
  EXPECT_DOUBLE_EQ(*bound({cut({{"n0", {"n1", "n2"}}, {"n1", {"n0"}}, {"n2", {"n0"}}}, 0s)}), 2.0 / 3);
}

TEST(Reach, InARingEverybodyReachesEverybodyThroughTheThird) {
  EXPECT_EQ(bound({cut({{"n0", {"n1"}}, {"n1", {"n2"}}, {"n2", {"n0"}}}, 0s)}), 1.0);
}

TEST(Reach, WhoIsHeardByNobodyIsReachedAndCannotAnswer) {
  EXPECT_DOUBLE_EQ(*bound({cut({{"n1", {"n0"}}, {"n2", {"n0"}}}, 0s)}), 2.0 / 3);
  EXPECT_DOUBLE_EQ(*bound({cut({{"n0", {"n1", "n2"}}}, 0s)}), 2.0 / 3) << "who hears nobody gets no answer";
}

TEST(Reach, WhoIsDownReachesNobodyAndPassesNothingOn) {
  for (const Fault fault : {Fault::kill, Fault::pause}) {
    EXPECT_DOUBLE_EQ(*bound({down(fault, R"(["n2"])", 0s)}), 2.0 / 3);
    EXPECT_EQ(bound({down(fault, R"(["n1","n2"])", 0s)}), 0.0);
    EXPECT_EQ(bound({down(fault, R"(["n0","n1","n2"])", 0s)}), 0.0);
    EXPECT_EQ(bound({down(fault, R"(["n2"])", 0s), cut({{"n0", {"n1"}}}, 0s)}), 0.0)
        << "n2 was the only way from n1 to n0";
  }
}

TEST(Reach, ARequestDiesWithItsNodeAndWaitsForOneThatIsPaused) {
  EXPECT_DOUBLE_EQ(*bound({down(Fault::kill, R"(["n2"])", 0s, 1100ms)}), 2.0 / 3);
  EXPECT_EQ(bound({down(Fault::pause, R"(["n2"])", 0s, 1100ms)}), 1.0);
  EXPECT_EQ(bound({down(Fault::kill, R"(["n2"])", 1100ms, 1200ms)}), 1.0) << "it was answered before";
}

TEST(Reach, WhoIsKilledWhilePausedIsPausedNoLonger) {
  const auto paused = down(Fault::pause, R"(["n0","n1"])", 0s);
  EXPECT_EQ(bound({paused}), 0.0);
  EXPECT_EQ(bound({paused, down(Fault::kill, R"(["n0","n1"])", 200ms, 400ms)}), 1.0);
  EXPECT_DOUBLE_EQ(*bound({paused, down(Fault::kill, R"(["n0"])", 200ms, 400ms)}), 2.0 / 3);
}

TEST(Reach, OnlyWorkloadsThatNeedAMajorityAreJudgedByIt) {
  for (const auto& [workload, strategy, is_told] :
       {std::tuple{"lin-kv", "proxy", true}, std::tuple{"broadcast", "star", false}}) {
    TestSettings settings;
    settings.workload = workload;
    settings.strategy = strategy;
    settings.nodes = three;
    settings.concurrency = 4;
    settings.time_limit = 10s;
    settings.nemesis = {"partition"};
    settings.nemesis_interval = 2s;
    EXPECT_EQ(reach_bound_of(run_test(settings, [] { return false; }).verdict).has_value(), is_told) << workload;
  }
}

TEST(Reach, AClientWaitsForTheEndOfAFault) {
  const sim::Grudge grudge = {{"n0", {"n1", "n2"}}};
  EXPECT_EQ(bound({cut(grudge, 0s, 1980ms)}), 1.0) << "20 ms are left, enough for there and back";
  EXPECT_DOUBLE_EQ(*bound({cut(grudge, 0s, 1990ms)}), 2.0 / 3) << "10 ms are not";
  EXPECT_EQ(bound({cut(grudge, 0s, 1990ms)}, 0ms), 1.0);
  EXPECT_DOUBLE_EQ(*bound({cut(grudge, 0s, 2100ms)}, 0ms), 2.0 / 3) << "it has given up";
}

TEST(Reach, RoundTripsAreNotPutTogetherAcrossABreak) {
  const sim::Grudge grudge = {{"n0", {"n1", "n2"}}};
  const auto fault_free = [&](Duration first, Duration second) {
    return std::vector{cut(grudge, 0s, 1500ms), cut(grudge, 1500ms + first, 1600ms), cut(grudge, 1600ms + second)};
  };
  EXPECT_DOUBLE_EQ(*bound(fault_free(15ms, 15ms)), 2.0 / 3);
  EXPECT_EQ(bound(fault_free(15ms, 20ms)), 1.0);
  // Links change, but a majority stays within reach.
  const sim::Grudge other = {{"n0", {"n1"}}, {"n1", {"n0"}}};
  EXPECT_EQ(bound({cut(grudge, 0s, 1500ms), cut(other, 1510ms, 1520ms), cut(grudge, 1520ms)}), 1.0);
}

/// No protocol of majorities can answer more: if one did, the bound would be wrong. Its nodes are asked at constant
/// latency, so that no lucky message is faster than the bound assumes.
TEST(Reach, NoProtocolOfMajoritiesAnswersMore) {
  for (const char* strategy : {"raft", "caspaxos"}) {
    for (const std::vector<std::string>& faults :
         std::vector<std::vector<std::string>>{{"partition"},
                                               {"partition-one-way"},
                                               {"kill"},
                                               {"pause"},
                                               {"kill", "pause"},
                                               {"partition", "kill", "pause"}}) {
      for (std::uint64_t seed = 0; seed < 5; ++seed) {
        TestSettings settings;
        settings.workload = "lin-kv";
        settings.strategy = strategy;
        settings.nodes = three;
        settings.concurrency = 4;
        settings.rate_millis = 50'000;
        settings.time_limit = 20s;
        settings.latency = {.mean_ms = 10, .shape = sim::Latency::Shape::constant};
        settings.nemesis = faults;
        settings.nemesis_interval = 3s;
        settings.seed = seed;
        settings.keep_journal = false;
        const TestReport report = run_test(settings, [] { return false; });
        const auto& availability = report.verdict.availability_found();
        const double answered = availability.ok_fraction.value_or(0) + availability.cas_mismatch_fraction.value_or(0);
        const auto reachable = reach_bound_of(report.verdict);
        ASSERT_TRUE(reachable) << strategy << ", " << testing::PrintToString(faults) << ", seed " << seed;
        // The two are quotients, added up in different orders.
        EXPECT_LE(answered, *reachable + 1e-9)
            << strategy << ", " << testing::PrintToString(faults) << ", seed " << seed;
      }
    }
  }
}

}  // namespace
}  // namespace mznode

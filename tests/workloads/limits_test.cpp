#include "mznode/workloads/limits.hpp"

#include <gtest/gtest.h>

#include "mznode/check/set_full.hpp"

namespace mznode {
namespace {

using check::Valid;
using nlohmann::ordered_json;

Limit limit(const std::string& text) {
  return parse_limits(text, find_workload("broadcast")).at(0);
}

TestVerdict verdict_of_test() {
  check::AvailabilityFinding availability;
  availability.ok_fraction = 0.9;
  NetworkFinding net;
  net.operations = 10;
  net.stats.servers.sent = 234;
  net.stats.server_bytes = 1'000;
  check::PerfFinding perf;
  perf.by_f["read"] = {.median = 1.5, .largest = 9.0};
  perf.all = check::Quantiles<double>{.median = 2.0};
  check::SetFinding set;
  set.stable_latencies_ms = check::Quantiles<std::int64_t>{.median = 376, .p95 = 500, .p99 = 600, .largest = 612};
  TestVerdict verdict;
  verdict.availability.add(availability);
  verdict.net.add(net);
  verdict.perf.add(perf);
  verdict.workload.add(set);
  return verdict;
}

check::Verdict judged(const std::string& limits, const sim::RunResult& run = {}) {
  return judge_limits(parse_limits(limits, find_workload("broadcast")), verdict_of_test(), run, 20s);
}

TEST(Limits, EachRelationIsWhatItsSignSays) {
  for (const auto& [text, at_29, at_30, at_31] :
       {std::tuple{"msgs-per-op<30", true, false, false}, std::tuple{"msgs-per-op<=30", true, true, false},
        std::tuple{"msgs-per-op>30", false, false, true}, std::tuple{"msgs-per-op>=30", false, true, true}}) {
    EXPECT_EQ(limit(text).is_met_by(29), at_29) << text;
    EXPECT_EQ(limit(text).is_met_by(30), at_30) << text;
    EXPECT_EQ(limit(text).is_met_by(31), at_31) << text;
  }
}

TEST(Limits, HaveTheUnitsOfTheirFigures) {
  EXPECT_EQ(limit("stable-max<1.5s").value, 1500);
  EXPECT_EQ(limit("stable-max < 400 ms").value, 400);
  EXPECT_EQ(limit("ok>=99.9%").text(), ">= 99.9 %");
  EXPECT_EQ(limit("ok>=99.9%").value, 0.999);
  EXPECT_EQ(limit("ok>0.5").number(0.25), "25 %");
  EXPECT_EQ(limit("msgs/op<2").figure.name, "msgs-per-op");
}

TEST(Limits, AShareIsNoMoreThanAll) {
  for (const char* text : {"ok>99", "ok>=1.01", "ok<101%"}) {
    EXPECT_THROW(limit(text), std::invalid_argument) << text;
  }
  EXPECT_EQ(limit("ok>=100%").value, 1);
  EXPECT_EQ(limit("ok>=1").value, 1);
}

TEST(Limits, WhatMissesByLittleDoesNotLookAsIfItKept) {
  EXPECT_EQ(limit("msgs-per-op<=30").number(30.004), "30.004");
  EXPECT_EQ(limit("msgs-per-op<30").number(29.996), "29.996") << "and the other way round";
  EXPECT_EQ(limit("ok>=99.9%").number(0.99899), "99.899 %");
  EXPECT_EQ(limit("msgs-per-op<30").number(23.44), "23.4");
}

TEST(Limits, TheirTextReadsBack) {
  const std::string text = "msgs-per-op<30,stable-p99<=600.5,ok>=0.999,read-max>1";
  EXPECT_EQ(limits_text(parse_limits(text, find_workload("broadcast"))), text);
}

TEST(Limits, TheVerdictHasEachNumber) {
  const check::Verdict verdict = judged("msgs-per-op<30,stable-max<600,read-p50<2,ok>0.5");
  EXPECT_EQ(verdict.valid, Valid::no);
  EXPECT_EQ(to_details(verdict)["error"], "stable-max is 612, not < 600");
  const ordered_json limits = to_details(verdict)["limits"];
  ASSERT_EQ(limits.size(), 4U);
  EXPECT_DOUBLE_EQ(limits[0]["share"], 0.78);
  EXPECT_EQ(limits[1]["met?"], false);
  EXPECT_EQ(limits[2]["value"], 1.5);
  EXPECT_EQ(judged("msgs-per-op<30,stable-max<613").valid, Valid::yes);
}

TEST(Limits, WhatWasNotMeasuredIsUnknown) {
  EXPECT_EQ(judged("broadcast-p50<1").valid, Valid::unknown);
  EXPECT_TRUE(to_details(judged("broadcast-p50<1"))["limits"][0]["value"].is_null());
  EXPECT_EQ(judged("broadcast-p50<1,stable-max<600").valid, Valid::no);
}

TEST(Limits, OfABenchThatWasAsLateAsALatencyIsTooLongNothingIsKnown) {
  sim::RunResult run;
  run.lag.emplace();
  run.lag->longest = 20ms;
  EXPECT_EQ(judged("stable-max<600", run).valid, Valid::unknown);
  EXPECT_EQ(judged("msgs-per-op<20", run).valid, Valid::no) << "lateness sends no messages";
  run.lag->longest = 5ms;
  EXPECT_EQ(judged("stable-max<600", run).valid, Valid::no);
}

TEST(Limits, EveryWorkloadHasItsFigures) {
  for (const WorkloadInfo& workload : workloads()) {
    std::set<std::string> names;
    for (const Figure& figure : figures_of(workload)) EXPECT_TRUE(names.insert(figure.name).second) << figure.name;
    EXPECT_EQ(names.contains("stable-p50"), latency_kind(workload.checker) == LatencyKind::stable) << workload.name;
    for (const std::string& kind : workload.test.kinds) EXPECT_TRUE(names.contains(kind + "-max")) << kind;
  }
}

}  // namespace
}  // namespace mznode

#include "mznode/workloads/limits.hpp"

#include <gtest/gtest.h>

namespace mznode {
namespace {

using check::Valid;
using nlohmann::ordered_json;

Limit limit(const std::string& text) {
  return parse_limits(text, find_workload("broadcast")).at(0);
}

ordered_json results() {
  return {{"availability", {{"ok-fraction", 0.9}}},
          {"net", {{"servers", {{"msgs-per-op", 23.4}, {"bytes-per-op", 100.0}}}}},
          {"perf", {{"latencies", {{"read", {{"0.5", 1.5}, {"1", 9.0}}}}}, {"all-latencies", {{"0.5", 2.0}}}}},
          {"workload", {{"stable-latencies", {{"0.5", 376}, {"0.95", 500}, {"0.99", 600}, {"1", 612}}}}}};
}

check::Verdict judged(const std::string& limits, const sim::RunResult& run = {}) {
  return judge_limits(parse_limits(limits, find_workload("broadcast")), results(), run, 20s);
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
  EXPECT_EQ(verdict.details["error"], "stable-max is 612, not < 600");
  const ordered_json& limits = verdict.details["limits"];
  ASSERT_EQ(limits.size(), 4U);
  EXPECT_DOUBLE_EQ(limits[0]["share"], 0.78);
  EXPECT_EQ(limits[1]["met?"], false);
  EXPECT_EQ(limits[2]["value"], 1.5);
  EXPECT_EQ(judged("msgs-per-op<30,stable-max<613").valid, Valid::yes);
}

TEST(Limits, WhatWasNotMeasuredIsUnknown) {
  EXPECT_EQ(judged("broadcast-p50<1").valid, Valid::unknown);
  EXPECT_TRUE(judged("broadcast-p50<1").details["limits"][0]["value"].is_null());
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
    EXPECT_EQ(names.contains("stable-p50"), latency_kind(workload.name) == LatencyKind::stable) << workload.name;
    for (const std::string& kind : workload.test.kinds) EXPECT_TRUE(names.contains(kind + "-max")) << kind;
  }
}

}  // namespace
}  // namespace mznode

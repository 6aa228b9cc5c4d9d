#include "mznode/workloads/harness.hpp"

#include <gtest/gtest.h>

namespace mznode {
namespace {

TestSettings settings_of(const std::string& workload) {
  TestSettings settings;
  settings.workload = workload;
  settings.rate_millis = 100'000;
  settings.latency.mean_ms = 50;
  return settings;
}

TEST(Harness, WhatARunThatWasInterruptedLacksIsNoFault) {
  for (const char* workload : {"broadcast", "g-set", "kafka", "pn-counter"}) {
    int asked = 0;
    const TestReport report = run_test(settings_of(workload), [&] { return ++asked > 20'000; });
    EXPECT_TRUE(report.run.interrupted) << workload;
    EXPECT_EQ(report.valid(), check::Valid::unknown) << workload << report.results().dump(1);
  }
}

TEST(Harness, AStrategyIsHeldToItsPromise) {
  TestSettings settings = settings_of("txn-rw-register");
  EXPECT_EQ(run_test(settings, [] { return false; }).valid(), check::Valid::no)
      << "hat is no match for Maelstrom's default";
  hold_to_promise(settings);
  EXPECT_EQ(run_test(settings, [] { return false; }).valid(), check::Valid::yes);
}

}  // namespace
}  // namespace mznode

#include <gtest/gtest.h>

#include "core/check/registry.hpp"
#include "workloads/harness.hpp"

namespace mznode {
namespace {

// A workload can be there before its checker is. Its verdict must not look like one that something was wrong, or right.
TEST(NoChecker, TheVerdictIsUnknownAndSaysWhy) {
  for (const WorkloadInfo& workload : workloads()) {
    const bool takes_long = workload.test.final_operation || workload.test.final_time_limit;
    if (check::find_checker(workload.name) != nullptr || takes_long) continue;
    TestSettings settings;
    settings.workload = workload.name;
    settings.bin = MZNODE_BINARY;  // any node will do
    settings.bin_args = {"--workload", "echo"};
    settings.nodes = {"n1"};
    settings.concurrency = 2;
    settings.time_limit = 200ms;
    const TestReport report = run_test(settings, [] { return false; });
    const auto& verdict = report.results.at("workload");
    EXPECT_EQ(verdict.at("valid?"), "unknown");
    EXPECT_EQ(verdict.at("error"), "no checker for the workload " + workload.name + " exists yet");
    EXPECT_NE(report.valid, check::Valid::yes);
  }
}

}  // namespace
}  // namespace mznode

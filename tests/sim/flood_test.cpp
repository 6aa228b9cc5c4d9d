// Nodes that write without end, within one moment of virtual time: the bench holds what was written until its time has
// come, and what it holds is bounded.

#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "mznode/trace/traced_process.hpp"
#include "mznode/workloads/harness.hpp"
#include "tests/contains.hpp"
#include "tests/sim/broken_node.hpp"

namespace mznode {
namespace {

/// A figure of /proc/self/status in MiB: VmRSS for what is in memory, VmHWM for the most that was.
std::size_t memory_mib(const std::string& name) {
  std::ifstream file("/proc/self/status");
  std::string line;
  while (std::getline(file, line)) {
    if (line.starts_with(name)) return std::stoul(line.substr(name.size() + 1)) >> 10;
  }
  return 0;
}

/// From now on the most that was in memory counts anew.
bool forget_peak() {
  std::ofstream file("/proc/self/clear_refs");
  file << 5 << std::flush;
  return file.good();
}

struct Kind {
  const char* mode;
  const char* words;
};

class Flood : public testing::TestWithParam<Kind> {};

TEST_P(Flood, IsCutOffAndTakesLittleMemory) {
  if (trace::unavailable()) GTEST_SKIP() << *trace::unavailable();
  TestSettings settings;
  settings.workload = "echo";
  settings.bin = sim::broken_node;
  settings.bin_args = {GetParam().mode};
  settings.nodes = {"n0"};
  settings.time_limit = 1s;
  ASSERT_TRUE(forget_peak());
  const std::size_t before = memory_mib("VmRSS");
  const TestReport report = run_test(settings, [] { return false; });
  const std::size_t taken = memory_mib("VmHWM") - before;
  const std::string error = report.run.error.value_or("none");
  EXPECT_EQ(report.valid(), check::Valid::no);
  EXPECT_TRUE(contains(error, GetParam().words)) << error;
  EXPECT_TRUE(report.time->is_repeatable());
  constexpr std::size_t most_mib = 1'000;
  EXPECT_LT(taken, most_mib);
  EXPECT_EQ(run_test(settings, [] { return false; }).run.error, report.run.error);
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, Flood,
    testing::Values(Kind{"tiny-flood", "wrote 1000000 lines within one moment of virtual time"},
                    Kind{"tiny-message-flood", "wrote 1000000 lines within one moment of virtual time"},
                    Kind{"junk-flood", "wrote 128 MB within one moment of virtual time"},
                    Kind{"flood-in-one-call", "wrote 1000000 lines within one moment of virtual time"}),
    [](const auto& each) {
      std::string name = each.param.mode;
      std::erase(name, '-');
      return name;
    });

}  // namespace
}  // namespace mznode

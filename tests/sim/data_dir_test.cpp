#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "mznode/workloads/harness.hpp"
#include "tests/sim/simulate.hpp"

// Processes that are killed find in their data directories what they had acknowledged: the only server of a cluster
// itself, and a minority of three.
namespace mznode {
namespace {

namespace fs = std::filesystem;

class DataDir : public testing::TestWithParam<std::size_t> {};

TEST_P(DataDir, KeepsWhatWasAcknowledgedBeforeAKill) {
  const fs::path directory = fs::temp_directory_path() / ("mznode_data_dir_" + std::to_string(::getpid()));
  fs::remove_all(directory);
  TestSettings settings;
  settings.workload = "lin-kv";
  settings.bin = MZNODE_BINARY;
  settings.bin_args = {"--workload", "lin-kv",           "--strategy",         "raft",
                       "--data-dir", directory.string(), "--snapshot-entries", "50"};
  settings.nodes = sim::node_names(GetParam());
  settings.concurrency = 4;
  settings.rate_millis = 200'000;
  settings.time_limit = 6s;
  settings.nemesis = {"kill"};
  settings.nemesis_interval = 300ms;
  settings.keep_journal = false;
  const TestReport report = run_test(settings, [] { return false; });
  EXPECT_EQ(report.results()["workload"]["valid?"], true) << report.results()["workload"].dump(1);
  EXPECT_EQ(report.results()["nodes"]["valid?"], true) << report.results()["nodes"].dump(1);
  const auto kills = std::count_if(report.run.history.begin(), report.run.history.end(),
                                   [](const check::Operation& event) { return event.f == "start-kill"; });
  EXPECT_GT(kills, 2);
  for (const auto& node : settings.nodes) EXPECT_TRUE(fs::exists(directory / node / "lock"));
  fs::remove_all(directory);
}

INSTANTIATE_TEST_SUITE_P(Servers, DataDir, testing::Values(1, 3));

}  // namespace
}  // namespace mznode

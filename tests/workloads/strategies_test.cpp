#include <gtest/gtest.h>

#include <algorithm>

#include "tests/workloads/cells.hpp"
#include "tests/workloads/trial.hpp"

// Every strategy under every fault that it claims to survive, one at a time, none, and mixed.
namespace mznode {
namespace {

std::string cell_name(const testing::TestParamInfo<Cell>& info) {
  const Cell& cell = info.param;
  std::string name = cell.workload + "_" + cell.strategy + "_" + (cell.nemesis.empty() ? "calm" : cell.nemesis) + "_" +
                     std::to_string(cell.nodes);
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

class Strategies : public testing::TestWithParam<Cell> {};

TEST_P(Strategies, KeepsItsPromise) {
  const std::uint64_t seeds = seeds_per_cell(12);
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    const auto outcome = run_cell(GetParam(), seed);
    std::string faults;
    for (const Fault fault : outcome.report.faults) faults += std::string(fault_name(fault)) + " ";
    ASSERT_EQ(outcome.valid, check::Valid::yes)
        << GetParam() << ", seed " << seed << ", faults " << faults << outcome.why << "\n"
        << outcome.report.results().dump(1);
  }
}

TEST(Verdict, OnlyAFewTransactionsMayHaveNothingInCommon) {
  const auto results = [](int answered, const char* anomaly) {
    return nlohmann::ordered_json{{"stats", {{"ok-count", answered}}},
                                  {"workload", {{"anomaly-types", nlohmann::ordered_json::array({anomaly})}}}};
  };
  EXPECT_TRUE(tells_nothing(results(0, "empty-transaction-graph")));
  EXPECT_TRUE(tells_nothing(results(3, "empty-transaction-graph")));
  EXPECT_FALSE(tells_nothing(results(100, "empty-transaction-graph")));
  EXPECT_FALSE(tells_nothing(results(3, "G1c")));
}

INSTANTIATE_TEST_SUITE_P(All, Strategies, testing::ValuesIn(all_cells({1, 2, 3, 5})), cell_name);

}  // namespace
}  // namespace mznode

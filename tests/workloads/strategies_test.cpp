#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "tests/workloads/trial.hpp"
#include "workloads/harness.hpp"

// Every strategy under every fault that it claims to survive, one at a time, none, and mixed.
namespace mznode {
namespace {

struct Cell {
  std::string workload;
  std::string strategy;
  /// Empty for a test without faults.
  std::string nemesis;
  std::size_t nodes = 0;
};

std::ostream& operator<<(std::ostream& out, const Cell& cell) {
  return out << cell.workload << ", " << cell.strategy << ", " << (cell.nemesis.empty() ? "no faults" : cell.nemesis)
             << ", nodes: " << cell.nodes;
}

std::vector<Cell> all_cells() {
  std::vector<Cell> cells;
  for (const WorkloadInfo& workload : workloads()) {
    for (const StrategyInfo& strategy : workload.strategies) {
      std::vector<std::string> nemeses = {"", "swarm"};
      for (const Fault fault : strategy.guarantees.survives) nemeses.emplace_back(fault_name(fault));
      for (const auto& nemesis : nemeses) {
        for (const std::size_t nodes : {1U, 3U, 5U}) cells.push_back({workload.name, strategy.name, nemesis, nodes});
      }
    }
  }
  return cells;
}

std::string cell_name(const testing::TestParamInfo<Cell>& info) {
  const Cell& cell = info.param;
  std::string name = cell.workload + "_" + cell.strategy + "_" + (cell.nemesis.empty() ? "calm" : cell.nemesis) + "_" +
                     std::to_string(cell.nodes);
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

/// Settings that differ from seed to seed in all that a strategy must not depend on.
TestSettings settings_of(const Cell& cell, std::uint64_t seed) {
  using Shape = sim::Latency::Shape;
  constexpr std::array<std::int64_t, 3> means_ms = {0, 10, 100};
  constexpr std::array shapes = {Shape::constant, Shape::uniform, Shape::exponential};
  TestSettings settings;
  settings.workload = cell.workload;
  settings.strategy = cell.strategy;
  settings.nodes = sim::node_names(cell.nodes);
  settings.time_limit = 15s;
  settings.nemesis_interval = 2s;
  settings.seed = seed;
  settings.latency.mean_ms = means_ms[seed % 3];
  if (settings.latency.mean_ms > 0) settings.latency.shape = shapes[seed / 3 % 3];
  settings.delivery = seed / 9 % 2 == 0 ? sim::Delivery::maelstrom : sim::Delivery::ideal;
  settings.topology = topology_names()[seed % topology_names().size()];
  // So many workers that those who wait for a node that is down leave some for when it is back.
  settings.rate_millis = 40'000;
  const bool waits_long = find_workload(cell.workload).client_timeout > 1s;
  settings.concurrency = cell.nodes > 1 ? 4 : waits_long ? 220 : 12;
  settings.keep_journal = false;
  if (!cell.nemesis.empty()) settings.nemesis = {cell.nemesis};
  return settings;
}

class Strategies : public testing::TestWithParam<Cell> {};

TEST_P(Strategies, KeepsItsPromise) {
  const std::uint64_t seeds = seeds_per_cell(30);
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    const auto report = run_test(settings_of(GetParam(), seed), [] { return false; });
    std::string faults;
    for (const Fault fault : report.faults) faults += std::string(fault_name(fault)) + " ";
    ASSERT_EQ(report.valid, check::Valid::yes) << GetParam() << ", seed " << seed << ", faults " << faults << "\n"
                                               << report.results.dump(1);
  }
}

INSTANTIATE_TEST_SUITE_P(All, Strategies, testing::ValuesIn(all_cells()), cell_name);

}  // namespace
}  // namespace mznode

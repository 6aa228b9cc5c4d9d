#pragma once

#include <algorithm>
#include <array>
#include <ostream>
#include <string>
#include <vector>

#include "mznode/workloads/harness.hpp"
#include "tests/sim/simulate.hpp"
#include "tests/workloads/liveness.hpp"
#include "tests/workloads/raft/watch.hpp"

/// What the strategies are held to: every strategy under every fault that it claims to survive, one at a time, none,
/// and mixed.
namespace mznode {

struct Cell {
  std::string workload;
  std::string strategy;
  /// Empty for a test without faults.
  std::string nemesis;
  std::size_t nodes = 0;
};

/// The parts of a text between its commas; none of an empty one.
inline std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin < text.size(); begin += parts.back().size() + 1) {
    parts.push_back(text.substr(begin, text.find(',', begin) - begin));
  }
  return parts;
}

inline std::ostream& operator<<(std::ostream& out, const Cell& cell) {
  return out << cell.workload << ", " << cell.strategy << ", " << (cell.nemesis.empty() ? "no faults" : cell.nemesis)
             << ", nodes: " << cell.nodes;
}

/// `mixes` are combinations of faults, with commas between them, that are tried where a strategy claims each.
inline std::vector<Cell> all_cells(const std::vector<std::size_t>& sizes, const std::vector<std::string>& mixes = {}) {
  std::vector<Cell> cells;
  for (const WorkloadInfo& workload : workloads()) {
    for (const StrategyInfo& strategy : workload.strategies) {
      std::vector<std::string> nemeses = {"", "swarm"};
      for (const Fault fault : strategy.guarantees.survives) nemeses.emplace_back(fault_name(fault));
      for (const std::string& mix : mixes) {
        const auto names = split(mix);
        const bool claims_all = std::all_of(names.begin(), names.end(), [&](const std::string& name) {
          return std::find(nemeses.begin(), nemeses.end(), name) != nemeses.end();
        });
        if (claims_all) nemeses.push_back(mix);
      }
      for (const auto& nemesis : nemeses) {
        for (const std::size_t nodes : sizes) cells.push_back({workload.name, strategy.name, nemesis, nodes});
      }
    }
  }
  return cells;
}

/// Settings that differ from seed to seed in all that a strategy must not depend on.
inline TestSettings settings_of(const Cell& cell, std::uint64_t seed) {
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
  settings.rate_millis = 40'000;
  settings.concurrency = 4;
  if (cell.nodes == 1 && find_workload(cell.workload).client_timeout > 1s) {
    // So many workers that those who wait for a node that is down leave some for when it is back.
    settings.concurrency = 220;
  } else if (cell.nodes == 1) {
    // They are soon back, and need to meet on a key to succeed in the little time in which the node is up.
    settings.concurrency = 12;
    settings.rate_millis = 200'000;
  }
  settings.keep_journal = false;
  settings.nemesis = split(cell.nemesis);
  hold_to_promise(settings);
  return settings;
}

/// True when so little was answered that no checker can tell anything: nothing, or a few transactions that happen to
/// have nothing in common. Of many, that would not be chance: their writes are lost.
inline bool tells_nothing(const nlohmann::ordered_json& results) {
  constexpr std::int64_t few = 5;
  const auto answered = results["stats"].value("ok-count", std::int64_t{0});
  const auto anomalies = results["workload"].value("anomaly-types", nlohmann::ordered_json());
  return answered == 0 || (answered <= few && anomalies == nlohmann::ordered_json::array({"empty-transaction-graph"}));
}

/// The verdict on a strategy's promise. One that needs a majority may find none at all in a swarm, when messages take
/// as long as clients wait, or of two nodes, when one of them is away; then what it did answer is judged. So it is when
/// no compare-and-set happened to find what it expected.
inline check::Valid verdict_on(const Cell& cell, const TestReport& report) {
  const StrategyInfo& strategy = find_strategy(find_workload(cell.workload), cell.strategy);
  const bool may_find_none = cell.nemesis == "swarm" || cell.nemesis == "slow" || cell.nodes == 2;
  const bool is_chance = cell.workload == "lin-kv" && answers_every_kind(report.run.history);
  if (!is_chance && (strategy.guarantees.available || !may_find_none)) return report.valid();
  const bool is_silent = tells_nothing(report.results());
  check::Valid worst = check::Valid::yes;
  for (const auto& [name, verdict] : report.verdict.parts()) {
    const bool counts = name != "stats" && !(name == "workload" && is_silent);
    if (counts) worst = check::worst(worst, verdict->valid);
  }
  return worst;
}

struct CellOutcome {
  check::Valid valid = check::Valid::unknown;
  /// What is wrong that the report does not show.
  std::string why = {};
  TestReport report = {};
};

/// Runs a cell with a seed. Beside the verdict, the invariants of a group must hold after every event, and lin-kv must
/// answer everything two seconds after the last fault, where latency alone lets every answer come in time.
inline CellOutcome run_cell(const Cell& cell, std::uint64_t seed) {
  TestSettings settings = settings_of(cell, seed);
  raft::Watch watch(settings);
  settings.keep_journal = cell.strategy == "raft" || cell.workload == "lin-kv";
  CellOutcome outcome;
  outcome.report = run_test(settings, [&] { return !watch.look(); });
  outcome.valid = verdict_on(cell, outcome.report);
  watch.look_at(outcome.report.run.packets);
  if (watch.violation()) {
    outcome.valid = check::Valid::no;
    outcome.why = *watch.violation();
  } else if (cell.workload == "lin-kv" && settings.latency.mean_ms <= 10) {
    const auto calm = find_calm_operations(outcome.report.run);
    if (!calm.unanswered.empty()) {
      outcome.valid = check::Valid::no;
      outcome.why = calm.unanswered.front().f + " was not answered although there was no fault, at " +
                    std::to_string(calm.unanswered.front().time_ns) + " ns";
    }
  }
  return outcome;
}

}  // namespace mznode

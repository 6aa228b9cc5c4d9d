#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "mznode/check/txn/models.hpp"
#include "mznode/sim/runner.hpp"
#include "mznode/workloads/limits.hpp"
#include "mznode/workloads/process_time.hpp"
#include "mznode/workloads/registry.hpp"
#include "mznode/workloads/story.hpp"
#include "mznode/workloads/test_verdict.hpp"

/// A test from its settings to its verdict: what `mznode test` does, without the command line.
namespace mznode {

/// The names that Maelstrom gives to topologies.
const std::vector<std::string>& topology_names();
/// Throws std::invalid_argument, naming what exists.
Topology make_topology(const std::string& name, const std::vector<std::string>& nodes);

/// The settings of a test, with Maelstrom's meaning and defaults: a member for each, which owns nothing.
struct TestSettings {
  std::string workload;
  /// The strategy of this program's own nodes and its options.
  std::string strategy;
  std::map<std::string, std::string> strategy_options;
  /// Test processes of this program, with these arguments, instead of this program's own nodes. One that takes more
  /// memory than `memory_mib` MiB is ended.
  std::optional<std::string> bin;
  std::vector<std::string> bin_args;
  std::size_t memory_mib = 2048;
  ProcessTime process_time = {};
  std::vector<std::string> nodes = {"n1", "n2", "n3", "n4", "n5"};
  /// A number of workers; with `concurrency_per_node`, that many for each node.
  std::size_t concurrency = 1;
  bool concurrency_per_node = true;
  /// Operations a second, in thousandths.
  std::int64_t rate_millis = 5'000;
  Duration time_limit = 60s;
  sim::Latency latency;
  sim::Delivery delivery = sim::Delivery::maelstrom;
  std::string topology = "grid";
  sim::KeyOptions keys = {};
  /// Fault names; "swarm" stands for a mix drawn from the seed.
  std::vector<std::string> nemesis;
  Duration nemesis_interval = 10s;
  std::uint64_t seed = 0;
  std::optional<double> availability;
  check::ConsistencyModels consistency_models;
  /// What the figures of the test must be, beside what the checkers want.
  std::vector<Limit> limits;
  /// Judge as Maelstrom where this project is stricter on purpose.
  bool compat_jepsen = false;
  LogLevel log_level = LogLevel::warn;
  bool keep_journal = true;
  /// Whether nodes that are killed find again what they had stored and synced.
  bool keep_storage = true;
  /// Told how far the run is (see sim::RunOptions).
  std::function<void(Duration elapsed, std::size_t operations)> on_progress = {};
  /// Given the strategy of every node of this program's own as it starts, which lives as long as the node's process.
  std::function<void(const std::shared_ptr<Strategy>&)> on_start = {};

  /// How many workers there are in all.
  std::size_t workers() const;
};

/// What a test will do: its settings, with what their names stand for. Nothing below looks a name up again.
struct TestPlan {
  TestSettings settings;
  const WorkloadInfo* workload = nullptr;
  /// That of this program's own nodes; none with `bin`.
  const StrategyInfo* strategy = nullptr;
  /// The faults in play, a swarm resolved.
  std::vector<Fault> faults = {};
};

/// Finds what the names in settings stand for. Throws std::invalid_argument with a message for the user for settings
/// that cannot be, such as those that no flag can check by itself.
TestPlan plan_test(TestSettings settings);

/// A test that was carried out and judged.
struct TestReport {
  /// As TestPlan has them.
  const WorkloadInfo* workload = nullptr;
  const StrategyInfo* strategy = nullptr;
  TestVerdict verdict;
  /// Why the workload's checker says no.
  std::vector<Story> stories;
  /// In which time processes ran; nothing of this program's own nodes.
  std::optional<TimeOfRun> time;
  sim::RunResult run;
  /// The faults that were in play, a swarm resolved.
  std::vector<Fault> faults;
  /// What each node logged, a line an entry.
  std::map<std::string, std::vector<std::string>> logs;
  /// When it logged each of them, on the clock of the run.
  std::map<std::string, std::vector<Time>> log_times;

  check::Valid valid() const { return verdict.valid(); }
  /// What became of the limits that the user has set; null when there are none.
  const LimitsFinding* limits() const { return verdict.expect ? verdict.expect->found<LimitsFinding>() : nullptr; }
  /// As results.json has them.
  nlohmann::ordered_json results() const;
};

/// Holds a test of transactions to the model that its strategy promises, in the place of Maelstrom's default.
void hold_to_promise(TestSettings& settings);

/// Runs a test on this program's own nodes in virtual time and judges it: the same settings give the same report. With
/// `bin` it runs on child processes, in virtual time where the machine allows it.
/// `should_stop` is asked often; when it returns true the run ends with what it has. With settings in the place of a
/// plan it throws what plan_test() does.
TestReport run_test(const TestPlan& plan, const std::function<bool()>& should_stop);
TestReport run_test(const TestSettings& settings, const std::function<bool()>& should_stop);

}  // namespace mznode

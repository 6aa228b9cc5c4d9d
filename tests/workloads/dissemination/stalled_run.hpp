#pragma once

#include <algorithm>
#include <map>
#include <string>

#include "mznode/check/registry.hpp"
#include "mznode/sim/sim_host.hpp"
#include "mznode/workloads/harness.hpp"
#include "mznode/workloads/registry.hpp"
#include "tests/workloads/dissemination/stalls.hpp"

namespace mznode::stalls {

struct Figures {
  bool is_valid = true;
  double messages_per_operation = 0;
  double median_ms = 0;
  double max_ms = 0;
};

/// The test of 25 nodes, 100 ms apart, with 100 operations a second for 20 s, on a machine that stalls: its figures
/// with a strategy of broadcast.
inline Figures broadcast_figures(const std::string& strategy, const std::map<std::string, std::string>& options,
                                 const Stalls& stalls, std::uint64_t seed) {
  const WorkloadInfo& workload = find_workload("broadcast");
  const StrategyInfo& chosen = find_strategy(workload, strategy);
  const OptionValues values(chosen.options, options);
  sim::RunOptions run;
  run.nodes = sim::node_names(25);
  run.concurrency = run.nodes.size();
  run.mean_interval = 10ms;
  run.time_limit = 20s;
  run.latency.mean_ms = 100;
  run.topology = make_topology("grid", run.nodes);
  run.seed = seed;
  const sim::MakeHost make_host = [&](sim::Network& network, sim::Engine& engine) -> std::unique_ptr<sim::Host> {
    const sim::Installer installer = [&](Node& node) -> std::shared_ptr<void> {
      node.set_client_timeout(workload.client_timeout);
      return chosen.install(node, values);
    };
    auto host = std::make_unique<sim::SimHost>(engine.timers, seed, installer, LogLevel::warn);
    host->attach(network);
    return stalling(std::move(host), stalls, seed, run.nodes, network, engine);
  };
  const sim::RunResult result = sim::run(workload.test, run, make_host, [] { return false; });
  const check::Verdict verdict = check::find_checker("broadcast")->check(result.history, {});
  const auto operations = std::count_if(result.history.begin(), result.history.end(), [](const auto& operation) {
    return operation.is_client() && operation.type == check::Type::invoke;
  });
  const auto latencies = to_details(verdict)["stable-latencies"];
  return {.is_valid = verdict.valid == check::Valid::yes && result.failures.empty() && !result.error,
          .messages_per_operation = static_cast<double>(result.net.servers.sent) / static_cast<double>(operations),
          .median_ms = latencies["0.5"].get<double>(),
          .max_ms = latencies["1"].get<double>()};
}

}  // namespace mznode::stalls

#include "mznode/workloads/harness.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>
#include <utility>

#include "mznode/check/registry.hpp"
#include "mznode/json/suggestion.hpp"
#include "mznode/node/storage.hpp"
#include "mznode/sim/nemesis.hpp"
#include "mznode/sim/process_host.hpp"
#include "mznode/sim/services.hpp"
#include "mznode/sim/sim_host.hpp"
#include "mznode/workloads/judge.hpp"

namespace mznode {
namespace {

/// What a swarm may draw from: what the strategy claims to survive; for the nodes of others, and for strategies that
/// promise nothing, whatever a network can do and a pause.
std::vector<Fault> survivable_faults(const StrategyInfo* strategy) {
  if (strategy == nullptr) return message_faults();
  const Guarantees& promised = strategy->guarantees;
  return promised.promises_nothing() ? message_faults() : promised.survives;
}

std::vector<Fault> resolve_faults(const TestSettings& settings, const StrategyInfo* strategy) {
  std::vector<Fault> faults;
  for (const auto& name : settings.nemesis) {
    if (name == "swarm") {
      const auto drawn = sim::swarm(survivable_faults(strategy), settings.seed);
      faults.insert(faults.end(), drawn.begin(), drawn.end());
    } else if (const auto fault = parse_fault(name)) {
      faults.push_back(*fault);
    } else {
      std::vector<std::string_view> known;
      for (const Fault each : all_faults()) known.push_back(fault_name(each));
      known.push_back("swarm");
      throw std::invalid_argument(unknown_word("fault", name, known));
    }
  }
  std::sort(faults.begin(), faults.end());
  faults.erase(std::unique(faults.begin(), faults.end()), faults.end());
  return faults;
}

/// Nodes share one network with clients and services, which go by their names.
void validate_nodes(const std::vector<std::string>& nodes) {
  const auto services = sim::default_services(0);
  std::set<std::string> known;
  for (const std::string& node : nodes) {
    if (!known.insert(node).second) {
      throw std::invalid_argument("--nodes has " + node + " twice; give every node a name of its own");
    }
    if (sim::is_client_name(node) || services.contains(node)) {
      throw std::invalid_argument("no node can be called " + node + ", which is the name of a " +
                                  (services.contains(node) ? "service" : "client") + "; give --nodes another one");
    }
    if (Json(node).as_string() != node) {
      throw std::invalid_argument("--nodes has a name that is not UTF-8; messages could not carry it");
    }
    if (!can_name_a_file(node)) {
      throw std::invalid_argument("no node can be called \"" + node +
                                  "\", because files have the names of nodes: give " +
                                  "--nodes one without / and without . at its beginning");
    }
  }
}

sim::RunOptions run_options(const TestPlan& plan) {
  const TestSettings& settings = plan.settings;
  constexpr std::int64_t ns_per_s = 1'000'000'000;
  return {.nodes = settings.nodes,
          .concurrency = settings.workers(),
          .mean_interval = Duration(settings.rate_millis == 0 ? 0 : ns_per_s * 1000 / settings.rate_millis),
          .time_limit = settings.time_limit,
          .latency = settings.latency,
          .delivery = settings.delivery,
          .topology = make_topology(settings.topology, settings.nodes),
          .keys = settings.keys,
          .compat_jepsen = settings.compat_jepsen,
          .faults = plan.faults,
          .nemesis_interval = settings.nemesis_interval,
          .seed = settings.seed,
          .keep_journal = settings.keep_journal,
          .on_progress = settings.on_progress};
}

std::unique_ptr<sim::Host> sim_host(const TestPlan& plan, sim::Network& network, sim::Engine& engine) {
  const TestSettings& settings = plan.settings;
  const OptionValues options(plan.strategy->options, settings.strategy_options);
  const sim::Installer installer = [&plan, options](Node& node) -> std::shared_ptr<void> {
    node.set_client_timeout(plan.workload->client_timeout);
    const std::shared_ptr<Strategy> installed = plan.strategy->install(node, options);
    if (plan.settings.on_start) plan.settings.on_start(installed);
    return installed;
  };
  auto host = std::make_unique<sim::SimHost>(engine.timers, engine.chance, installer, settings.log_level);
  host->attach(network);
  if (!settings.keep_storage) host->forget_storage();
  return host;
}

}  // namespace

const std::vector<std::string>& topology_names() {
  static const std::vector<std::string> names = {"line", "grid", "tree", "tree2", "tree3", "tree4", "total"};
  return names;
}

Topology make_topology(const std::string& name, const std::vector<std::string>& nodes) {
  if (name == "line") return line_topology(nodes);
  if (name == "grid") return grid_topology(nodes);
  if (name == "tree" || name == "tree2") return tree_topology(nodes, 2);
  if (name == "tree3") return tree_topology(nodes, 3);
  if (name == "tree4") return tree_topology(nodes, 4);
  if (name == "total") return total_topology(nodes);
  throw std::invalid_argument(unknown_word("topology", name, {topology_names().begin(), topology_names().end()}));
}

std::size_t TestSettings::workers() const {
  return concurrency * (concurrency_per_node ? nodes.size() : 1);
}

nlohmann::ordered_json TestReport::results() const {
  nlohmann::ordered_json results = verdict.to_details();
  if (!stories.empty()) results["stories"] = mznode::to_details(stories);
  if (time) results["time"] = time->to_details();
  return results;
}

void hold_to_promise(TestSettings& settings) {
  const WorkloadInfo& workload = find_workload(settings.workload);
  if (workload.module != "txn") return;
  const std::string& model = find_strategy(workload, settings.strategy).guarantees.model;
  if (model.empty()) return;
  settings.consistency_models = check::ConsistencyModels::parse(model);
}

TestPlan plan_test(TestSettings settings) {
  const WorkloadInfo& workload = find_workload(settings.workload);
  const StrategyInfo* strategy = nullptr;
  if (settings.bin) {
    sim::resolve_program(*settings.bin);
    is_virtual(settings);
  } else {
    strategy = &find_strategy(workload, settings.strategy);
    const OptionValues options(strategy->options, settings.strategy_options);
  }
  const bool is_completed = workload.checker != nullptr && workload.checker->has_complete_checks;
  const auto unchecked = settings.consistency_models.unchecked(is_completed);
  if (workload.module == "txn" && unchecked && !settings.compat_jepsen) throw std::invalid_argument(*unchecked);
  validate_nodes(settings.nodes);
  std::vector<Fault> faults = resolve_faults(settings, strategy);
  make_topology(settings.topology, settings.nodes);
  if (settings.latency.shape != sim::Latency::Shape::constant && settings.latency.mean_ms == 0) {
    throw std::invalid_argument("--latency-dist needs a --latency above 0");
  }
  return {.settings = std::move(settings), .workload = &workload, .strategy = strategy, .faults = std::move(faults)};
}

TestReport run_test(const TestSettings& settings, const std::function<bool()>& should_stop) {
  return run_test(plan_test(settings), should_stop);
}

TestReport run_test(const TestPlan& plan, const std::function<bool()>& should_stop) {
  const TestSettings& settings = plan.settings;
  TestReport report;
  report.workload = plan.workload;
  report.strategy = plan.strategy;
  report.faults = plan.faults;
  if (settings.bin) report.time.emplace();
  const sim::MakeHost make_host = [&](sim::Network& network, sim::Engine& engine) {
    auto host = settings.bin ? process_host(settings, network, engine, *report.time) : sim_host(plan, network, engine);
    host->on_log([&report, &engine](const std::string& node, std::string_view line) {
      report.logs[node].emplace_back(line);
      report.log_times[node].push_back(engine.now());
    });
    return host;
  };
  report.run = sim::run(plan.workload->test, run_options(plan), make_host, should_stop);
  report.verdict = judge(plan, report.run);
  report.stories = stories(report.run, report.verdict, settings.nodes, settings.workers());
  return report;
}

}  // namespace mznode

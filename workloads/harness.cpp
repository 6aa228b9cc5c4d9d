#include "mznode/workloads/harness.hpp"

#include <algorithm>
#include <set>
#include <sstream>
#include <stdexcept>

#include "mznode/check/lack_of_time.hpp"
#include "mznode/check/stats.hpp"
#include "mznode/json/suggestion.hpp"
#include "mznode/node/storage.hpp"
#include "mznode/sim/nemesis.hpp"
#include "mznode/sim/process_host.hpp"
#include "mznode/sim/services.hpp"
#include "mznode/sim/sim_host.hpp"
#include "symptoms.hpp"

namespace mznode {
namespace {

using nlohmann::ordered_json;

/// What a swarm may draw from: what the strategy claims to survive; for the nodes of others, and for strategies that
/// promise nothing, whatever a network can do and a pause.
std::vector<Fault> survivable_faults(const TestSettings& settings) {
  if (settings.bin) return message_faults();
  const Guarantees& promised = find_strategy(find_workload(settings.workload), settings.strategy).guarantees;
  return promised.promises_nothing() ? message_faults() : promised.survives;
}

std::vector<Fault> resolve_faults(const TestSettings& settings) {
  std::vector<Fault> faults;
  for (const auto& name : settings.nemesis) {
    if (name == "swarm") {
      const auto drawn = sim::swarm(survivable_faults(settings), settings.seed);
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

std::size_t workers_of(const TestSettings& settings) {
  return settings.concurrency * (settings.concurrency_per_node ? settings.nodes.size() : 1);
}

sim::RunOptions run_options(const TestSettings& settings, const std::vector<Fault>& faults) {
  constexpr std::int64_t ns_per_s = 1'000'000'000;
  return {.nodes = settings.nodes,
          .concurrency = workers_of(settings),
          .mean_interval = Duration(settings.rate_millis == 0 ? 0 : ns_per_s * 1000 / settings.rate_millis),
          .time_limit = settings.time_limit,
          .latency = settings.latency,
          .delivery = settings.delivery,
          .topology = make_topology(settings.topology, settings.nodes),
          .keys = settings.keys,
          .compat_jepsen = settings.compat_jepsen,
          .faults = faults,
          .nemesis_interval = settings.nemesis_interval,
          .seed = settings.seed,
          .keep_journal = settings.keep_journal,
          .on_progress = settings.on_progress};
}

ordered_json counts(const sim::Network::Counts& counts, std::size_t operations, bool per_operation) {
  ordered_json json = {{"send-count", counts.sent}, {"recv-count", counts.received}, {"msg-count", counts.sent}};
  if (per_operation && operations > 0) {
    json["msgs-per-op"] = static_cast<double>(counts.sent) / static_cast<double>(operations);
  }
  return json;
}

/// As Maelstrom's net.checker: distinct messages a client operation, reads included.
check::Verdict judge_network(const sim::RunResult& run) {
  const auto operations = static_cast<std::size_t>(
      std::count_if(run.history.begin(), run.history.end(), [](const check::Operation& operation) {
        return operation.is_client() && operation.type == check::Type::invoke;
      }));
  check::Verdict verdict(check::Valid::yes);
  verdict.details["all"] = counts(run.net.all, operations, true);
  verdict.details["clients"] = counts(run.net.clients, operations, false);
  verdict.details["servers"] = counts(run.net.servers, operations, true);
  if (operations > 0) {
    verdict.details["servers"]["bytes-per-op"] =
        static_cast<double>(run.net.server_bytes) / static_cast<double>(operations);
  }
  return verdict;
}

std::pair<std::string, std::vector<std::string>> first_line_and_rest(const std::string& text) {
  std::istringstream lines(text);
  std::pair<std::string, std::vector<std::string>> parts;
  std::getline(lines, parts.first);
  for (std::string line; std::getline(lines, line);) parts.second.push_back(line);
  return parts;
}

double milliseconds(Duration duration) {
  return static_cast<double>(duration.count()) / 1e6;
}

bool has_begun(const sim::RunResult& run) {
  return std::any_of(run.history.begin(), run.history.end(),
                     [](const check::Operation& operation) { return operation.is_client(); });
}

/// What the bench itself did: how many operations a second it was to begin and did begin, and how late it was.
check::Verdict judge_bench(const TestSettings& settings, const sim::RunResult& run) {
  check::Verdict verdict = has_begun(run) || run.error || run.interrupted
                               ? check::Verdict(check::Valid::yes)
                               : check::Verdict::unknown(
                                     "no operation was begun, so there is nothing to judge; give it "
                                     "a --rate above 0, or a longer --time-limit");
  const Duration lasted = std::min(run.duration, settings.time_limit);
  if (settings.rate_millis > 0 && lasted > Duration::zero()) {
    const auto begun = std::count_if(run.history.begin(), run.history.end(), [&](const check::Operation& operation) {
      return operation.is_client() && operation.type == check::Type::invoke && operation.time_ns <= lasted.count();
    });
    verdict.details["rate-asked"] = static_cast<double>(settings.rate_millis) / 1e3;
    verdict.details["rate-reached"] = static_cast<double>(begun) * 1e3 / milliseconds(lasted);
  }
  if (run.lag) {
    verdict.details["longest-lag-ms"] = milliseconds(run.lag->longest);
    verdict.details["lag-ms"] = milliseconds(run.lag->total);
    if (run.lag->starved > Duration::zero()) verdict.details["starved-ms"] = milliseconds(run.lag->starved);
  }
  return verdict;
}

/// How long the nodes had at least for whatever a checker misses: half of a short run, and of any other the quiet phase
/// before the last reads.
Duration patience_of(const sim::RunResult& run) {
  return std::min(run.duration / 2, sim::quiet_phase);
}

/// Of a run in which the bench was late, what nodes lack that they may have had no time for is not known to be their
/// fault. What is wrong however long one waits stays so.
check::Verdict of_a_late_bench(check::Verdict verdict, const sim::RunResult& run, Duration patience) {
  const bool is_excused = verdict.valid == check::Valid::no && check::may_lack_time(verdict) && run.lag &&
                          run.lag->may_explain_lateness(patience);
  if (!is_excused) return verdict;
  const auto seconds = [](Duration duration) {
    const std::string thousandths = std::to_string(1000 + duration / 1ms % 1000);
    return std::to_string(duration / 1s) + "." + thousandths.substr(1) + " s";
  };
  verdict.valid = check::Valid::unknown;
  verdict.details["valid?"] = check::to_details(verdict.valid);
  const bool is_starved = run.lag->starved > patience / 2;
  std::string error = is_starved ? "the node waited " + seconds(run.lag->starved) + " for a processor that others used"
                                 : "the bench itself was late by up to " + seconds(run.lag->longest) + " (" +
                                       seconds(run.lag->total) + " in all)";
  error +=
      ", so this may be the machine's doing and not the nodes'; run it again on one with less to do, with fewer nodes, "
      "or with a lower --rate";
  if (verdict.details.contains("error")) error += ". What was missed: " + verdict.details["error"].get<std::string>();
  verdict.details["error"] = error;
  return verdict;
}

/// A failure's evidence, behind a line that names the node unless `is_told` says that another line does.
void explain(const sim::NodeFailure& failure, bool is_told, std::vector<std::string>& explanation) {
  const auto [what, rest] = first_line_and_rest(failure.description);
  if (!is_told) explanation.push_back("node " + failure.node + " " + what);
  explanation.insert(explanation.end(), rest.begin(), rest.end());
}

/// Nodes that Maelstrom would have stopped listening to, and replies that it would not have taken.
check::Verdict judge_nodes(const sim::RunResult& run) {
  const bool failed = run.error || !run.failures.empty() || !run.malformed_replies.empty();
  check::Verdict verdict(failed ? check::Valid::no : run.interrupted ? check::Valid::unknown : check::Valid::yes);
  check::note_lack_of_time(verdict,
                           run.waited_in_vain.has_value() && run.failures.empty() && run.malformed_replies.empty());
  std::vector<std::string> explanation;
  if (run.error) {
    const auto [why, log] = first_line_and_rest(*run.error);
    verdict.details["error"] = why;
    explanation = log;
  }
  if (run.interrupted) verdict.details["interrupted"] = true;
  const auto is_told = [&](const sim::NodeFailure& failure) {
    const std::string what = first_line_and_rest(failure.description).first;
    return run.error && run.error->find("node " + failure.node + " " + what) != std::string::npos;
  };
  for (const sim::NodeFailure& failure : run.failures) {
    verdict.details["failures"].push_back({{"node", failure.node}, {"description", failure.description}});
    if (is_told(failure)) explain(failure, true, explanation);
  }
  for (const sim::NodeFailure& failure : run.failures) {
    if (!is_told(failure)) explain(failure, false, explanation);
  }
  constexpr std::size_t shown = 10;
  for (std::size_t i = 0; i < std::min(shown, run.malformed_replies.size()); ++i) {
    verdict.details["malformed-replies"].push_back(run.malformed_replies[i]);
    const bool comes_first = i == 0 && !verdict.details.contains("error");
    if (comes_first) verdict.details["error"] = run.malformed_replies[i];
    if (!comes_first && i < 3) explanation.push_back(run.malformed_replies[i]);
  }
  if (!explanation.empty()) verdict.details["explanation"] = explanation;
  return verdict;
}

/// Of a run that was interrupted, what came to an end only later is not known to be missing.
check::Verdict of_a_beginning(const check::Verdict& verdict) {
  return verdict.valid == check::Valid::no ? check::Verdict::unknown("the run was interrupted") : verdict;
}

check::Verdict judge_history(const TestSettings& settings, const sim::RunResult& run) {
  check::CheckOptions options;
  options.compat_jepsen = settings.compat_jepsen;
  options.availability = settings.availability;
  options.strict_null_reads = !settings.compat_jepsen;  // nothing here writes null, so it would be a loss
  options.consistency_models = settings.consistency_models;
  options.strongest_models = true;
  check::Verdict workload = find_workload(settings.workload).judge(run.history, options);
  if (!has_begun(run)) workload = check::Verdict::unknown("no operation was begun");
  check::Verdict stats = check::check_stats(run.history);
  check::Verdict availability = check::check_availability(run.history, options);
  if (run.interrupted) {
    const sim::TestSpec& test = find_workload(settings.workload).test;
    if (test.final_operation || test.final_time_limit) workload = of_a_beginning(workload);
    stats = of_a_beginning(stats);
    availability = of_a_beginning(availability);
  }
  const Duration patience = patience_of(run);
  const Duration nodes_patience = run.waited_in_vain.value_or(patience);
  check::Verdict verdict = check::compose({{"perf", check::check_perf(run.history)},
                                           {"stats", of_a_late_bench(stats, run, patience)},
                                           {"availability", of_a_late_bench(availability, run, patience)},
                                           {"nodes", of_a_late_bench(judge_nodes(run), run, nodes_patience)},
                                           {"net", judge_network(run)},
                                           {"bench", judge_bench(settings, run)},
                                           {"workload", of_a_late_bench(workload, run, patience)}});
  if (verdict.valid == check::Valid::yes || run.interrupted) return verdict;
  const std::vector<std::string> seen = symptoms(run, settings.nodes, workers_of(settings));
  if (!seen.empty()) verdict.details["symptoms"] = seen;
  return verdict;
}

std::unique_ptr<sim::Host> sim_host(const TestSettings& settings, sim::Network& network, sim::Loop& loop) {
  const WorkloadInfo& workload = find_workload(settings.workload);
  const StrategyInfo& strategy = find_strategy(workload, settings.strategy);
  const OptionValues options(strategy.options, settings.strategy_options);
  const sim::Installer installer = [&settings, &workload, &strategy, options](Node& node) -> std::shared_ptr<void> {
    node.set_client_timeout(workload.client_timeout);
    const std::shared_ptr<Strategy> installed = strategy.install(node, options);
    if (settings.on_start) settings.on_start(installed);
    return installed;
  };
  auto host = std::make_unique<sim::SimHost>(loop.timers, settings.seed, installer, settings.log_level);
  host->attach(network);
  if (!settings.keep_storage) host->forget_storage();
  return host;
}

}  // namespace

check::Verdict judge(const TestSettings& settings, const sim::RunResult& run) {
  check::Verdict verdict = judge_history(settings, run);
  if (settings.limits.empty()) return verdict;
  check::Verdict limits = judge_limits(settings.limits, verdict.details, run, settings.time_limit);
  if (run.interrupted && limits.valid == check::Valid::no) {
    limits.valid = check::Valid::unknown;
    limits.details["valid?"] = check::to_details(limits.valid);
  }
  verdict.valid = check::worst(verdict.valid, limits.valid);
  verdict.details["valid?"] = check::to_details(verdict.valid);
  verdict.details["expect"] = std::move(limits.details);
  return verdict;
}

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

void hold_to_promise(TestSettings& settings) {
  const WorkloadInfo& workload = find_workload(settings.workload);
  if (workload.module != "txn") return;
  const std::string& model = find_strategy(workload, settings.strategy).guarantees.model;
  if (model.empty()) return;
  settings.consistency_models = check::ConsistencyModels::parse(model);
}

void validate(const TestSettings& settings) {
  const WorkloadInfo& workload = find_workload(settings.workload);
  if (settings.bin) {
    sim::resolve_program(*settings.bin);
    is_virtual(settings);
  } else {
    const StrategyInfo& strategy = find_strategy(workload, settings.strategy);
    const OptionValues options(strategy.options, settings.strategy_options);
  }
  const auto unchecked = settings.consistency_models.unchecked();
  if (workload.module == "txn" && unchecked && !settings.compat_jepsen) throw std::invalid_argument(*unchecked);
  validate_nodes(settings.nodes);
  resolve_faults(settings);
  make_topology(settings.topology, settings.nodes);
  if (settings.latency.shape != sim::Latency::Shape::constant && settings.latency.mean_ms == 0) {
    throw std::invalid_argument("--latency-dist needs a --latency above 0");
  }
}

TestReport run_test(const TestSettings& settings, const std::function<bool()>& should_stop) {
  validate(settings);
  TestReport report;
  report.faults = resolve_faults(settings);
  const sim::Host::OnLog keep_log = [&report](const std::string& node, std::string_view line) {
    report.logs[node].emplace_back(line);
  };
  nlohmann::ordered_json time;
  const sim::MakeHost make_host = [&](sim::Network& network, sim::Loop& loop) {
    auto host = settings.bin ? process_host(settings, network, loop, time) : sim_host(settings, network, loop);
    host->on_log(keep_log);
    return host;
  };
  report.run =
      sim::run(find_workload(settings.workload).test, run_options(settings, report.faults), make_host, should_stop);
  const check::Verdict verdict = judge(settings, report.run);
  report.valid = verdict.valid;
  report.results = verdict.details;
  if (settings.bin) report.results["time"] = time;
  return report;
}

}  // namespace mznode

#include "test_options.hpp"

#include <stdexcept>
#include <thread>
#include <tuple>

#include "command_line.hpp"
#include "mznode/workloads/registry.hpp"
#include "process_options.hpp"
#include "program.hpp"

namespace mznode::app {
namespace {

constexpr std::int64_t max_nodes = 1'000;
constexpr std::size_t max_keys_and_writes = 100'000;
constexpr std::int64_t max_latency_ms = 3'600'000;
constexpr std::uint64_t max_seeds = 10'000'000;

/// A number that is part of a value; the flag as a whole takes `takes`.
std::uint64_t number_in(const std::string& flag, const std::string& takes, std::string_view text) {
  try {
    return whole_number(flag, text, std::uint64_t{0}, UINT64_MAX);
  } catch (const std::invalid_argument&) {
    refuse_value(flag, takes, text);
  }
}

std::pair<std::uint64_t, std::uint64_t> two_numbers(const std::string& flag, const std::string& takes,
                                                    std::string_view text, std::string_view separator) {
  const std::size_t at = text.find(separator);
  if (at == std::string_view::npos) refuse_value(flag, takes, std::string(text));
  const std::uint64_t first = number_in(flag, takes, text.substr(0, at));
  return {first, number_in(flag, takes, text.substr(at + separator.size()))};
}

void set_nodes(const TestFlags& flags, TestSettings& settings) {
  if (!flags.nodes.empty()) settings.nodes = split_list("--nodes", flags.nodes);
  if (flags.node_count > 0) settings.nodes = sim::node_names(static_cast<std::size_t>(flags.node_count));
}

void set_keys(const TestFlags& flags, TestSettings& settings) {
  using Keys = sim::KeyOptions;
  settings.keys = flags.keys;
  if (flags.writes_dist == "zipf") {
    settings.keys.writes = Keys::Writes::zipf;
  } else if (flags.writes_dist != "constant") {
    refuse_value("--writes-dist", "constant or zipf", flags.writes_dist);
  }
  if (flags.assign_from == "committed") {
    settings.keys.assign_from = Keys::AssignFrom::committed;
  } else if (flags.assign_from != "beginning") {
    refuse_value("--assign-from", "beginning or committed", flags.assign_from);
  }
}

void set_concurrency(const std::string& text, TestSettings& settings) {
  const std::string takes = "a number of clients such as 10, or a multiple of the nodes such as 4n";
  settings.concurrency_per_node = !text.empty() && text.back() == 'n';
  const auto digits = std::string_view(text).substr(0, text.size() - (settings.concurrency_per_node ? 1 : 0));
  constexpr std::uint64_t max_concurrency = 100'000;
  settings.concurrency = number_in("--concurrency", takes, digits);
  if (settings.concurrency == 0) refuse_value("--concurrency", takes, text);
  if (settings.concurrency > max_concurrency / (settings.concurrency_per_node ? settings.nodes.size() : 1)) {
    refuse_value("--concurrency", "at most " + std::to_string(max_concurrency) + " clients", text);
  }
}

void set_availability(const std::string& text, TestSettings& settings) {
  if (text.empty()) return;
  if (text == "total") {
    settings.availability = 1.0;
    return;
  }
  const std::string takes = "total or a number from 0 to 1 (at most three decimals)";
  const std::int64_t parts = thousandths("--availability", text, takes);
  if (parts > 1000) refuse_value("--availability", takes, text);
  settings.availability = static_cast<double>(parts) / 1000;
}

void set_network(const TestFlags& flags, TestSettings& settings) {
  settings.latency.mean_ms = flags.latency;
  if (flags.latency_dist == "uniform") {
    settings.latency.shape = sim::Latency::Shape::uniform;
  } else if (flags.latency_dist == "exponential") {
    settings.latency.shape = sim::Latency::Shape::exponential;
  } else if (flags.latency_dist != "constant") {
    refuse_value("--latency-dist", "constant, uniform or exponential", flags.latency_dist);
  }
  if (flags.delivery == "ideal") {
    settings.delivery = sim::Delivery::ideal;
  } else if (flags.delivery != "maelstrom") {
    refuse_value("--delivery", "maelstrom or ideal", flags.delivery);
  }
}

Duration milliseconds(std::int64_t count) {
  return std::chrono::milliseconds(count);
}

}  // namespace

void declare(CLI::App& app, TestFlags& flags) {
  app.option_defaults()->always_capture_default();
  app.allow_extras();  // the options of a strategy, which is not known yet
  app.option_defaults()->group("The test");
  app.add_option("-w,--workload", flags.workload, "what to test (mznode list shows all)")
      ->required()
      ->type_name("NAME");
  add_number(app, "--node-count", flags.node_count, std::int64_t{1}, max_nodes, "that many nodes n0, n1, …")
      ->default_str("");
  app.add_option("--nodes", flags.nodes, "their names, separated by commas")
      ->default_str("n1,n2,n3,n4,n5")
      ->type_name("NAMES")
      ->excludes("--node-count");
  app.add_option("--concurrency", flags.concurrency, "clients; 4n is four a node")
      ->default_str("1n; lin-kv: 2n")
      ->type_name("N");
  app.add_option("--rate", flags.rate, "operations a second")->type_name("N");
  app.add_option("--time-limit", flags.time_limit, "seconds of operations")->type_name("S");
  app.add_option("--availability", flags.availability, "fraction that must succeed, or total")->type_name("F");
  app.add_option("--consistency-models", flags.consistency_models, "txn: what must be satisfied, separated by commas")
      ->default_str("as promised; --bin: strict-serializable")
      ->type_name("NAMES");
  app.add_option("--compat", flags.compat, "jepsen: be no stricter than Maelstrom")
      ->check(CLI::IsMember({"jepsen"}))
      ->type_name("NAME");
  const auto add_count = [&app](const std::string& name, std::size_t& value, const std::string& summary) {
    add_number(app, name, value, std::size_t{1}, max_keys_and_writes, summary);
  };
  add_count("--key-count", flags.keys.key_count, "kafka, txn: keys in use at a time");
  add_count("--max-txn-length", flags.keys.max_txn_length, "txn: most operations of a transaction");
  add_count("--max-writes-per-key", flags.keys.max_writes_per_key, "kafka, txn: then it is replaced by a new one");
  app.add_option("--writes-dist", flags.writes_dist, "all of these (constant), or zipf")->type_name("NAME");
  app.add_option("--assign-from", flags.assign_from, "kafka: beginning or committed")->type_name("NAME");
  app.add_option("--seed", flags.seed, "where all chance comes from")->type_name("N");
  app.add_option("--seeds", flags.seeds, "a range of them instead, such as 1..1000")
      ->type_name("RANGE")
      ->excludes("--seed");
  add_number(app, "--test-count", flags.test_count, std::int64_t{1}, static_cast<std::int64_t>(max_seeds),
             "that many seeds from --seed on")
      ->excludes("--seeds");
  app.add_option("--shard", flags.shard, "run part i of n of the seeds, as i/n")->type_name("I/N");
  app.option_defaults()->group("The network");
  add_number(app, "--latency", flags.latency, std::int64_t{0}, max_latency_ms, "mean latency between nodes")
      ->type_name("MS");
  app.add_option("--latency-dist", flags.latency_dist, "constant, uniform or exponential")->type_name("NAME");
  app.add_option("--delivery", flags.delivery, "maelstrom (one by one), ideal")->type_name("NAME");
  app.add_option("--topology", flags.topology, "line, grid, tree, tree2 … tree4 or total")->type_name("NAME");
  std::string faults;
  for (const Fault fault : all_faults()) faults += (faults.empty() ? "" : ", ") + std::string(fault_name(fault));
  app.add_option("--nemesis", flags.nemesis, faults + "; or swarm")->type_name("FAULTS");
  app.add_option("--nemesis-interval", flags.nemesis_interval, "mean seconds between its changes")->type_name("S");
  app.add_flag("--no-storage", flags.no_storage, "a kill takes what the node had stored, too");
}

TestSettings test_settings(const TestFlags& flags) {
  TestSettings settings;
  settings.workload = flags.workload;
  set_nodes(flags, settings);
  const auto by_default = [&] {
    return std::to_string(find_workload(flags.workload).test.default_workers_per_node) + "n";
  };
  set_concurrency(flags.concurrency.empty() ? by_default() : flags.concurrency, settings);
  settings.rate_millis = thousandths("--rate", flags.rate);
  settings.time_limit = milliseconds(thousandths("--time-limit", flags.time_limit));
  set_network(flags, settings);
  settings.topology = flags.topology;
  settings.nemesis = split_list("--nemesis", flags.nemesis);
  settings.nemesis_interval = milliseconds(thousandths("--nemesis-interval", flags.nemesis_interval));
  if (settings.nemesis_interval <= Duration::zero())
    refuse_value("--nemesis-interval", "seconds above 0", flags.nemesis_interval);
  set_availability(flags.availability, settings);
  if (!flags.consistency_models.empty()) {
    split_list("--consistency-models", flags.consistency_models);
    settings.consistency_models = check::ConsistencyModels::parse(flags.consistency_models);
  }
  settings.compat_jepsen = flags.compat == "jepsen";
  set_keys(flags, settings);
  settings.seed = whole_number("--seed", flags.seed, std::uint64_t{0}, UINT64_MAX);
  settings.keep_storage = !flags.no_storage;
  return settings;
}

std::optional<SeedRange> seed_range(const TestFlags& flags) {
  SeedRange range;
  if (!flags.seeds.empty()) {
    const std::string takes = "a range such as 1..1000";
    std::tie(range.first, range.last) = two_numbers("--seeds", takes, flags.seeds, "..");
    if (range.last < range.first) refuse_value("--seeds", takes, flags.seeds);
  } else {
    range.first = whole_number("--seed", flags.seed, std::uint64_t{0}, UINT64_MAX);
    range.last = range.first + static_cast<std::uint64_t>(flags.test_count) - 1;
    if (range.last < range.first)
      refuse_value("--test-count", "as many seeds as there are behind --seed", std::to_string(flags.test_count));
  }
  if (!flags.shard.empty()) {
    const std::string takes = "a part such as 2/8";
    std::tie(range.shard, range.shards) = two_numbers("--shard", takes, flags.shard, "/");
    if (range.shard < 1 || range.shard > range.shards) refuse_value("--shard", takes, flags.shard);
  }
  if (range.size() > max_seeds) {
    throw std::invalid_argument("these are more than " + std::to_string(max_seeds) +
                                " seeds; --shard 1/N takes a part of them");
  }
  if (!flags.seeds.empty() || flags.test_count > 1) return range;
  if (!flags.shard.empty())
    throw std::invalid_argument("--shard takes a part of several seeds; give --seeds or --test-count, too");
  return std::nullopt;
}

namespace {

/// The options of `mznode test`, and what they set.
struct TestLine {
  TestFlags flags;
  std::string strategy;
  std::string bin;
  ProcessFlags processes;
  std::string expect;
  TestCommand command;
  CLI::App app{"Runs Maelstrom's tests in virtual time (or on processes, with --bin)."};

  TestLine() {
    app.name(called("mznode test -w NAME [options] [-- arguments for --bin]"));
    command.jobs = 0;
    declare(app, flags);
    app.option_defaults()->group("The nodes, and the output");
    app.add_option("-s,--strategy", strategy, "how nodes solve it; the first unless given")->type_name("NAME");
    app.add_option("--bin", bin, "test processes of this program instead")->type_name("FILE");
    declare(app, processes);
    add_number(app, "--jobs", command.jobs, 1U, 1024U, "seeds that run at once")->default_str("a processor each");
    app.add_option("--expect", expect, "limits, such as 'msgs-per-op<30,stable-max<600'")->type_name("LIMITS");
    app.add_flag("--shrink", command.shrink, "seek the shortest, mildest run that fails");
    app.add_flag("--self-check", command.self_check, "run twice and compare the bytes of all messages");
    app.add_flag("--json", command.json, "print results.json, of --seeds a line a seed")->excludes("--shrink");
    app.add_option("--report", command.report, "write a page about the test (HTML)")->type_name("FILE");
    app.add_option("--store", command.store, "directory for results; empty for none")->type_name("DIR");
    app.add_flag("--log-stderr", command.log_stderr, "print what the nodes log");
    app.add_flag("--log-net-send", command.log_net_send, "print every message as it is sent");
    app.add_flag("--log-net-recv", command.log_net_recv, "print every message as it is received");
  }
};

/// The strategy whose options may be given; none when the nodes are processes.
std::vector<const StrategyInfo*> strategies_of(const TestSettings& settings) {
  if (settings.bin) return {};
  return {&find_strategy(find_workload(settings.workload), settings.strategy)};
}

/// Throws std::invalid_argument for what would do nothing, because it is about the other kind of nodes.
void refuse_what_takes_other_nodes(const TestCommand& command) {
  const TestSettings& settings = command.settings;
  if (!settings.bin && !settings.bin_args.empty()) {
    throw std::invalid_argument(
        "what stands behind -- is for the nodes of --bin, which is not given; options of this "
        "program's own nodes stand before it");
  }
  if (!settings.bin) {
    refuse_process_settings(settings);
    return;
  }
  if (!settings.strategy.empty()) {
    throw std::invalid_argument(
        "--strategy is about this program's own nodes; with --bin it goes behind --, as one of its arguments");
  }
  if (!settings.keep_storage)
    throw std::invalid_argument("--no-storage is about this program's own nodes; --bin has others");
  if (command.self_check && !is_virtual(settings)) {
    throw std::invalid_argument(
        "--self-check needs virtual time; in real time processes of --bin never run twice alike");
  }
  if (command.self_check && settings.process_time.cpu_time_permille > 0) {
    throw std::invalid_argument("--self-check needs --cpu-time 0; the machine never measures the same time twice");
  }
}

/// Throws std::invalid_argument for options that would do nothing when several seeds are run.
void refuse_what_takes_one_seed(const TestCommand& command) {
  const auto refuse_if = [](bool is_given, const char* option) {
    if (is_given)
      throw std::invalid_argument(std::string(option) +
                                  " is about one test; give it one --seed, such as one that fails");
  };
  refuse_if(command.self_check, "--self-check");
  refuse_if(command.log_stderr, "--log-stderr");
  refuse_if(command.log_net_send, "--log-net-send");
  refuse_if(command.log_net_recv, "--log-net-recv");
  if (!command.report.empty() && !command.shrink) {
    throw std::invalid_argument(
        "--report is about one test; of several seeds, the failing ones have a report.html in --store, and with "
        "--shrink the first of them is reported");
  }
}

}  // namespace

std::shared_ptr<const CLI::App> test_options() {
  return options_of<TestLine>();
}

std::optional<TestCommand> parse_test_command(const Arguments& arguments) {
  TestLine line;
  const auto behind_separator = parse(line.app, arguments);
  if (!behind_separator) return std::nullopt;
  TestCommand& command = line.command;
  command.settings = test_settings(line.flags);
  set_processes(line.processes, command.settings);
  command.settings.strategy = line.strategy;
  if (line.app.count("--bin") > 0) command.settings.bin = line.bin;
  command.settings.bin_args = *behind_separator;
  command.settings.log_level = command.log_stderr ? LogLevel::debug : LogLevel::warn;
  command.settings.strategy_options = strategy_options(line.app, strategies_of(command.settings));
  if (!line.expect.empty()) {
    command.settings.limits = parse_limits(line.expect, find_workload(command.settings.workload));
  }
  command.seeds = seed_range(line.flags);
  if (command.seeds) refuse_what_takes_one_seed(command);
  refuse_what_takes_other_nodes(command);
  if (line.flags.consistency_models.empty() && !command.settings.bin) hold_to_promise(command.settings);
  validate(command.settings);
  if (command.jobs == 0) command.jobs = default_jobs(command.settings);
  return command;
}

unsigned default_jobs(const TestSettings& settings) {
  return is_virtual(settings) ? std::max(1U, std::thread::hardware_concurrency()) : 1U;
}

}  // namespace mznode::app

#include "test_options.hpp"

#include <stdexcept>
#include <thread>
#include <tuple>

#include "command_line.hpp"
#include "mznode/workloads/registry.hpp"
#include "program.hpp"

namespace mznode::app {
namespace {

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

void declare(CLI::App& app, SeedFlags& flags) {
  app.add_option("--seed", flags.seed, "where all chance comes from")->type_name("N");
  app.add_option("--seeds", flags.seeds, "a range of them instead, such as 1..1000")
      ->type_name("RANGE")
      ->excludes("--seed");
  add_number(app, "--test-count", flags.test_count, std::int64_t{1}, static_cast<std::int64_t>(max_seeds),
             "that many seeds from --seed on")
      ->excludes("--seeds");
  app.add_option("--shard", flags.shard, "run part i of n of the seeds, as i/n")->type_name("I/N");
}

}  // namespace

void declare(CLI::App& app, TestFlags& flags) {
  app.option_defaults()->always_capture_default();
  app.allow_extras();  // the options of a strategy, which is not known yet
  app.option_defaults()->group("The test");
  app.add_option("-w,--workload", flags.workload, "what to test (mznode list shows all)")
      ->required()
      ->type_name("NAME");
  flags.given.declare(app, Setting::Group::test);
  declare(app, flags.seeds);
  app.option_defaults()->group("The network");
  flags.given.declare(app, Setting::Group::network);
}

TestSettings test_settings(const CLI::App& app, const TestFlags& flags) {
  TestSettings settings;
  settings.workload = flags.workload;
  flags.given.read(app, settings);
  settings.seed = whole_number("--seed", flags.seeds.seed, std::uint64_t{0}, UINT64_MAX);
  return settings;
}

std::optional<SeedRange> seed_range(const SeedFlags& flags) {
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
    flags.given.declare(app, Setting::Group::processes);
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
  command.settings = test_settings(line.app, line.flags);
  command.settings.strategy = line.strategy;
  if (line.app.count("--bin") > 0) command.settings.bin = line.bin;
  command.settings.bin_args = *behind_separator;
  command.settings.log_level = command.log_stderr ? LogLevel::debug : LogLevel::warn;
  command.settings.strategy_options = strategy_options(line.app, strategies_of(command.settings));
  if (!line.expect.empty()) {
    command.settings.limits = parse_limits(line.expect, find_workload(command.settings.workload));
  }
  command.seeds = seed_range(line.flags.seeds);
  if (command.seeds) refuse_what_takes_one_seed(command);
  refuse_what_takes_other_nodes(command);
  if (line.app.count("--consistency-models") == 0 && !command.settings.bin) hold_to_promise(command.settings);
  plan_test(command.settings);  // refuses what cannot be
  if (command.jobs == 0) command.jobs = default_jobs(command.settings);
  return command;
}

unsigned default_jobs(const TestSettings& settings) {
  return is_virtual(settings) ? std::max(1U, std::thread::hardware_concurrency()) : 1U;
}

}  // namespace mznode::app

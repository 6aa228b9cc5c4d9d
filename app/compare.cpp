#include <algorithm>
#include <iostream>
#include <stdexcept>

#include "command_line.hpp"
#include "comparison.hpp"
#include "interrupt.hpp"
#include "ordered_jobs.hpp"
#include "program.hpp"
#include "progress.hpp"
#include "report/compare_page.hpp"
#include "seeds.hpp"
#include "store.hpp"
#include "summary.hpp"
#include "terminal.hpp"
#include "test_options.hpp"

namespace mznode::app {
namespace {

/// An option of strategies and the values that it takes in turn.
struct Sweep {
  std::string option;
  std::vector<std::string> values;
};

struct CompareCommand {
  Comparison comparison;
  unsigned jobs = 1;
  bool json = false;
  bool csv = false;
  /// The file for the page; empty for none.
  std::string report;
  /// What the user typed, for the page.
  std::string line;
};

Sweep parse_sweep(const std::string& text) {
  const std::size_t equals = text.find('=');
  Sweep sweep{.option = text.substr(0, equals), .values = {}};
  if (equals != std::string::npos) sweep.values = split_list("--sweep", text.substr(equals + 1));
  if (sweep.option.empty() || sweep.values.empty()) {
    throw std::invalid_argument("--sweep takes an option and its values, such as flush-ms=50,100, not " + text);
  }
  return sweep;
}

/// A program is a contender of its own: options that are swept are those of strategies.
Contender program_contender(const std::string& program, const Arguments& arguments, TestSettings settings,
                            const std::vector<Sweep>& sweeps) {
  settings.bin = program;
  settings.bin_args = arguments;
  Contender contender{.settings = std::move(settings), .strategy = nullptr, .swept = {}};
  for (const Sweep& sweep : sweeps) contender.swept.emplace_back(sweep.option, std::nullopt);
  plan_test(contender.settings);  // refuses what cannot be
  return contender;
}

/// The contenders that stand for one strategy: one for each combination of the values that are swept.
std::vector<Contender> contenders_of(const StrategyInfo& strategy, const TestSettings& settings,
                                     const std::map<std::string, std::string>& options,
                                     const std::vector<Sweep>& sweeps, bool holds_to_promises) {
  Contender first{.settings = settings, .strategy = &strategy, .swept = {}};
  first.settings.strategy = strategy.name;
  if (holds_to_promises) hold_to_promise(first.settings);
  for (const auto& [name, value] : options) {
    if (has_option(strategy, name)) first.settings.strategy_options[name] = value;
  }
  std::vector<Contender> all = {first};
  for (const Sweep& sweep : sweeps) {
    std::vector<Contender> multiplied;
    for (const Contender& contender : all) {
      if (!has_option(strategy, sweep.option)) {
        multiplied.push_back(contender);
        multiplied.back().swept.emplace_back(sweep.option, std::nullopt);
        continue;
      }
      for (const auto& value : sweep.values) {
        multiplied.push_back(contender);
        multiplied.back().settings.strategy_options[sweep.option] = value;
        multiplied.back().swept.emplace_back(sweep.option, value);
      }
    }
    all = std::move(multiplied);
  }
  for (const Contender& contender : all) plan_test(contender.settings);
  return all;
}

std::vector<Sweep> parse_sweeps(const std::vector<std::string>& texts,
                                const std::map<std::string, std::string>& options) {
  std::vector<Sweep> sweeps;
  for (const auto& text : texts) {
    Sweep sweep = parse_sweep(text);
    const bool is_taken =
        options.contains(sweep.option) ||
        std::any_of(sweeps.begin(), sweeps.end(), [&](const Sweep& other) { return other.option == sweep.option; });
    if (is_taken) throw std::invalid_argument("the option " + sweep.option + " is given twice");
    sweeps.push_back(std::move(sweep));
  }
  return sweeps;
}

/// The options of `mznode compare`, and what they set.
struct CompareLine {
  TestFlags flags;
  std::string strategies;
  std::vector<std::string> programs;
  std::vector<std::string> sweeps;
  CompareCommand command;
  CLI::App app{
      "Runs strategies of a workload, and programs, under the same flags and seeds, and prints what each costs and "
      "gives."};

  CompareLine() {
    command.jobs = 0;
    app.name(called("mznode compare -w NAME [options] [-- arguments for --bin]"));
    declare(app, flags);
    app.option_defaults()->group("What to compare, and the output");
    app.add_option("-s,--strategy", strategies, "separated by commas; all unless --bin is given")->type_name("NAMES");
    app.add_option("--bin", programs, "programs, whose processes are tested; separated by commas")
        ->take_all()
        ->expected(1)
        ->default_str("")
        ->type_name("FILES");
    flags.given.declare(app, Setting::Group::processes);
    app.add_option("--sweep", sweeps,
                   "an option of strategies and its values, such as flush-ms=50,100; of several, "
                   "every combination")
        ->take_all()
        ->expected(1)
        ->default_str("")
        ->type_name("O=A,B");
    add_number(app, "--jobs", command.jobs, 1U, 1024U, "tests that run at once")->default_str("a processor each");
    app.add_flag("--json", command.json, "print a line of JSON a row instead of the table");
    app.add_flag("--csv", command.csv, "print comma-separated values instead")->excludes("--json");
    app.add_option("--report", command.report, "write a page with plots (HTML)")->type_name("FILE");
  }
};

std::vector<std::string> programs_of(const CompareLine& line, const Arguments& behind_separator) {
  std::vector<std::string> programs;
  for (const auto& text : line.programs) {
    for (auto& program : split_list("--bin", text)) programs.push_back(std::move(program));
  }
  if (programs.empty() && !behind_separator.empty()) {
    throw std::invalid_argument("what stands behind -- is for the programs of --bin, which is not given");
  }
  return programs;
}

std::optional<CompareCommand> parse_compare_command(const Arguments& arguments) {
  CompareLine line;
  const auto behind_separator = parse(line.app, arguments);
  if (!behind_separator) return std::nullopt;

  const TestFlags& flags = line.flags;
  CompareCommand& command = line.command;
  TestSettings of_programs = test_settings(line.app, flags);
  of_programs.keep_journal = false;
  TestSettings settings = of_programs;
  settings.process_time = {};
  settings.memory_mib = TestSettings().memory_mib;
  const WorkloadInfo& workload = find_workload(flags.workload);
  const auto programs = programs_of(line, *behind_separator);
  if (programs.empty()) refuse_process_settings(of_programs);
  std::vector<const StrategyInfo*> strategies;
  for (const auto& name : split_list("--strategy", line.strategies))
    strategies.push_back(&find_strategy(workload, name));
  if (strategies.empty() && programs.empty()) {
    find_strategy(workload, "");  // refuses a workload without any
    for (const StrategyInfo& strategy : workload.strategies) strategies.push_back(&strategy);
  }
  const auto options = strategy_options(line.app, strategies);
  const std::vector<Sweep> sweeps = parse_sweeps(line.sweeps, options);
  for (const Sweep& sweep : sweeps) require_option(sweep.option, line.app, strategies);

  command.line = quoted(program_command()) + " compare";
  for (const auto& argument : arguments) command.line += " " + quoted(argument);
  Comparison& comparison = command.comparison;
  comparison.workload = workload.name;
  comparison.latency = latency_kind(workload.checker);
  comparison.has_models = has_consistency_models(workload.checker);
  comparison.seeds =
      seeds_of(seed_range(flags.seeds).value_or(SeedRange{.first = settings.seed, .last = settings.seed}));
  if (comparison.seeds.empty()) throw std::invalid_argument("this shard has none of the seeds");
  for (const std::string& program : programs) {
    comparison.contenders.push_back(program_contender(program, *behind_separator, of_programs, sweeps));
  }
  for (const StrategyInfo* strategy : strategies) {
    auto contenders = contenders_of(*strategy, settings, options, sweeps, line.app.count("--consistency-models") == 0);
    for (auto& contender : contenders) comparison.contenders.push_back(std::move(contender));
  }
  if (command.jobs == 0) {
    command.jobs = default_jobs(settings);
    for (const Contender& each : comparison.contenders)
      command.jobs = std::min(command.jobs, default_jobs(each.settings));
  }
  return command;
}

/// What is kept of one test.
struct Outcome {
  Figures figures;
  LatencySeries series;
  std::string failure;
  std::string replay;
  std::string time;
  bool is_repeatable = true;
  bool interrupted = false;
};

Outcome run_one(const Contender& contender, std::uint64_t seed, LatencyKind kind) {
  TestSettings settings = contender.settings;
  settings.seed = seed;
  const TestReport report = run_test(settings, was_interrupted);
  Outcome outcome{.figures = figures(report, kind),
                  .series = latency_series(report, kind),
                  .failure = {},
                  .replay = {},
                  .time = time_text(report),
                  .interrupted = report.run.interrupted};
  if (report.time) outcome.is_repeatable = report.time->is_repeatable();
  outcome.figures.longest_outage_ms = longest_outage_ms(report.run.history, settings.time_limit);
  if (report.valid() == check::Valid::yes) return outcome;
  outcome.failure = "  seed " + std::to_string(seed) + ": " + verdict_word(report.valid()) + "\n" + reasons(report);
  outcome.replay = replay_command(settings);
  return outcome;
}

/// Runs every contender with every seed and fills in its figures. Returns the latencies of each with the first seed.
std::vector<LatencySeries> run_all(Comparison& comparison, unsigned jobs) {
  const std::size_t seeds = comparison.seeds.size();
  const std::size_t tests = comparison.contenders.size() * seeds;
  std::vector<LatencySeries> series(comparison.contenders.size());
  ProgressLine progress;
  run_in_order<Outcome>(
      tests, jobs,
      [&](std::size_t test) {
        return run_one(comparison.contenders[test / seeds], comparison.seeds[test % seeds], comparison.latency);
      },
      [&](std::size_t test, Outcome outcome) {
        Contender& contender = comparison.contenders[test / seeds];
        if (outcome.interrupted) return;  // what it has is not all that it would have had
        const bool is_first = contender.finished++ == 0;
        contender.figures = is_first ? outcome.figures : worst(contender.figures, outcome.figures);
        if (is_first) series[test / seeds] = std::move(outcome.series);
        if (contender.time.empty() || !outcome.is_repeatable) contender.time = outcome.time;
        if (contender.failure.empty()) {
          contender.failure = std::move(outcome.failure);
          contender.replay = std::move(outcome.replay);
        }
        progress.show(std::to_string(test + 1) + " of " + std::to_string(tests) + " tests");
      });
  return series;
}

/// Takes away the contenders of which nothing is known. Says what is missing.
std::string drop_unfinished(Comparison& comparison, std::vector<LatencySeries>& series) {
  std::string missing;
  for (const Contender& contender : comparison.contenders) {
    if (contender.finished == comparison.seeds.size()) continue;
    missing += (missing.empty() ? "" : ", ") + contender_name(contender) + " (" + std::to_string(contender.finished) +
               " of " + std::to_string(comparison.seeds.size()) + " seeds)";
  }
  for (std::size_t i = comparison.contenders.size(); i-- > 0;) {
    if (comparison.contenders[i].finished > 0) continue;
    comparison.contenders.erase(comparison.contenders.begin() + static_cast<std::ptrdiff_t>(i));
    series.erase(series.begin() + static_cast<std::ptrdiff_t>(i));
  }
  return "interrupted; not finished: " + (missing.empty() ? "nothing" : missing);
}

int run(CompareCommand command) {
  Comparison& comparison = command.comparison;
  std::vector<LatencySeries> series = run_all(comparison, command.jobs);
  const std::string interrupted = was_interrupted() ? drop_unfinished(comparison, series) : "";
  if (!interrupted.empty() && comparison.contenders.empty()) throw std::runtime_error(interrupted);
  if (command.json) {
    for (const Contender& contender : comparison.contenders)
      std::cout << comparison_json(comparison, contender).dump() << "\n";
  } else {
    std::cout << (command.csv ? comparison_csv(comparison) : comparison_text(comparison));
  }
  if (!command.report.empty()) write_file(command.report, compare_page(comparison, series, command.line));
  check::Valid verdict = check::Valid::yes;
  for (const Contender& contender : comparison.contenders) verdict = check::worst(verdict, contender.figures.valid);
  if (interrupted.empty()) return exit_code(verdict);
  print_error(called("mznode compare: ") + interrupted);
  return exit_unknown;
}

}  // namespace

std::shared_ptr<const CLI::App> compare_options() {
  return options_of<CompareLine>();
}

int run_compare(const Arguments& arguments) {
  try {
    auto command = parse_compare_command(arguments);
    if (!command) return exit_valid;
    demand_writable({.report = command->report});
    stop_on_signals();
    return run(std::move(*command));
  } catch (const std::invalid_argument& error) {
    print_error(called("mznode compare: ") + error.what());
    return exit_usage;
  } catch (const std::runtime_error& error) {
    print_error(called("mznode compare: ") + error.what());
    return exit_unknown;
  }
}

}  // namespace mznode::app

#include <algorithm>
#include <fstream>
#include <iostream>
#include <sstream>
#include <stdexcept>

#include "challenges.hpp"
#include "command_line.hpp"
#include "input_file.hpp"
#include "interrupt.hpp"
#include "ordered_jobs.hpp"
#include "program.hpp"
#include "progress.hpp"
#include "report/test_page.hpp"
#include "score_sheet.hpp"
#include "store.hpp"
#include "summary.hpp"
#include "terminal.hpp"

namespace mznode::app {
namespace {

/// The options of `mznode challenge`, and what they set: a member for each of either.
struct ChallengeLine {
  std::vector<std::string> names;
  bool all = false;
  std::string bin;
  std::string nodes;
  std::string seed;
  std::string seeds;
  unsigned jobs = 0;
  bool json = false;
  std::string report;
  std::string store = "store";
  std::string time;
  std::string schedule;
  std::string cpu_time;
  std::string stall;
  std::string memory;
  CLI::App app{
      "Runs Fly.io's challenges (https://fly.io/dist-sys) with the flags and limits of their pages, in virtual "
      "time where the machine allows it. Without --bin this program's own nodes solve them."};

  ChallengeLine() {
    app.name(called("mznode challenge NAME... [options] [-- arguments for --bin]"));
    app.option_defaults()->group("What to run");
    app.add_option("names", names, "1, 2, 3a, 3b, 3c, 3d, 3e, 4, 5a, 5b, 5c, 6a, 6b or 6c")->type_name("NAME");
    app.add_flag("--all", all, "all of them, and the score sheet")->excludes("names");
    app.add_option("--bin", bin, "test processes of this program")->type_name("FILE");
    app.add_option("--nodes", nodes,
                   "a program each: a file of lines such as 3d,3e ./my-node --flag, the challenges "
                   "and what to run; # begins a remark")
        ->type_name("FILE")
        ->excludes("--bin");
    app.add_option("--seed", seed, "where all chance comes from")->default_str("0")->type_name("N");
    app.add_option("--seeds", seeds, "a range of them instead, such as 1..10; all must pass")
        ->type_name("RANGE")
        ->excludes("--seed");
    add_number(app, "--jobs", jobs, 1U, 1024U, "tests that run at once")->default_str("a processor each");
    app.option_defaults()->group("How nodes run, as in mznode test");
    app.add_option("--time", time, "virtual, real; auto: as can be")->default_str("auto")->type_name("KIND");
    app.add_option("--schedule", schedule, "threads: plain, random, adversarial")
        ->default_str("random")
        ->type_name("NAME");
    app.add_option("--cpu-time", cpu_time, "seconds that a second of computing takes")
        ->default_str("0")
        ->type_name("N");
    app.add_option("--stall", stall, "real seconds without a rest")->default_str("30")->type_name("S");
    app.add_option("--memory", memory, "MiB of memory that a node may take")->default_str("2048")->type_name("MIB");
    app.option_defaults()->group("The output");
    app.add_flag("--json", json, "print a line of JSON a challenge instead");
    app.add_option("--report", report, "of one test: write a page about it (HTML)")->type_name("FILE");
    app.add_option("--store", store, "directory for results; empty for none")->default_str("store")->type_name("DIR");
  }
};

/// A command line of Fly.io's, and the test that it is here.
struct Trial {
  std::size_t score;
  TestCommand command;
};

struct Plan {
  std::vector<Trial> trials;
  std::vector<Score> scores;
  std::vector<std::uint64_t> seeds;
  unsigned jobs = 1;
  bool json = false;
  std::string report;
  std::string store;
};

std::vector<std::string> challenge_names() {
  std::vector<std::string> names;
  for (const Challenge& each : challenges()) names.push_back(each.name);
  return names;
}

std::string text_of_nodes(const std::string& path) {
  try {
    return read_file(path, std::size_t{1} << 20);
  } catch (const std::runtime_error& error) {
    throw std::invalid_argument("--nodes " + path + ": " + error.what());
  }
}

/// What is to be run: the challenges with the program and its arguments, which is none for this program's own nodes.
std::vector<ChallengeNode> nodes_of(const ChallengeLine& line, const Arguments& behind_separator) {
  if (line.bin.empty() && !behind_separator.empty()) {
    throw std::invalid_argument("what stands behind -- is for the nodes of --bin, which is not given");
  }
  std::vector<ChallengeNode> available;
  if (!line.nodes.empty()) {
    available = parse_challenge_nodes(line.nodes, text_of_nodes(line.nodes));
  } else {
    for (const Challenge& each : challenges()) {
      available.push_back({.challenge = &each, .program = line.bin, .arguments = behind_separator});
    }
  }
  if (line.names.empty()) {
    if (line.all || !line.nodes.empty()) return available;
    std::string known;
    for (const std::string& name : challenge_names()) known += (known.empty() ? "" : ", ") + name;
    throw std::invalid_argument("name a challenge, or give --all; known are " + known);
  }
  std::vector<const Challenge*> wanted;
  for (const std::string& name : line.names) wanted.push_back(&find_challenge(name));
  const auto is_unwanted = [&](const ChallengeNode& node) {
    return std::find(wanted.begin(), wanted.end(), node.challenge) == wanted.end();
  };
  for (const Challenge* challenge : wanted) {
    const bool has_node = std::any_of(available.begin(), available.end(),
                                      [&](const ChallengeNode& node) { return node.challenge == challenge; });
    if (!has_node) throw std::invalid_argument(line.nodes + " names no node for " + challenge->name);
  }
  std::erase_if(available, is_unwanted);
  return available;
}

void append_words(Arguments& words, const Arguments& more) {
  words.insert(words.end(), more.begin(), more.end());
}

/// The command line of `mznode test` that one of Fly.io's is here, without seeds and with nothing that is not the test.
Arguments test_words(const ChallengeNode& node, const std::string& flags) {
  Arguments words = {"-w", node.challenge->workload};
  append_words(words, words_of(flags));
  if (!node.challenge->limits.empty()) append_words(words, {"--expect", node.challenge->limits});
  append_words(words, node.program.empty() ? words_of(node.challenge->own_options) : Arguments{"--bin", node.program});
  return words;
}

std::string command_text(const Arguments& words, const Arguments& behind_separator) {
  std::string text = quoted(program_command()) + " test";
  for (const std::string& word : words) text += " " + quoted(word);
  if (!behind_separator.empty()) text += " --";
  for (const std::string& word : behind_separator) text += " " + quoted(word);
  return text;
}

TestCommand test_command(Arguments words, const ChallengeLine& line, const Arguments& behind_separator) {
  for (const auto& [flag, value] : {std::pair{"--seed", &line.seed},
                                    {"--seeds", &line.seeds},
                                    {"--time", &line.time},
                                    {"--schedule", &line.schedule},
                                    {"--cpu-time", &line.cpu_time},
                                    {"--stall", &line.stall},
                                    {"--memory", &line.memory}}) {
    if (!value->empty()) append_words(words, {flag, *value});
  }
  if (!behind_separator.empty()) {
    words.emplace_back("--");
    append_words(words, behind_separator);
  }
  return parse_test_command(words).value();  // nothing asks for help here
}

std::optional<Plan> parse_challenge_command(const Arguments& arguments) {
  ChallengeLine line;
  const auto behind_separator = parse(line.app, arguments);
  if (!behind_separator) return std::nullopt;
  Plan plan{.trials = {},
            .scores = {},
            .seeds = {},
            .jobs = line.jobs,
            .json = line.json,
            .report = line.report,
            .store = line.store};
  for (const ChallengeNode& node : nodes_of(line, *behind_separator)) {
    Score score{.challenge = node.challenge, .commands = {}, .seeds = {}};
    for (const std::string& flags : node.challenge->flags) {
      const Arguments words = test_words(node, flags);
      score.commands.push_back(command_text(words, node.arguments));
      plan.trials.push_back({.score = plan.scores.size(), .command = test_command(words, line, node.arguments)});
    }
    const TestCommand& command = plan.trials.back().command;
    plan.seeds = command.seeds ? seeds_of(*command.seeds) : std::vector{command.settings.seed};
    score.seeds = plan.seeds;
    plan.scores.push_back(std::move(score));
  }
  const auto jobs_of = [](const Trial& trial) { return default_jobs(trial.command.settings); };
  if (plan.jobs == 0) {
    plan.jobs = jobs_of(plan.trials.front());
    for (const Trial& trial : plan.trials) plan.jobs = std::min(plan.jobs, jobs_of(trial));
  }
  if (!plan.report.empty() && plan.trials.size() * plan.seeds.size() > 1) {
    throw std::invalid_argument("--report is about one test; what fails has a report.html in --store");
  }
  return plan;
}

Attempt run_trial(const Plan& plan, const Trial& trial, std::uint64_t seed) {
  TestSettings settings = trial.command.settings;
  settings.seed = seed;
  const bool is_alone = plan.scores.size() == 1 && plan.seeds.size() == 1;
  // The messages are only kept for those who read them; in real time no run comes twice.
  const bool is_kept = !plan.store.empty() || !plan.report.empty();
  settings.keep_journal = is_kept && (is_alone || settings.bin);
  TestReport report = run_test(settings, was_interrupted);
  Attempt attempt{.valid = report.valid(),
                  .ok_fraction = report.verdict.availability_found().ok_fraction,
                  .interrupted = report.run.interrupted};
  if (const auto* limits = report.limits()) attempt.limits = limits->limits;
  const auto figure_of = [&](const char* name) {
    return measured(name, report.verdict, report.run.history, settings.time_limit);
  };
  attempt.messages_per_op = figure_of("msgs-per-op").value_or(0);
  attempt.stable_p50_ms = figure_of("stable-p50");
  attempt.stable_max_ms = figure_of("stable-max");
  if (report.time) attempt.why_real = report.time->why_real;
  if (report.valid() != check::Valid::yes) {
    attempt.reasons = reasons(report);
    attempt.replay = replay_command(settings);
  }
  if (attempt.interrupted) return attempt;
  if (!plan.store.empty() && (is_alone || report.valid() != check::Valid::yes)) {
    if (!settings.keep_journal) {
      settings.keep_journal = true;
      report = run_test(settings, was_interrupted);
    }
    attempt.stored = store(plan.store, settings, report).string();
  }
  if (is_alone) {
    attempt.summary = summary(settings, report);
    if (!attempt.stored.empty()) attempt.summary += "  stored in    " + attempt.stored + "\n";
    if (!attempt.replay.empty()) attempt.summary += "  replay with  " + attempt.replay + "\n";
  }
  if (!plan.report.empty()) write_file(plan.report, test_page(settings, report));
  return attempt;
}

int run_plan(Plan plan) {
  const std::size_t seeds = plan.seeds.size();
  const std::size_t tests = plan.trials.size() * seeds;
  {
    ProgressLine progress;
    progress.show("0 of " + std::to_string(tests) + " tests");
    run_in_order<Attempt>(
        tests, plan.jobs,
        [&](std::size_t test) { return run_trial(plan, plan.trials[test / seeds], plan.seeds[test % seeds]); },
        [&](std::size_t test, Attempt attempt) {
          add(plan.scores[plan.trials[test / seeds].score], std::move(attempt));
          progress.show(std::to_string(test + 1) + " of " + std::to_string(tests) + " tests");
        });
  }
  check::Valid verdict = check::Valid::yes;
  for (const Score& score : plan.scores) {
    verdict = check::worst(verdict, score.passed());
    if (plan.json) std::cout << score_json(score).dump() << "\n";
  }
  if (plan.json) return exit_code(verdict);
  const Score& first = plan.scores.front();
  if (plan.scores.size() == 1 && !first.worst.summary.empty()) {
    std::cout << first.worst.summary << "\n"
              << first.challenge->name << " " << first.challenge->task << ": " << passed_word(first.passed()) << "\n";
  } else {
    std::cout << score_sheet(plan.scores);
  }
  if (was_interrupted()) std::cout << "interrupted: what was not finished is unknown\n";
  return exit_code(verdict);
}

}  // namespace

std::shared_ptr<const CLI::App> challenge_options() {
  return options_of<ChallengeLine>();
}

int run_challenge(const Arguments& arguments) {
  try {
    auto plan = parse_challenge_command(arguments);
    if (!plan) return exit_valid;
    Outputs outputs{.report = plan->report, .store = plan->store};
    for (const Trial& trial : plan->trials) outputs.workloads.insert(trial.command.settings.workload);
    demand_writable(outputs);
    stop_on_signals();
    return run_plan(std::move(*plan));
  } catch (const std::invalid_argument& error) {
    print_error(called("mznode challenge: ") + error.what());
    return exit_usage;
  } catch (const std::runtime_error& error) {
    print_error(called("mznode challenge: ") + error.what());
    return exit_unknown;
  }
}

}  // namespace mznode::app

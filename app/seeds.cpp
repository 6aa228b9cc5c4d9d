#include "seeds.hpp"

#include <iostream>
#include <map>

#include "interrupt.hpp"
#include "ordered_jobs.hpp"
#include "progress.hpp"
#include "store.hpp"
#include "summary.hpp"

namespace mznode::app {
namespace {

/// What is kept of each seed; its report can be large.
struct SeedOutcome {
  check::Valid valid;
  nlohmann::ordered_json line;
  std::string explanation;
};

SeedOutcome run_seed(TestSettings settings, std::uint64_t seed, const std::string& root) {
  settings.seed = seed;
  // In real time no run comes twice, so what is stored of a failing one must be kept from the beginning.
  settings.keep_journal = settings.bin && !root.empty();
  TestReport report = run_test(settings, was_interrupted);
  SeedOutcome outcome{.valid = report.valid(), .line = nlohmann::ordered_json::object(), .explanation = {}};
  outcome.line["seed"] = seed;
  outcome.line["workload"] = settings.workload;
  outcome.line["valid?"] = check::to_details(report.valid());
  for (const Fault fault : report.faults) outcome.line["faults"].push_back(fault_name(fault));
  const auto ok_fraction = report.verdict.availability_found().ok_fraction;
  outcome.line["ok-fraction"] = ok_fraction ? nlohmann::ordered_json(*ok_fraction) : nlohmann::ordered_json();
  outcome.line["msgs-per-op"] = report.verdict.net_found().messages_per_op().value_or(0);
  if (const auto* limits = report.limits()) outcome.line["expect"] = to_details(limits->limits);
  if (report.valid() == check::Valid::yes) return outcome;
  outcome.line["replay"] = replay_command(settings);
  outcome.explanation = "seed " + std::to_string(seed) + ": " + coloured_verdict(report.valid()) + "\n";
  std::string stored;
  if (!root.empty() && !report.run.interrupted) {
    if (!settings.keep_journal) {  // its messages are a part of the story
      settings.keep_journal = true;
      report = run_test(settings, was_interrupted);
    }
    stored = store(root, settings, report).string();
  }
  for (const Reason& reason : reason_list(report)) outcome.line["reasons"].push_back(reason.part + ": " + reason.text);
  outcome.explanation += reasons(report) + "  replay with: " + replay_command(settings) + "\n";
  if (!stored.empty()) {
    outcome.line["stored"] = stored;
    outcome.explanation += "  stored in " + stored + "\n";
  }
  return outcome;
}

/// What is wrong in the first place: the answers, or else the nodes, and only then that too few of them came.
std::string main_failure(const TestReport& report) {
  const auto parts = report.verdict.parts();
  for (const char* wanted : {"workload", "nodes", "expect"}) {
    for (const auto& [name, verdict] : parts) {
      if (name == wanted && verdict->valid == check::Valid::no) return name;
    }
  }
  return report.valid() == check::Valid::no ? "others" : "";
}

/// Whether the test fails, and as another one did: what is cut short often fails because nothing was answered yet.
bool fails(const TestSettings& settings, const std::string& as) {
  return main_failure(run_test(settings, was_interrupted)) == as && !was_interrupted();
}

std::vector<std::string> without(const std::vector<std::string>& names, std::size_t index) {
  std::vector<std::string> rest = names;
  rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(index));
  return rest;
}

}  // namespace

std::vector<std::uint64_t> seeds_of(const SeedRange& range) {
  std::vector<std::uint64_t> seeds;
  for (std::uint64_t i = 0; i < range.size(); ++i) seeds.push_back(range.first + (range.shard - 1) + i * range.shards);
  return seeds;
}

SeedsOutcome run_seeds(const TestCommand& command) {
  const std::vector<std::uint64_t> seeds = seeds_of(*command.seeds);
  SeedsOutcome all;
  std::map<check::Valid, std::size_t> counts;
  std::size_t finished = 0;
  {
    ProgressLine progress;
    run_in_order<SeedOutcome>(
        seeds.size(), command.jobs,
        [&](std::size_t index) { return run_seed(command.settings, seeds[index], command.store); },
        [&](std::size_t index, const SeedOutcome& outcome) {
          ++counts[outcome.valid];
          if (outcome.valid == check::Valid::no && !all.first_invalid) all.first_invalid = seeds[index];
          finished = index + 1;
          progress.show("");
          std::cout << (command.json ? outcome.line.dump() + "\n" : outcome.explanation) << std::flush;
          progress.show(std::to_string(finished) + " of " + std::to_string(seeds.size()) + " seeds, " +
                        std::to_string(counts[check::Valid::no]) + " invalid");
        });
  }
  if (!command.json) {
    std::cout << finished << " seeds: " << counts[check::Valid::yes] << " valid, " << counts[check::Valid::no]
              << " invalid, " << counts[check::Valid::unknown] << " unknown\n";
  }
  if (all.first_invalid) {
    all.code = exit_invalid;
  } else if (counts[check::Valid::unknown] > 0 || was_interrupted()) {
    all.code = exit_unknown;
  }
  return all;
}

TestSettings shrink(TestSettings settings) {
  settings.keep_journal = false;
  // A swarm is a list of faults, too; named one by one, each can be left out.
  const TestReport first = run_test(settings, was_interrupted);
  const std::string failure = main_failure(first);
  settings.nemesis.clear();
  for (const Fault fault : first.faults) settings.nemesis.emplace_back(fault_name(fault));
  for (std::size_t i = 0; i < settings.nemesis.size() && !was_interrupted();) {
    TestSettings fewer = settings;
    fewer.nemesis = without(settings.nemesis, i);
    if (fails(fewer, failure)) {
      settings = fewer;
    } else {
      ++i;
    }
  }
  // A shorter run is the beginning of the longer one, but what fails need not fail at every length: halve while that
  // fails, then go down in smaller steps.
  for (Duration step = settings.time_limit / 2; step >= 100ms && !was_interrupted();) {
    TestSettings shorter = settings;
    shorter.time_limit = std::chrono::floor<std::chrono::milliseconds>(settings.time_limit - step);
    if (shorter.time_limit > Duration::zero() && fails(shorter, failure)) {
      settings = shorter;
    } else {
      step /= 2;
    }
  }
  return settings;
}

}  // namespace mznode::app

// What `mznode test` says of each mutant, as its first line: `mutant_lines [FILTER]` prints a line a mutant, with tabs
// between its name, its workload, its nodes, the faults, the seed, whether the line names the cause (yes or no), the
// first line, and the title of the story. What the lines have to hold, and whether that is the cause, stands in
// tests/workloads/mutants/first_lines.tsv; the exit code is 1 where one says something else. With a filter, all that
// `mznode test` says of why stands below each line.

#include <algorithm>
#include <fstream>
#include <iostream>
#include <map>
#include <optional>
#include <sstream>
#include <string>

#include "mznode/sim/runner.hpp"
#include "summary.hpp"
#include "tests/workloads/mutants/table.hpp"

namespace mznode {
namespace {

/// What the first line of a mutant has to hold, and whether a person finds the cause in it.
struct Expected {
  bool names_the_cause = false;
  std::string part;
};

std::map<std::string, Expected> expectations() {
  std::map<std::string, Expected> all;
  std::ifstream file(MZNODE_SOURCE_DIR "/tests/workloads/mutants/first_lines.tsv");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with('#')) continue;
    std::istringstream columns(line);
    std::string name;
    std::string answer;
    Expected expected;
    std::getline(columns, name, '\t');
    std::getline(columns, answer, '\t');
    std::getline(columns, expected.part);
    expected.names_the_cause = answer == "yes";
    all.emplace(name, expected);
  }
  return all;
}

/// A test whose nodes are the mutant.
TestReport test_of(const Mutant& mutant, std::uint64_t seed) {
  const Trial trial = mutant.trial(seed);
  TestPlan plan;
  plan.settings.workload = trial.workload;
  plan.settings.nodes = sim::node_names(trial.nodes);
  plan.settings.concurrency = trial.concurrency_per_node;
  plan.settings.rate_millis = trial.rate * 1'000;
  plan.settings.time_limit = trial.time_limit;
  plan.settings.nemesis_interval = trial.nemesis_interval;
  plan.settings.latency = trial.latency;
  plan.settings.seed = seed;
  plan.workload = &find_workload(trial.workload);
  plan.faults = trial.faults;
  struct Installed final : Strategy {
    explicit Installed(mutants::Installed all) : mutant(std::move(all)) {}
    mutants::Installed mutant;
  };
  StrategyInfo strategy;
  strategy.name = mutant.name;
  strategy.install = [&mutant](Node& node, const OptionValues&) {
    return std::make_unique<Installed>(mutant.install(node));
  };
  plan.strategy = &strategy;
  TestReport report = run_test(plan, [] { return false; });
  report.strategy = nullptr;
  return report;
}

/// The first of a dozen seeds that shows the fault; nothing where none does.
std::optional<std::pair<std::uint64_t, TestReport>> shown(const Mutant& mutant) {
  constexpr std::uint64_t seeds = 12;
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    TestReport report = test_of(mutant, seed);
    Trial::Result result;
    result.run = report.run;
    result.workload = report.verdict.workload;
    if (mutant.finds(result)) return std::pair(seed, std::move(report));
  }
  return std::nullopt;
}

/// The first line below the verdict.
std::string first_line(const TestReport& report) {
  if (report.valid() == check::Valid::yes) {
    return report.verdict.remarks.empty() ? "valid" : "valid; " + report.verdict.remarks.front();
  }
  const bool is_story = report.verdict.symptoms.empty() && report.verdict.nodes.valid == check::Valid::yes;
  if (is_story && !report.stories.empty()) return report.stories.front().title;
  const std::string text = app::reasons(report);
  constexpr std::size_t names = 15;
  return text.substr(0, text.find('\n')).substr(std::min(names, text.size()));
}

/// Within one column.
std::string column(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c == '\t' || c == '\n'; }, ' ');
  return text;
}

/// Prints the line of a mutant. Returns whether it is as expected.
bool print(const Mutant& mutant, const Expected& expected, bool with_reasons) {
  std::string faults;
  for (const Fault fault : mutant.faults) faults += (faults.empty() ? "" : ",") + std::string(fault_name(fault));
  const auto found = shown(mutant);
  const std::string line = found ? first_line(found->second) : "";
  const bool is_expected = !expected.part.empty() && line.find(expected.part) != std::string::npos;
  const bool has_story = found && !found->second.stories.empty();
  std::cout << mutant.name << '\t' << mutant.workload << '\t' << mutant.nodes << '\t'
            << (faults.empty() ? "no faults" : faults) << '\t' << (found ? std::to_string(found->first) : "-") << '\t'
            << (is_expected && expected.names_the_cause ? "yes" : "no") << '\t' << column(line) << '\t'
            << (has_story ? column(found->second.stories.front().title) : "") << std::endl;
  if (with_reasons && found) std::cout << app::reasons(found->second);
  if (!is_expected) {
    std::cerr << mutant.name << ": expected \"" << expected.part << "\" in the first line, which is \"" << line
              << "\"\n";
  }
  return is_expected;
}

int print_all(const std::string& filter) {
  std::map<std::string, Expected> expected = expectations();
  bool all_are_expected = true;
  for (const auto* table : {&all_mutants(), &mutants_of_promises()}) {
    for (const Mutant& mutant : *table) {
      const Expected of_it = expected[mutant.name];
      expected.erase(mutant.name);
      if (std::string(mutant.name).find(filter) != std::string::npos)
        all_are_expected &= print(mutant, of_it, !filter.empty());
    }
  }
  for (const auto& [name, unused] : expected) {
    std::cerr << "first_lines.tsv: there is no mutant " << name << "\n";
    all_are_expected = false;
  }
  return all_are_expected ? 0 : 1;
}

}  // namespace
}  // namespace mznode

int main(int argc, char** argv) {
  return mznode::print_all(argc > 1 ? argv[1] : "");
}

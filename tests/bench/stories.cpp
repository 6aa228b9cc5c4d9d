// What the stories of failed tests cost beside the tests themselves: `stories [MUTANT...]`. Each mutant of the suite
// runs with the first seed that shows its mistake, is judged, and its stories are told. Both are measured in processor
// time, of several tellings the shortest. `tests/bench/stories.sh` counts instructions instead, which no machine sways.
//
// `stories --once MUTANT SEED` does it once, for a program that counts, and prints what is told; `stories --seed
// MUTANT` prints that seed.

#include <time.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <iostream>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "mznode/workloads/story.hpp"
#include "tests/workloads/mutants/table.hpp"

namespace mznode::bench {
namespace {

/// Of the time of a test.
constexpr double most_percent = 10;
constexpr int tellings = 5;
constexpr std::uint64_t seeds_tried = 20;

double cpu_seconds() {
  timespec now = {};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

/// As `mznode test` runs it, which keeps the messages.
Trial::Result test_of(const Mutant& mutant, std::uint64_t seed) {
  Trial trial = mutant.trial(seed);
  trial.keeps_packets = true;
  return trial.run(mutant.install);
}

std::vector<Story> told(const Mutant& mutant, const Trial::Result& result) {
  TestVerdict verdict;
  verdict.workload = result.workload;
  return stories(result.run, verdict, sim::node_names(mutant.nodes), mutant.nodes * mutant.workers_per_node);
}

/// The mutants, and right nodes beside which they are found: of these nothing is to be told, at no cost.
std::vector<Mutant> all_tests() {
  std::vector<Mutant> tests = all_mutants();
  for (const Control& control : all_controls()) {
    if (control.most_victims != SIZE_MAX) continue;
    tests.push_back({control.name, control.workload, control.install, control.faults, nullptr});
  }
  return tests;
}

/// Nothing for a mutant whose mistake is none of the workload's checker's.
std::optional<std::uint64_t> first_seed(const Mutant& mutant) {
  for (std::uint64_t seed = 0; seed < seeds_tried; ++seed) {
    const Trial::Result result = test_of(mutant, seed);
    if (mutant.finds == nullptr ? result.is_valid()
                                : result.workload.valid == check::Valid::no && mutant.finds(result)) {
      return seed;
    }
  }
  return std::nullopt;
}

Mutant find_mutant(const std::string& name) {
  for (const Mutant& mutant : all_tests()) {
    if (name == mutant.name) return mutant;
  }
  throw std::invalid_argument("no mutant has the name " + name + "; tests/workloads/mutants/table.cpp lists them");
}

/// The share of the stories in the time of test and stories, as a percentage.
double measure(const Mutant& mutant, std::uint64_t seed) {
  const double began = cpu_seconds();
  const Trial::Result result = test_of(mutant, seed);
  const double test = cpu_seconds() - began;
  double least = 1e9;
  std::size_t count = 0;
  for (int i = 0; i < tellings; ++i) {
    const double from = cpu_seconds();
    count = told(mutant, result).size();
    least = std::min(least, cpu_seconds() - from);
  }
  const double percent = 100 * least / (test + least);
  std::printf("%-40s %10.1f ms %8.2f ms %6.2f %%  %zu told\n", mutant.name, test * 1e3, least * 1e3, percent, count);
  return percent;
}

bool measure_all(const std::vector<std::string>& names) {
  std::printf("%-40s %13s %11s %8s\n", "a test of", "test", "stories", "share");
  double worst = 0;
  for (const Mutant& mutant : all_tests()) {
    if (!names.empty() && std::find(names.begin(), names.end(), mutant.name) == names.end()) continue;
    if (const auto seed = first_seed(mutant)) worst = std::max(worst, measure(mutant, *seed));
  }
  const bool is_met = worst <= most_percent;
  std::printf("%-40s %35.2f %%  at most %.0f %%  %s\n", "the largest share", worst, most_percent,
              is_met ? "met" : "NOT met");
  return is_met;
}

bool run(const std::vector<std::string>& words) {
  if (words.size() == 3 && words[0] == "--once") {
    const Mutant mutant = find_mutant(words[1]);
    const Trial::Result result = test_of(mutant, std::stoull(words[2]));
    std::printf("%s\n", to_details(told(mutant, result)).dump(1).c_str());
    return true;
  }
  if (words.size() == 2 && words[0] == "--seed") {
    const auto seed = first_seed(find_mutant(words[1]));
    if (!seed) throw std::invalid_argument(words[1] + " is found by no checker of its workload");
    std::printf("%llu\n", static_cast<unsigned long long>(*seed));
    return true;
  }
  for (const std::string& name : words) find_mutant(name);
  return measure_all(words);
}

}  // namespace
}  // namespace mznode::bench

int main(int argc, char** argv) {
  try {
    return mznode::bench::run({argv + 1, argv + argc}) ? 0 : 1;
  } catch (const std::exception& error) {
    std::cerr << "stories: " << error.what() << "\n";
    return 2;
  }
}

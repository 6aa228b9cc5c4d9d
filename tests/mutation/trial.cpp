// Runs a strategy over many seeds and says in how many something was found wrong: `--expect caught` succeeds when that
// is so in a third of them, `--expect sound` when it is in none, and `--expect watched` when it is in a third of them,
// but nowhere in what clients saw: then only a watch of the protocol's invariants can find it.

#include <charconv>
#include <cstdlib>
#include <iostream>
#include <stdexcept>

#include "tests/workloads/cells.hpp"
#include "tests/workloads/mutants/table.hpp"

namespace mznode {
namespace {

std::int64_t number(const std::string& text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) throw std::invalid_argument(text + " is no number");
  return value;
}

TestSettings parse(const std::vector<std::string>& words, std::string& expected) {
  TestSettings settings;
  settings.workload = "lin-kv";
  settings.strategy = "raft";
  settings.concurrency = 4;
  settings.rate_millis = 100'000;
  settings.time_limit = 20s;
  settings.nemesis_interval = 1s;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    const std::string value = ++i < words.size() ? words[i] : "";
    if (word == "--expect") {
      if (value != "caught" && value != "sound" && value != "watched") {
        throw std::invalid_argument("--expect takes caught, sound or watched, not " + value);
      }
      expected = value;
    } else if (word == "--workload") {
      settings.workload = value;
    } else if (word == "--strategy") {
      settings.strategy = value;
    } else if (word == "--nemesis") {
      settings.nemesis = split(value);
    } else if (word == "--nodes") {
      settings.nodes = sim::node_names(static_cast<std::size_t>(number(value)));
    } else if (word == "--time-limit") {
      settings.time_limit = std::chrono::seconds(number(value));
    } else {
      throw std::invalid_argument("takes no " + word);
    }
  }
  return settings;
}

struct Faults {
  bool violates_an_invariant = false;
  bool is_seen_by_clients = false;
};

/// Where something else than the watch is to find nothing, the run goes on when the watch has found something.
Faults faults_of(TestSettings settings, bool goes_on) {
  raft::Watch watch(settings);
  settings.keep_journal = true;
  const TestReport report = run_test(settings, [&] { return !watch.look() && !goes_on; });
  watch.look_at(report.run.packets);
  return {.violates_an_invariant = watch.violation().has_value(),
          .is_seen_by_clients = report.results()["workload"]["valid?"] == false};
}

int run(const std::vector<std::string>& words) {
  std::string expected = "sound";
  TestSettings settings = parse(words, expected);
  const std::uint64_t seeds = seeds_per_cell(12);
  std::uint64_t watched = 0;
  std::uint64_t seen = 0;
  std::uint64_t caught = 0;
  for (settings.seed = 0; settings.seed < seeds; ++settings.seed) {
    const Faults faults = faults_of(settings, expected == "watched");
    watched += faults.violates_an_invariant ? 1 : 0;
    seen += faults.is_seen_by_clients ? 1 : 0;
    caught += faults.violates_an_invariant || faults.is_seen_by_clients ? 1 : 0;
  }
  std::cout << "an invariant is violated: " << watched << " of " << seeds << " seeds\n"
            << "the history is not valid: " << seen << " of " << seeds << " seeds\n"
            << "caught in " << caught << " of " << seeds << " seeds\n";
  const bool is_as_expected = expected == "sound"     ? caught == 0
                              : expected == "watched" ? watched >= enough(seeds) && seen == 0
                                                      : caught >= enough(seeds);
  return is_as_expected ? EXIT_SUCCESS : EXIT_FAILURE;
}

}  // namespace
}  // namespace mznode

int main(int argc, char** argv) {
  try {
    return mznode::run({argv + 1, argv + argc});
  } catch (const std::exception& error) {
    std::cerr << "mutation trial: " << error.what() << '\n';
    return 2;
  }
}

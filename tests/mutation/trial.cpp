// Runs a strategy over many seeds and says in how many something was found wrong: `--expect caught` succeeds when that
// is so in a third of them, `--expect sound` when it is in none.

#include <charconv>
#include <cstdlib>
#include <iostream>
#include <map>
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

TestSettings parse(const std::vector<std::string>& words, bool& expects_caught) {
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
      if (value != "caught" && value != "sound") throw std::invalid_argument("--expect takes caught or sound, not " + value);
      expects_caught = value == "caught";
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

/// What is wrong, in words; empty when nothing is.
std::string fault_of(TestSettings settings) {
  raft::Watch watch(settings);
  settings.keep_journal = true;
  const TestReport report = run_test(settings, [&] { return !watch.look(); });
  watch.look_at(report.run.packets);
  if (watch.violation()) return "an invariant is violated";
  if (report.results["workload"]["valid?"] == false) return "the history is not linearizable";
  return "";
}

int run(const std::vector<std::string>& words) {
  bool expects_caught = false;
  TestSettings settings = parse(words, expects_caught);
  const std::uint64_t seeds = seeds_per_cell(12);
  std::map<std::string, std::uint64_t> found;
  std::uint64_t caught = 0;
  for (settings.seed = 0; settings.seed < seeds; ++settings.seed) {
    const std::string fault = fault_of(settings);
    if (fault.empty()) continue;
    ++found[fault];
    ++caught;
  }
  for (const auto& [fault, times] : found) std::cout << fault << ": " << times << " of " << seeds << " seeds\n";
  std::cout << "caught in " << caught << " of " << seeds << " seeds\n";
  return (expects_caught ? caught >= enough(seeds) : caught == 0) ? EXIT_SUCCESS : EXIT_FAILURE;
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

// The full seed counts: every strategy under every fault that it claims to survive, for all sizes of clusters, and
// every mutant. `soak [--short] [--shard i/n] [--jobs J] [--seeds N] [--nodes N,…] [FILTER]` prints a line of JSON a
// cell; lines of several shards concatenate. It exits with the worst verdict: 1 when something is invalid or a mutant
// was not caught, 2 when something is unknown. With --short the cells are tests of 2, 5 and 10 seconds, of which none
// may be called invalid; that too little happened to say is no fault of theirs.

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <functional>
#include <iostream>
#include <map>
#include <mutex>
#include <thread>

#include "summary.hpp"
#include "test_options.hpp"
#include "tests/workloads/cells.hpp"
#include "tests/workloads/mutants/table.hpp"

namespace mznode::soak {
namespace {

using check::Valid;
using nlohmann::ordered_json;

/// The seeds of one line of the output.
struct Job {
  /// What the line begins with.
  ordered_json head;
  std::uint64_t seeds;
  /// What became of a seed: as expected, or not and why.
  struct Outcome {
    Valid valid = Valid::unknown;
    std::string why = {};
  };
  std::function<Outcome(std::uint64_t seed)> run;
  /// The command that shows one again.
  std::function<std::string(std::uint64_t seed)> replay;
  /// How many of so many seeds must end as expected.
  std::uint64_t (*needed)(std::uint64_t seeds);
  /// Whether what is unknown counts as expected.
  bool may_be_unknown = false;

  std::string label() const {
    std::string text;
    for (const auto& [key, value] : head.items()) text += (text.empty() ? "" : ", ") + value.dump();
    std::erase(text, '"');
    return text;
  }
};

std::uint64_t all_of(std::uint64_t seeds) {
  return seeds;
}

/// What a cell gets unless --seeds says otherwise: what clusters meet most gets most, and so does consensus.
std::uint64_t seeds_of(const Cell& cell) {
  if (cell.workload == "lin-kv" && (cell.nodes == 3 || cell.nodes == 5)) return 2'000;
  const bool is_judged_by_anomalies = cell.workload == "kafka" || cell.workload.starts_with("txn");
  if (is_judged_by_anomalies && cell.nodes <= 5) return 1'000;
  return cell.nemesis == "partition" || cell.nemesis == "swarm" ? 500 : 200;
}
constexpr std::uint64_t seeds_of_mutants = 200;
constexpr std::uint64_t seeds_of_short_cells = 200;

/// Large clusters say the same at many times the cost, so they meet only the faults that matter most.
bool is_worth_it(const Cell& cell) {
  return cell.nodes <= 5 || cell.nemesis.empty() || cell.nemesis == "partition" || cell.nemesis == "swarm";
}

Job job_of(const Cell& cell) {
  return {.head = {{"workload", cell.workload},
                   {"strategy", cell.strategy},
                   {"nemesis", cell.nemesis.empty() ? "none" : cell.nemesis},
                   {"nodes", cell.nodes}},
          .seeds = seeds_of(cell),
          .run =
              [cell](std::uint64_t seed) {
                auto outcome = run_cell(cell, seed);
                return Job::Outcome{outcome.valid, std::move(outcome.why)};
              },
          .replay = [cell](std::uint64_t seed) { return app::replay_command(settings_of(cell, seed)); },
          .needed = all_of};
}

/// A test that is too short to say much, as somebody begins with.
TestSettings short_settings_of(const Cell& cell, Duration time_limit, std::uint64_t seed) {
  TestSettings settings = settings_of(cell, seed);
  settings.time_limit = time_limit;
  settings.nemesis_interval = 1s;
  settings.rate_millis = 20'000;
  settings.concurrency = find_workload(cell.workload).test.default_workers_per_node;
  return settings;
}

/// Everything that `mznode test` judges counts, and nothing is excused but that too little happened.
Job short_job_of(const Cell& cell, Duration time_limit) {
  return {.head = {{"workload", cell.workload},
                   {"strategy", cell.strategy},
                   {"nemesis", cell.nemesis.empty() ? "none" : cell.nemesis},
                   {"nodes", cell.nodes},
                   {"seconds", time_limit / 1s}},
          .seeds = seeds_of_short_cells,
          .run =
              [cell, time_limit](std::uint64_t seed) {
                const TestReport report = run_test(short_settings_of(cell, time_limit, seed), [] { return false; });
                const bool is_wrong = report.valid() == Valid::no;
                return Job::Outcome{report.valid(), is_wrong ? app::reasons(report) : ""};
              },
          .replay = [cell, time_limit](
                        std::uint64_t seed) { return app::replay_command(short_settings_of(cell, time_limit, seed)); },
          .needed = all_of,
          .may_be_unknown = true};
}

/// A job of the tables of mutants. `run` tells whether a result is as expected.
template <class Row, class Run>
Job job_of(const char* kind, const Row& row, std::uint64_t (*needed)(std::uint64_t), Run run) {
  std::string nemesis;
  for (const Fault fault : row.faults) nemesis += (nemesis.empty() ? "" : ",") + std::string(fault_name(fault));
  if (nemesis.empty()) nemesis = "none";
  const std::string name = row.name;
  return {.head = {{kind, name}, {"workload", row.workload}, {"nemesis", nemesis}, {"nodes", row.trial(0).nodes}},
          .seeds = seeds_of_mutants,
          .run = [&row, run](std::uint64_t seed) { return Job::Outcome{run(row.trial(seed).run(row.install))}; },
          .replay =
              [name](std::uint64_t) {
                return "MZNODE_SEEDS=" + std::to_string(seeds_of_mutants) +
                       " build/release/tests/workloads_test --gtest_filter='*/" + name + "'";
              },
          .needed = needed};
}

std::vector<Job> all_jobs() {
  std::vector<Job> jobs;
  for (const Cell& cell : all_cells({1, 2, 3, 5, 25}, {"loss,duplicate,reorder"})) {
    if (is_worth_it(cell)) jobs.push_back(job_of(cell));
  }
  for (const Mutant& mutant : all_mutants()) {
    jobs.push_back(job_of("mutant", mutant, enough, [&mutant](const Trial::Result& result) {
      return mutant.finds(result) && !result.is_valid() ? Valid::yes : Valid::no;
    }));
  }
  for (const Mutant& mutant : mutants_of_promises()) {
    jobs.push_back(job_of("mutant", mutant, enough, [&mutant](const Trial::Result& result) {
      return mutant.finds(result) ? Valid::yes : Valid::no;
    }));
  }
  for (const Control& control : all_controls()) {
    jobs.push_back(job_of("control", control, all_of,
                          [](const Trial::Result& result) { return result.is_valid() ? Valid::yes : Valid::no; }));
  }
  return jobs;
}

std::vector<Job> short_jobs() {
  std::vector<Job> jobs;
  for (const Cell& cell : all_cells({3, 5})) {
    for (const Duration time_limit : {Duration(2s), Duration(5s), Duration(10s)}) {
      jobs.push_back(short_job_of(cell, time_limit));
    }
  }
  return jobs;
}

/// Hands seeds to threads, and prints lines in the order of the jobs.
class Soak {
 public:
  explicit Soak(std::vector<Job> jobs) : jobs_(std::move(jobs)), results_(jobs_.size()) {}

  int run(unsigned threads) {
    {
      std::vector<std::jthread> workers;
      for (unsigned i = 0; i < threads; ++i) workers.emplace_back([this] { work(); });
    }
    show("");
    if (error_) std::rethrow_exception(error_);
    constexpr std::array codes = {0, 2, 1};  // in the order of Valid
    return codes.at(static_cast<std::size_t>(worst_));
  }

 private:
  struct Result {
    std::map<Valid, std::uint64_t> counts;
    std::uint64_t done = 0;
    std::optional<std::uint64_t> first_failure;
    std::string why;
  };

  void work() {
    std::unique_lock lock(mutex_);
    while (job_ < jobs_.size() && !error_) {
      const std::size_t index = job_;
      const Job& job = jobs_[index];
      const std::uint64_t seed = seed_++;
      if (seed_ == job.seeds) {
        ++job_;
        seed_ = 0;
      }
      lock.unlock();
      Job::Outcome outcome;
      std::exception_ptr error;
      try {
        outcome = job.run(seed);
      } catch (...) {
        error = std::current_exception();
      }
      lock.lock();
      if (error) error_ = error;
      take(index, seed, outcome);
    }
  }

  void take(std::size_t index, std::uint64_t seed, const Job::Outcome& outcome) {
    Result& result = results_[index];
    ++result.counts[outcome.valid];
    ++result.done;
    const bool is_fault =
        outcome.valid == Valid::no || (outcome.valid == Valid::unknown && !jobs_[index].may_be_unknown);
    if (is_fault && seed <= result.first_failure.value_or(seed)) {
      result.first_failure = seed;
      result.why = outcome.why;
    }
    while (printed_ < jobs_.size() && results_[printed_].done == jobs_[printed_].seeds) {
      print(jobs_[printed_], results_[printed_]);
      ++printed_;
    }
    if (printed_ == jobs_.size()) return;
    show(std::to_string(printed_) + " of " + std::to_string(jobs_.size()) + " cells; " + jobs_[printed_].label() +
         ": " + std::to_string(results_[printed_].done) + " of " + std::to_string(jobs_[printed_].seeds) + " seeds");
  }

  void print(const Job& job, Result& result) {
    const std::uint64_t expected =
        result.counts[Valid::yes] + (job.may_be_unknown ? result.counts[Valid::unknown] : std::uint64_t{0});
    const bool is_ok = expected >= job.needed(job.seeds);
    if (!is_ok) worst_ = check::worst(worst_, result.counts[Valid::no] > 0 ? Valid::no : Valid::unknown);
    ordered_json line = job.head;
    line["seeds"] = job.seeds;
    if (line.contains("mutant")) {
      line["caught"] = result.counts[Valid::yes];
    } else {
      line["valid"] = result.counts[Valid::yes];
      line["invalid"] = result.counts[Valid::no];
      line["unknown"] = result.counts[Valid::unknown];
    }
    line["ok"] = is_ok;
    if (!is_ok) line["replay"] = job.replay(*result.first_failure);
    if (!is_ok && !result.why.empty()) line["why"] = result.why;
    show("");
    std::cout << line.dump() << std::endl;
  }

  void show(const std::string& progress) const {
    if (is_terminal_) std::cerr << "\r\033[K" << progress << std::flush;
  }

  const std::vector<Job> jobs_;
  const bool is_terminal_ = ::isatty(STDERR_FILENO) != 0;
  std::mutex mutex_;
  std::size_t job_ = 0;
  std::uint64_t seed_ = 0;
  std::vector<Result> results_;
  std::size_t printed_ = 0;
  Valid worst_ = Valid::yes;
  std::exception_ptr error_;
};

struct Shard {
  std::size_t part = 1;
  std::size_t of = 1;
};

/// Throws CLI::ValidationError.
Shard parse_shard(const std::string& text) {
  Shard shard;
  int end = 0;
  const bool is_pair = std::sscanf(text.c_str(), "%zu/%zu%n", &shard.part, &shard.of, &end) == 2;
  if (!is_pair || static_cast<std::size_t>(end) != text.size() || shard.part < 1 || shard.part > shard.of) {
    throw CLI::ValidationError("--shard", "takes a part such as 2/8, not " + text);
  }
  return shard;
}

int run(int argc, char** argv) {
  CLI::App app("Every strategy under every fault it claims to survive, and every mutant, over many seeds.", "soak");
  std::string shard_text = "1/1";
  unsigned threads = 1;
  std::uint64_t seeds = 0;
  std::vector<std::size_t> sizes;
  std::string filter;
  bool is_short = false;
  app.add_flag("--short", is_short, "tests of 2, 5 and 10 seconds, of which none may be called invalid");
  app.add_option("--shard", shard_text, "run part i of n of the cells, as i/n");
  app.add_option("--jobs", threads, "seeds that run at once")->check(CLI::Range(1, 1024));
  app.add_option("--seeds", seeds, "so many seeds a cell instead of 200 to 2,000")->check(CLI::PositiveNumber);
  app.add_option("--nodes", sizes, "only clusters of these sizes, such as 1,2,3,5")
      ->delimiter(',')
      ->allow_extra_args(false);
  app.add_option("FILTER", filter, "only the cells whose description contains this, such as \"g-counter, crdt\"");
  try {
    app.parse(argc, argv);
    const Shard shard = parse_shard(shard_text);
    std::vector<Job> chosen;
    std::size_t place = 0;
    for (Job& job : is_short ? short_jobs() : all_jobs()) {
      if (job.label().find(filter) == std::string::npos) continue;
      if (!sizes.empty() && std::find(sizes.begin(), sizes.end(), job.head.at("nodes")) == sizes.end()) continue;
      if (place++ % shard.of != shard.part - 1) continue;
      if (seeds > 0) job.seeds = seeds;
      chosen.push_back(std::move(job));
    }
    if (chosen.empty() && shard.of == 1) {
      throw CLI::ValidationError(
          "FILTER", (sizes.empty() ? "fits no cell: " : "fits no cell of the sizes in --nodes: ") + filter);
    }
    return Soak(std::move(chosen)).run(threads);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  } catch (const std::exception& error) {
    std::cerr << "soak: " << error.what() << '\n';
    return 2;
  }
}

}  // namespace
}  // namespace mznode::soak

int main(int argc, char** argv) {
  return mznode::soak::run(argc, argv);
}

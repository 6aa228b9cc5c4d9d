#include "app/seeds.hpp"

#include <unistd.h>

#include <atomic>
#include <iostream>
#include <map>
#include <mutex>
#include <thread>

#include "app/store.hpp"
#include "app/summary.hpp"

namespace mznode::app {
namespace {

/// What is kept of each seed; its report can be large.
struct Outcome {
  check::Valid valid;
  nlohmann::ordered_json line;
  std::string explanation;
};

Outcome run_one(TestSettings settings, std::uint64_t seed, const std::string& root) {
  settings.seed = seed;
  settings.keep_journal = false;
  TestReport report = run_test(settings, was_interrupted);
  Outcome outcome{.valid = report.valid, .line = nlohmann::ordered_json::object(), .explanation = {}};
  outcome.line["seed"] = seed;
  outcome.line["workload"] = settings.workload;
  outcome.line["valid?"] = check::to_details(report.valid);
  for (const Fault fault : report.faults) outcome.line["faults"].push_back(fault_name(fault));
  outcome.line["ok-fraction"] = report.results["availability"]["ok-fraction"];
  outcome.line["msgs-per-op"] = report.results["net"]["servers"].value("msgs-per-op", 0.0);
  if (report.valid == check::Valid::yes) return outcome;
  outcome.line["replay"] = replay_command(settings);
  outcome.explanation = "seed " + std::to_string(seed) + ": " + verdict_word(report.valid) + "\n" + reasons(report) +
                        "  replay with: " + replay_command(settings) + "\n";
  if (!root.empty() && !report.run.interrupted) {
    settings.keep_journal = true;
    report = run_test(settings, was_interrupted);
    outcome.explanation += "  stored in " + store(root, settings, report).string() + "\n";
  }
  return outcome;
}

/// Hands seeds to threads and prints outcomes in the order of the seeds, whichever ends first.
class Series {
 public:
  explicit Series(const TestCommand& command) : command_(command) {
    for (std::uint64_t seed = command.seeds->first; seed <= command.seeds->last; ++seed) {
      if ((seed - command.seeds->first) % command.shards == command.shard - 1) seeds_.push_back(seed);
    }
  }

  int run() {
    std::vector<std::thread> threads;
    for (unsigned i = 0; i < command_.jobs; ++i) threads.emplace_back([this] { work(); });
    for (auto& thread : threads) thread.join();
    if (::isatty(STDERR_FILENO)) std::cerr << "\r\033[K";
    if (error_) std::rethrow_exception(error_);
    if (!command_.json) {
      std::cout << printed_ << " seeds: " << counts_[check::Valid::yes] << " valid, " << counts_[check::Valid::no]
                << " invalid, " << counts_[check::Valid::unknown] << " unknown\n";
    }
    if (counts_[check::Valid::no] > 0) return exit_invalid;
    return counts_[check::Valid::unknown] > 0 || was_interrupted() ? exit_unknown : exit_valid;
  }

 private:
  void work() {
    try {
      for (;;) {
        const std::size_t index = next_++;
        if (index >= seeds_.size() || was_interrupted()) return;
        Outcome outcome = run_one(command_.settings, seeds_[index], command_.store);
        const std::lock_guard lock(mutex_);
        finished_.emplace(index, std::move(outcome));
        print_finished();
      }
    } catch (...) {
      const std::lock_guard lock(mutex_);
      error_ = std::current_exception();
      next_ = seeds_.size();
    }
  }

  void print_finished() {
    for (auto found = finished_.find(printed_); found != finished_.end(); found = finished_.find(printed_)) {
      const Outcome& outcome = found->second;
      ++counts_[outcome.valid];
      if (command_.json) {
        std::cout << outcome.line.dump() << std::endl;
      } else {
        std::cout << outcome.explanation << std::flush;
      }
      finished_.erase(found);
      ++printed_;
    }
    if (::isatty(STDERR_FILENO)) {
      std::cerr << "\r" << printed_ << " of " << seeds_.size() << " seeds, " << counts_[check::Valid::no] << " invalid"
                << std::flush;
    }
  }

  const TestCommand& command_;
  std::vector<std::uint64_t> seeds_;
  std::atomic<std::size_t> next_ = 0;
  std::mutex mutex_;
  std::map<std::size_t, Outcome> finished_;
  std::size_t printed_ = 0;
  std::map<check::Valid, std::size_t> counts_;
  std::exception_ptr error_;
};

bool fails(const TestSettings& settings) {
  return run_test(settings, was_interrupted).valid == check::Valid::no && !was_interrupted();
}

std::vector<std::string> without(const std::vector<std::string>& names, std::size_t index) {
  std::vector<std::string> rest = names;
  rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(index));
  return rest;
}

}  // namespace

int run_seeds(const TestCommand& command) { return Series(command).run(); }

void shrink(TestSettings settings) {
  settings.keep_journal = false;
  // A swarm is a list of faults, too; named one by one, each can be left out.
  const TestReport first = run_test(settings, was_interrupted);
  settings.nemesis.clear();
  for (const Fault fault : first.faults) settings.nemesis.emplace_back(fault_name(fault));
  for (std::size_t i = 0; i < settings.nemesis.size() && !was_interrupted();) {
    TestSettings fewer = settings;
    fewer.nemesis = without(settings.nemesis, i);
    if (fails(fewer)) {
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
    if (shorter.time_limit > Duration::zero() && fails(shorter)) {
      settings = shorter;
    } else {
      step /= 2;
    }
  }
  std::cout << "shrunk to: " << replay_command(settings) << "\n";
}

}  // namespace mznode::app

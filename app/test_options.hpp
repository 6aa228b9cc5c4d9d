#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "commands.hpp"
#include "mznode/workloads/harness.hpp"
#include "setting_table.hpp"

namespace mznode::app {

/// Seeds from the first to the last; of these every `shards`-th beginning with the `shard`-th, for one of several
/// machines.
struct SeedRange {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  std::uint64_t shard = 1;
  std::uint64_t shards = 1;

  /// How many seeds are this shard's; 2^64 counts as one less.
  std::uint64_t size() const {
    if (last - first < shard - 1) return 0;
    const std::uint64_t steps = (last - first - (shard - 1)) / shards;
    return std::max(steps, steps + 1);
  }
};

/// What the flags about seeds hold before they are understood.
struct SeedFlags {
  std::string seed = "0";
  std::string seeds;
  std::string shard;
  std::int64_t test_count = 1;
};

/// The flags that tests and comparisons have in common.
struct TestFlags {
  std::string workload;
  GivenSettings given;
  SeedFlags seeds;
};

/// Adds those flags to a command, but for those about processes.
void declare(CLI::App& app, TestFlags& flags);
/// What they mean. Throws std::invalid_argument with one line for the user.
TestSettings test_settings(const CLI::App& app, const TestFlags& flags);
/// The seeds that they ask for; nothing when it is one test. Throws std::invalid_argument, too.
std::optional<SeedRange> seed_range(const SeedFlags& flags);

/// The command line of `mznode test`: the settings of the test, and what to do with it.
struct TestCommand {
  TestSettings settings;
  /// One test of the settings' seed when there is none.
  std::optional<SeedRange> seeds;
  /// Tests that run at once; of several seeds as many as default_jobs() unless the user says.
  unsigned jobs = 1;
  bool shrink = false;
  bool self_check = false;
  bool json = false;
  bool log_stderr = false;
  bool log_net_send = false;
  bool log_net_recv = false;
  /// The file for a page about the test; empty for none.
  std::string report;
  /// Where results go; empty for nowhere.
  std::string store = "store";
};

/// Reads the arguments of `mznode test`. Throws std::invalid_argument with one line for the user; returns nothing when
/// help was asked for and printed.
std::optional<TestCommand> parse_test_command(const Arguments& arguments);

/// How many such tests run at once unless the user says: one a processor in virtual time. In real time one, because
/// others would take the time of its nodes.
unsigned default_jobs(const TestSettings& settings);

/// A word as a shell reads it back.
std::string quoted(const std::string& word);
/// The command that runs this test again: `mznode test …` with every setting that is not the default.
std::string replay_command(const TestSettings& settings);

}  // namespace mznode::app

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/commands.hpp"
#include "workloads/harness.hpp"

namespace mznode::app {

/// The command line of `mznode test`: the settings of the test, and what to do with it.
struct TestCommand {
  TestSettings settings;
  /// The seeds to run, from the first to the last; one test of the settings' seed when there are none.
  struct Seeds {
    std::uint64_t first = 0;
    std::uint64_t last = 0;
  };
  std::optional<Seeds> seeds;
  /// Every n-th seed beginning with the i-th, for one of several machines.
  std::uint64_t shard = 1;
  std::uint64_t shards = 1;
  unsigned jobs = 1;
  bool shrink = false;
  bool self_check = false;
  bool json = false;
  bool log_stderr = false;
  bool log_net_send = false;
  bool log_net_recv = false;
  /// Where results go; empty for nowhere.
  std::string store = "store";
};

/// Reads the arguments of `mznode test`. Throws std::invalid_argument with one line for the user; returns nothing when
/// help was asked for and printed.
std::optional<TestCommand> parse_test_command(const Arguments& arguments);

/// The command that runs this test again: `mznode test …` with every setting that is not the default.
std::string replay_command(const TestSettings& settings);

}  // namespace mznode::app

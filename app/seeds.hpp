#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "test_options.hpp"

namespace mznode::app {

/// The seeds of a range that are this machine's.
std::vector<std::uint64_t> seeds_of(const SeedRange& range);

/// What many seeds came to: the exit code of the worst verdict, and the first seed that was invalid.
struct SeedsOutcome {
  int code = 0;
  std::optional<std::uint64_t> first_invalid;
};

/// Runs the seeds of a command, several at once, and prints a line for each that fails (with --json a line for each).
/// Only failing seeds are stored.
SeedsOutcome run_seeds(const TestCommand& command);

/// Looks for the shortest run with the fewest faults that is still invalid, and for the same reason.
TestSettings shrink(TestSettings settings);

}  // namespace mznode::app

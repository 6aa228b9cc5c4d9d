#pragma once

#include <string>
#include <vector>

#include "mznode/workloads/harness.hpp"

namespace mznode::app {

/// "valid", "INVALID" or "unknown".
std::string verdict_word(check::Valid valid);
/// The same in its colour, where the terminal has colours.
std::string coloured_verdict(check::Valid valid);
int exit_code(check::Valid valid);

/// What was tested, in one line, such as "broadcast, star: 25 nodes, partition, seed 7".
std::string title(const TestSettings& settings, const TestReport& report);

/// A page about one test for a person: the verdict and why, the figures that matter.
std::string summary(const TestSettings& settings, const TestReport& report);

/// Which time the processes of --bin ran in, and whether another run of the seed gives the same; empty without --bin.
std::string time_text(const TestReport& report);

/// The part of the results that is not valid, and what it says of it.
struct Reason {
  std::string part;
  std::string text;
  /// The checker's words for people, line by line, if it has any.
  std::vector<std::string> explanation;
};
std::vector<Reason> reason_list(const TestReport& report);

/// The limits of a test, a line each: measured, asked for, and the share that is used.
std::string limit_lines(const std::vector<LimitsFinding::Measured>& limits, std::size_t indent);

/// Symptoms and reasons as text, a line for each, its explanation below it; empty when nothing is wrong.
std::string reasons(const TestReport& report);

}  // namespace mznode::app

#pragma once

#include <string>

#include "workloads/harness.hpp"

namespace mznode::app {

/// "valid", "INVALID" or "unknown".
std::string verdict_word(check::Valid valid);
int exit_code(check::Valid valid);

/// A page about one test for a person: the verdict and why, the figures that matter.
std::string summary(const TestSettings& settings, const TestReport& report);

/// What is wrong, one reason a line; empty when nothing is.
std::string reasons(const TestReport& report);

}  // namespace mznode::app

#pragma once

#include <string>
#include <vector>

/// The command line: the only place that knows CLI11 and standard output.
namespace mznode::app {

/// Exit codes beside a verdict's.
constexpr int exit_ok = 0;
constexpr int exit_usage = 2;

using Arguments = std::vector<std::string>;

/// Runs the command that `arguments` (without the program's name) ask for; returns the exit code.
int run(const Arguments& arguments);

/// A node on standard input and output: `mznode --workload NAME …`.
int run_node(const Arguments& arguments);
/// `mznode list`: workloads, strategies, guarantees and options.
int run_test_command(const Arguments& arguments);
int run_list(const Arguments& arguments);

}  // namespace mznode::app

#pragma once

#include <string>
#include <vector>

/// The command line: the only place that knows CLI11, standard output and the file system.
namespace mznode::app {

/// The exit codes of every command: a verdict's, and 2 for what could not be done.
constexpr int exit_valid = 0;
constexpr int exit_invalid = 1;
constexpr int exit_unknown = 2;
constexpr int exit_usage = 2;

using Arguments = std::vector<std::string>;

/// Runs the command that `arguments` (without the program's name) ask for; returns the exit code.
int run(const Arguments& arguments);

/// A node on standard input and output: `mznode --workload NAME …`.
int run_node(const Arguments& arguments);
/// `mznode test`: a whole test on the embedded network.
int run_test_command(const Arguments& arguments);
/// `mznode compare`: the strategies of a workload under the same flags and seeds.
int run_compare(const Arguments& arguments);
/// `mznode check`: judges recorded histories.
int run_check(const Arguments& arguments);
/// `mznode list`: workloads, strategies, guarantees and options.
int run_list(const Arguments& arguments);
/// `mznode demo`: every workload once, with a table of verdicts.
int run_demo(const Arguments& arguments);

}  // namespace mznode::app

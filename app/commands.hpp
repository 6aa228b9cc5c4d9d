#pragma once

#include <memory>
#include <string>
#include <vector>

namespace CLI {
class App;
}

/// The command line: the only place that knows CLI11, what users read, and the files that they name.
namespace mznode::app {

/// The exit codes of every command: a verdict's, and 2 for what could not be done.
constexpr int exit_valid = 0;
constexpr int exit_invalid = 1;
constexpr int exit_unknown = 2;
constexpr int exit_usage = 2;

using Arguments = std::vector<std::string>;

/// Runs the command that `arguments` (without the program's name) ask for; returns the exit code.
int run(const Arguments& arguments);

/// What the program can be asked for.
struct Command {
  /// The first argument; empty for the node, which has none.
  std::string name;
  std::string summary;
  int (*run)(const Arguments&);
  /// Its options, for help, the manual page and completion.
  std::shared_ptr<const CLI::App> (*options)();
};

/// All of them, the node first.
const std::vector<Command>& commands();

/// A node on standard input and output: `mznode --workload NAME …`.
int run_node(const Arguments& arguments);
std::shared_ptr<const CLI::App> node_options();
/// `mznode test`: a whole test on the embedded network.
int run_test_command(const Arguments& arguments);
std::shared_ptr<const CLI::App> test_options();
/// `mznode challenge`: Fly.io's challenges, with their flags and limits.
int run_challenge(const Arguments& arguments);
std::shared_ptr<const CLI::App> challenge_options();
/// `mznode compare`: the strategies of a workload under the same flags and seeds.
int run_compare(const Arguments& arguments);
std::shared_ptr<const CLI::App> compare_options();
/// `mznode check`: judges recorded histories.
int run_check(const Arguments& arguments);
std::shared_ptr<const CLI::App> check_options();
/// `mznode init`: a small node to begin with, in a language of the user's.
int run_init(const Arguments& arguments);
std::shared_ptr<const CLI::App> init_options();
/// `mznode list`: workloads, strategies, guarantees and options.
int run_list(const Arguments& arguments);
std::shared_ptr<const CLI::App> list_options();
/// `mznode demo`: every workload once, with a table of verdicts.
int run_demo(const Arguments& arguments);
std::shared_ptr<const CLI::App> demo_options();
/// `mznode completion SHELL`: the script by which a shell completes this program's words.
int run_completion(const Arguments& arguments);
std::shared_ptr<const CLI::App> completion_options();
/// `mznode man`: the manual page.
int run_man(const Arguments& arguments);
std::shared_ptr<const CLI::App> man_options();

/// What such a script asks: the words that may stand where the last of `arguments` stands, one a line, each with a tab
/// and what it means.
int run_complete(const Arguments& arguments);

}  // namespace mznode::app

#include <exception>
#include <iostream>

#include "commands.hpp"
#include "mznode/json/error.hpp"
#include "mznode/json/printable.hpp"
#include "mznode/json/suggestion.hpp"
#include "program.hpp"

namespace mznode::app {
namespace {

void print_help() {
  std::cout << called("mznode: a node for every Maelstrom workload, and a network to test nodes on\n\n");
  for (const Command& command : commands()) {
    std::string usage = program_name() + " " + (command.name.empty() ? "--workload NAME [options]" : command.name);
    usage.resize(34, ' ');
    std::cout << "  " << usage << command.summary << '\n';
  }
  std::string version = program_name() + " --version";
  version.resize(34, ' ');
  std::cout << "  " << version
            << called(
                   "the version\n\nEach command has --help; `mznode --workload NAME --help` shows the options of a "
                   "workload's strategies.\n");
}

int refuse(const std::string& word) {
  std::vector<std::string_view> known;
  for (const Command& command : commands()) {
    if (!command.name.empty()) known.push_back(command.name);
  }
  std::cerr << called("mznode: ") << unknown_word("command", word, known)
            << called("; `mznode --help` tells what they do\n");
  return exit_usage;
}

int dispatch(const Arguments& arguments) {
  const std::string first = arguments.empty() ? "--help" : arguments.front();
  if (arguments.empty() || (arguments.size() == 1 && (first == "--help" || first == "-h" || first == "help"))) {
    print_help();
    return arguments.empty() ? exit_usage : exit_valid;
  }
  if (first == "--version") {
    std::cout << "mznode " << MZNODE_VERSION << '\n';
    return exit_valid;
  }
  const Arguments rest(arguments.begin() + 1, arguments.end());
  if (first == "complete") return run_complete(rest);
  if (first.starts_with('-')) return run_node(arguments);
  for (const Command& command : commands()) {
    if (first == command.name) return command.run(rest);
  }
  return refuse(first);
}

}  // namespace

const std::vector<Command>& commands() {
  static const std::vector<Command> all = {
      {"", "a node on standard input and output, as Maelstrom runs it", run_node, node_options},
      {"test", "a whole test on the embedded network, with Maelstrom's flags", run_test_command, test_options},
      {"compare", "strategies and their options side by side", run_compare, compare_options},
      {"check", "judges recorded histories", run_check, check_options},
      {"list", "workloads, strategies, their guarantees and options", run_list, list_options},
      {"demo", "every workload once, with a table of verdicts", run_demo, demo_options},
      {"completion", "the script by which bash, zsh or fish completes words", run_completion, completion_options},
      {"man", "the manual page, for man -l", run_man, man_options},
  };
  return all;
}

int run(const Arguments& arguments) {
  try {
    const int code = dispatch(arguments);
    if (std::cout.flush()) return code;
    std::cerr << "mznode: not all could be written to the standard output; is its disk full?\n";
  } catch (const std::exception& error) {
    std::cerr << printable_lines(called("mznode: ") + describe(error)) << '\n';
  }
  return exit_unknown;
}

}  // namespace mznode::app

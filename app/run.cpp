#include <algorithm>
#include <exception>
#include <iostream>

#include "commands.hpp"
#include "mznode/json/error.hpp"
#include "mznode/json/printable.hpp"
#include "mznode/json/suggestion.hpp"
#include "program.hpp"
#include "terminal.hpp"

namespace mznode::app {
namespace {

void print_help() {
  constexpr std::size_t indent = 36;
  constexpr std::size_t columns = 80;
  std::cout << called("mznode: a node for every Maelstrom workload, and a network to test nodes on\n\n");
  const auto print = [](std::string usage, const std::string& summary) {
    usage.resize(std::max(usage.size() + 1, indent - 2), ' ');
    std::cout << "  " << usage << wrapped(summary, columns, indent) << '\n';
  };
  for (const Command& command : commands()) {
    print(program_name() + " " + (command.name.empty() ? "--workload NAME [options]" : command.name), command.summary);
  }
  print(program_name() + " version", "the version");
  std::cout << '\n'
            << wrapped(called("Each command has --help; `mznode --workload NAME --help` shows the options of a "
                              "workload's strategies."),
                       columns)
            << '\n';
}

int refuse(const std::string& word) {
  std::vector<std::string_view> known;
  for (const Command& command : commands()) {
    if (!command.name.empty()) known.push_back(command.name);
  }
  known.emplace_back("version");
  print_error(called("mznode: ") + unknown_word("command", word, known) +
              called("; `mznode --help` tells what they do"));
  return exit_usage;
}

int dispatch(const Arguments& arguments) {
  const std::string first = arguments.empty() ? "--help" : arguments.front();
  if (arguments.empty() || (arguments.size() == 1 && (first == "--help" || first == "-h" || first == "help"))) {
    print_help();
    return arguments.empty() ? exit_usage : exit_valid;
  }
  if (arguments.size() == 1 && (first == "--version" || first == "version")) {
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
      {"challenge", "Fly.io's challenges, passed or not and by how much", run_challenge, challenge_options},
      {"compare", "strategies and their options side by side", run_compare, compare_options},
      {"check", "judges recorded histories", run_check, check_options},
      {"init", "a small node to begin with, in seven languages", run_init, init_options},
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
    std::cerr << called("mznode: ") << "not all could be written to the standard output; is its disk full?\n";
  } catch (const std::exception& error) {
    std::cerr << printable_lines(called("mznode: ") + describe(error)) << '\n';
  }
  return exit_unknown;
}

}  // namespace mznode::app

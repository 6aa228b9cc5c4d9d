#include <algorithm>
#include <array>
#include <iostream>
#include <string_view>

#include "app/commands.hpp"

namespace mznode::app {
namespace {

struct Command {
  std::string_view name;
  std::string_view summary;
  int (*run)(const Arguments&);
};

constexpr std::array commands = {
    Command{"test", "a whole test on the embedded network, with Maelstrom's flags", run_test_command},
    Command{"compare", "strategies and their options side by side: verdict, messages, latency", run_compare},
    Command{"check", "judges recorded histories", run_check},
    Command{"list", "workloads, strategies, their guarantees and options", run_list},
    Command{"demo", "every workload once, with a table of verdicts", run_demo},
};

void print_help() {
  std::cout << "mznode: a node for every Maelstrom workload\n\n"
               "  mznode --workload NAME [--strategy NAME] [options]    a node on standard input and output\n";
  for (const Command& command : commands) {
    std::string name(command.name);
    name.resize(47, ' ');
    std::cout << "  mznode " << name << command.summary << '\n';
  }
  std::cout << "  mznode --version                                      the version\n\n"
               "Each command has --help; `mznode --workload NAME --help` shows the options of a workload's strategies.\n";
}

}  // namespace

int run(const Arguments& arguments) {
  const std::string first = arguments.empty() ? "--help" : arguments.front();
  if (arguments.empty() || (arguments.size() == 1 && (first == "--help" || first == "-h" || first == "help"))) {
    print_help();
    return arguments.empty() ? exit_usage : exit_valid;
  }
  if (first == "--version") {
    std::cout << "mznode " << MZNODE_VERSION << '\n';
    return exit_valid;
  }
  for (const Command& command : commands) {
    if (first == command.name) return command.run({arguments.begin() + 1, arguments.end()});
  }
  if (first.front() != '-') {
    std::cerr << "mznode: there is no command " << first << "; `mznode --help` lists them\n";
    return exit_usage;
  }
  return run_node(arguments);
}

}  // namespace mznode::app

#include "mznode/bench.hpp"

#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <stdexcept>

#include "commands.hpp"
#include "program.hpp"

namespace mznode::bench {
namespace {

/// The workload and strategy of a node that is not told which: the first of the user's own.
app::Arguments own_node(const std::vector<OwnStrategy>& strategies, const std::vector<WorkloadInfo>& workloads) {
  if (!strategies.empty()) return {"--workload", strategies[0].workload, "--strategy", strategies[0].info.name};
  for (const WorkloadInfo& each : workloads) {
    if (!each.strategies.empty()) return {"--workload", each.name, "--strategy", each.strategies[0].name};
  }
  return {};
}

/// Whether the arguments are those of a node that leave the workload open. A person at a terminal who gives none wants
/// help.
bool is_node_of_default(const app::Arguments& arguments) {
  if (arguments.empty()) return ::isatty(STDIN_FILENO) == 0;
  if (!arguments.front().starts_with('-')) return false;
  return std::none_of(arguments.begin(), arguments.end(), [](const std::string& word) {
    return word == "-w" || word.starts_with("--workload") || word == "-h" || word == "--help" || word == "--version";
  });
}

}  // namespace

int main(int argc, char** argv, std::vector<OwnStrategy> strategies, std::vector<WorkloadInfo> workloads) {
  if (argc > 0) app::set_program(argv[0]);
  app::Arguments arguments(argv + std::min(argc, 1), argv + argc);
  const app::Arguments node = own_node(strategies, workloads);
  try {
    for (WorkloadInfo& each : workloads) add_workload(std::move(each));
    // Each is put before the others, so that the first is the default.
    std::reverse(strategies.begin(), strategies.end());
    for (OwnStrategy& each : strategies) add_strategy(each.workload, std::move(each.info));
  } catch (const std::invalid_argument& error) {
    std::cerr << app::program_name() << ": " << error.what() << '\n';
    return app::exit_usage;
  }
  if (!node.empty() && is_node_of_default(arguments)) arguments.insert(arguments.begin(), node.begin(), node.end());
  return app::run(arguments);
}

}  // namespace mznode::bench

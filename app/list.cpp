#include <iostream>

#include "command_line.hpp"
#include "mznode/workloads/registry.hpp"

namespace mznode::app {
namespace {

std::string fault_list(const Guarantees& guarantees) {
  std::string text;
  for (const Fault fault : guarantees.survives) {
    text += text.empty() ? "" : ", ";
    text += fault_name(fault);
  }
  return text.empty() ? "no faults" : text;
}

std::string promises(const Guarantees& guarantees) {
  if (guarantees.promises_nothing()) return "      guarantees nothing\n";
  return "      guarantees " + guarantees.model +
         (guarantees.available ? ", available under partition" : ", not available under partition") +
         "\n      survives " + fault_list(guarantees) + "\n";
}

void print(const StrategyInfo& strategy, bool is_default) {
  std::cout << "  " << strategy.name << (is_default ? " (default)" : "") << ": " << strategy.summary << '\n'
            << promises(strategy.guarantees);
  if (!strategy.guarantees.caveat.empty()) std::cout << "      note: " << strategy.guarantees.caveat << '\n';
  for (const Option& option : strategy.options) {
    std::cout << "      --" << option.name << " N   " << option.summary << " (" << option.min << " to " << option.max
              << ", default " << option.default_value << ")\n";
  }
}

int print_all() {
  for (const WorkloadInfo& workload : workloads()) {
    std::cout << workload.name << ": " << workload.summary << '\n';
    for (const StrategyInfo& strategy : workload.strategies) print(strategy, &strategy == &workload.strategies.front());
  }
  return exit_valid;
}

}  // namespace

std::shared_ptr<const CLI::App> list_options() {
  return no_options("mznode list", "Shows workloads, strategies, their guarantees and options.");
}

int run_list(const Arguments& arguments) {
  return run_plain("mznode list", *list_options(), arguments, print_all);
}

}  // namespace mznode::app

#include <iostream>

#include "command_line.hpp"
#include "mznode/workloads/figures.hpp"
#include "mznode/workloads/registry.hpp"
#include "program.hpp"
#include "terminal.hpp"

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

/// A line that begins at column `at` and goes on further in.
void print(std::size_t at, const std::string& text) {
  constexpr std::size_t further = 4;
  std::cout << std::string(at, ' ') << wrapped(text, output_width(), at + further, at) << '\n';
}

void print(const StrategyInfo& strategy, bool is_default) {
  constexpr std::size_t indent = 6;
  print(2, strategy.name + (is_default ? " (default)" : "") + ": " + strategy.summary);
  const Guarantees& promised = strategy.guarantees;
  if (promised.promises_nothing()) {
    print(indent, "guarantees nothing");
  } else {
    print(indent, "guarantees " + promised.model +
                      (promised.available ? ", available under partition" : ", not available under partition"));
    print(indent, "survives " + fault_list(promised));
  }
  if (!strategy.guarantees.caveat.empty()) print(indent, "note: " + strategy.guarantees.caveat);
  for (const Option& option : strategy.options) {
    print(indent, "--" + option.name + " N   " + option.summary + " (" + std::to_string(option.min) + " to " +
                      std::to_string(option.max) + ", default " + std::to_string(option.default_value) + ")");
  }
}

void print(const WorkloadInfo& workload) {
  print(0, workload.name + ": " + workload.summary);
  for (const StrategyInfo& strategy : workload.strategies) print(strategy, &strategy == &workload.strategies.front());
}

/// What only somebody who asks for this workload wants to know.
void print_details(const WorkloadInfo& workload) {
  std::string kinds;
  for (const std::string& kind : workload.test.kinds) kinds += (kinds.empty() ? "" : ", ") + kind;
  std::string figures;
  for (const Figure& figure : figures_of(workload)) figures += (figures.empty() ? "" : ", ") + figure.name;
  std::cout << "\nA test of it:\n";
  print(2, program_name() + " test -w " + workload.name + " --bin ./my-node");
  print(2, "asks for " + kinds + ", each of which must succeed at least once; clients wait for " +
               std::to_string(workload.client_timeout / 1s) + " s");
  print(2, "has these figures for --expect: " + figures);
}

struct ListLine {
  std::string workload;
  CLI::App app{
      "Shows workloads, strategies, their guarantees and options; of one workload also what its tests ask for."};

  ListLine() {
    app.name(called("mznode list [WORKLOAD]"));
    app.add_option("workload", workload, "one of them; all unless given");
  }
};

/// Every workload of that name, or of the module of that name.
std::vector<const WorkloadInfo*> named(const std::string& name) {
  std::vector<const WorkloadInfo*> found;
  for (const WorkloadInfo& workload : workloads()) {
    if (workload.name == name || workload.module == name) found.push_back(&workload);
  }
  if (found.empty()) found.push_back(&find_workload(name));
  return found;
}

}  // namespace

std::shared_ptr<const CLI::App> list_options() {
  return options_of<ListLine>();
}

int run_list(const Arguments& arguments) {
  ListLine line;
  try {
    const auto behind_separator = parse(line.app, arguments);
    if (!behind_separator) return exit_valid;
    if (!behind_separator->empty()) throw std::invalid_argument("unexpected argument " + behind_separator->front());
    if (line.app.count("workload") == 0) {
      for (const WorkloadInfo& workload : workloads()) print(workload);
      return exit_valid;
    }
    for (const WorkloadInfo* workload : named(line.workload)) {
      print(*workload);
      print_details(*workload);
    }
    return exit_valid;
  } catch (const std::invalid_argument& error) {
    print_error(called("mznode list: ") + error.what());
    return exit_usage;
  }
}

}  // namespace mznode::app

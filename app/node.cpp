#include "mznode/node/node.hpp"

#include <iostream>
#include <stdexcept>

#include "command_line.hpp"
#include "mznode/json/suggestion.hpp"
#include "mznode/node/stdio_runtime.hpp"
#include "mznode/workloads/registry.hpp"
#include "program.hpp"
#include "terminal.hpp"

namespace mznode::app {
namespace {

/// The options of a node, and what they set.
struct NodeLine {
  std::string workload;
  std::string strategy;
  std::string log_level = "warn";
  std::size_t threads = 1;
  std::string data_dir;
  CLI::App app{
      "A node on standard input and output, as Maelstrom runs it. Each strategy has options of its own: "
      "mznode -w NAME --help shows them."};

  NodeLine() {
    app.name(called("mznode --workload NAME [--strategy NAME] [options]"));
    app.option_defaults()->always_capture_default();
    app.add_option("-w,--workload", workload, "what to solve (mznode list shows all)")->required()->type_name("NAME");
    app.add_option("-s,--strategy", strategy, "how; the workload's first strategy unless given")->type_name("NAME");
    app.add_option("--log-level", log_level, "what goes to standard error: trace, debug, info, warn, error or off")
        ->type_name("NAME");
    add_number(app, "--threads", threads, std::size_t{1}, std::size_t{64}, "threads for offloaded work");
    app.add_option("--data-dir", data_dir,
                   "where nodes keep what must survive them, if the strategy does; it belongs "
                   "to one workload, strategy and cluster, so a fresh directory for every run")
        ->type_name("DIR");
    app.allow_extras();  // the options of the strategy, which is not known yet
  }
};

/// A page about one workload, with the options of each of its strategies.
std::string strategies_help(const WorkloadInfo& workload) {
  constexpr std::size_t columns = 80;
  std::string text = "Strategies of " + workload.name + " (the first is the default):\n";
  for (const StrategyInfo& strategy : workload.strategies) {
    text += "  " + wrapped(strategy.name + ": " + strategy.summary, columns, 4, 2) + '\n';
    for (const Option& option : strategy.options) {
      const std::string summary = option.summary + " (default " + std::to_string(option.default_value) + ")";
      text += "      " + wrapped("--" + option.name + " N " + summary, columns, 10, 6) + "\n";
    }
  }
  return text;
}

/// Several workloads may share the name of a module, and not all their strategies.
const WorkloadInfo& workload_of(const NodeLine& line) {
  const WorkloadInfo& named = find_node_workload(line.workload);
  for (const WorkloadInfo& workload : workloads()) {
    if (workload.module != line.workload) continue;
    for (const StrategyInfo& strategy : workload.strategies) {
      if (strategy.name == line.strategy) return workload;
    }
  }
  return named;
}

LogLevel log_level(const std::string& name) {
  if (const auto level = parse_log_level(name)) return *level;
  throw std::invalid_argument(unknown_word("log level", name, {"trace", "debug", "info", "warn", "error", "off"}));
}

}  // namespace

std::shared_ptr<const CLI::App> node_options() {
  return options_of<NodeLine>();
}

int run_node(const Arguments& arguments) {
  NodeLine line;
  try {
    const auto behind_separator = parse(line.app, arguments);
    if (!behind_separator) {
      if (!line.workload.empty()) std::cout << '\n' << strategies_help(find_node_workload(line.workload));
      return exit_valid;
    }
    if (!behind_separator->empty()) throw std::invalid_argument("unexpected argument " + behind_separator->front());
    const WorkloadInfo& workload = workload_of(line);
    const StrategyInfo& strategy = find_strategy(workload, line.strategy);
    const OptionValues options(strategy.options, strategy_options(line.app, {&strategy}));
    StdioRuntime runtime({.threads = line.threads,
                          .log_level = log_level(line.log_level),
                          .data_dir = line.data_dir,
                          .data_owner = {{"workload", workload.name}, {"strategy", strategy.name}}});
    std::unique_ptr<Strategy> installed;  // the node's tasks may use it until the end
    Node node(runtime);
    node.set_client_timeout(workload.client_timeout);
    installed = strategy.install(node, options);
    return runtime.run(node);
  } catch (const std::invalid_argument& error) {
    print_error(called("mznode: ") + error.what());
    return exit_usage;
  }
}

}  // namespace mznode::app

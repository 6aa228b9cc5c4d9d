#include <CLI/CLI.hpp>
#include <iostream>
#include <stdexcept>

#include "app/commands.hpp"
#include "app/strategy_options.hpp"
#include "core/node.hpp"
#include "core/stdio_runtime.hpp"
#include "workloads/registry.hpp"

namespace mznode::app {
namespace {

struct NodeSettings {
  std::string workload;
  std::string strategy;
  std::string log_level = "warn";
  std::size_t threads = 1;
  std::string data_dir;
};

/// A page about one workload, with the options of each of its strategies.
std::string strategies_help(const WorkloadInfo& workload) {
  std::string text = "Strategies of " + workload.name + " (the first is the default):\n";
  for (const StrategyInfo& strategy : workload.strategies) {
    text += "  " + strategy.name + ": " + strategy.summary + '\n';
    for (const Option& option : strategy.options) {
      text += "      --" + option.name + " N  " + option.summary + " (default " + std::to_string(option.default_value) + ")\n";
    }
  }
  return text;
}

void declare(CLI::App& app, NodeSettings& settings) {
  app.name("mznode");
  app.add_option("-w,--workload", settings.workload, "what to solve (mznode list shows all)")->required();
  app.add_option("-s,--strategy", settings.strategy, "how; the workload's first strategy unless given");
  app.add_option("--log-level", settings.log_level, "what goes to standard error: trace, debug, info, warn, error or off")
      ->capture_default_str();
  app.add_option("--threads", settings.threads, "threads for offloaded work")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  app.add_option("--data-dir", settings.data_dir,
                 "where a node keeps what must survive it, for strategies that do; a fresh directory for every run");
  app.allow_extras();  // the options of the strategy, which is not known yet
}

LogLevel log_level(const std::string& name) {
  if (const auto level = parse_log_level(name)) return *level;
  throw std::invalid_argument("--log-level takes trace, debug, info, warn, error or off, not " + name);
}

}  // namespace

int run_node(const Arguments& arguments) {
  NodeSettings settings;
  CLI::App app("A Maelstrom node on standard input and output.");
  declare(app, settings);
  try {
    app.parse(Arguments(arguments.rbegin(), arguments.rend()));
    const WorkloadInfo& workload = find_node_workload(settings.workload);
    const StrategyInfo& strategy = find_strategy(workload, settings.strategy);
    const OptionValues options(strategy.options, strategy_options(app.remaining()));
    StdioRuntime runtime({.threads = settings.threads, .log_level = log_level(settings.log_level), .data_dir = settings.data_dir});
    std::unique_ptr<Strategy> installed;  // the node's tasks may use it until the end
    Node node(runtime);
    node.set_client_timeout(workload.client_timeout);
    installed = strategy.install(node, options);
    return runtime.run(node);
  } catch (const CLI::CallForHelp&) {
    std::cout << app.help();
    if (!settings.workload.empty()) std::cout << '\n' << strategies_help(find_node_workload(settings.workload));
    return exit_valid;
  } catch (const CLI::ParseError& error) {
    std::cerr << "mznode: " << error.what() << '\n';
  } catch (const std::invalid_argument& error) {
    std::cerr << "mznode: " << error.what() << '\n';
  }
  return exit_usage;
}

}  // namespace mznode::app

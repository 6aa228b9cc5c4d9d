#include <CLI/CLI.hpp>
#include <csignal>
#include <iostream>
#include <stdexcept>

#include "app/commands.hpp"
#include "workloads/harness.hpp"

namespace mznode::app {

int run_test_command(const Arguments& arguments) {
  TestSettings settings;
  settings.workload = "broadcast";
  settings.nodes.clear();
  for (int i = 0; i < 25; ++i) settings.nodes.push_back("n" + std::to_string(i));
  settings.rate_millis = 100'000;
  settings.latency.mean_ms = 100;
  settings.time_limit = 20s;
  settings.strategy = arguments.at(0);
  settings.seed = std::stoull(arguments.at(1));
  if (arguments.size() > 2 && arguments[2] != "none") settings.nemesis = {arguments[2]};
  if (arguments.size() > 3) settings.topology = arguments[3];
  const auto report = run_test(settings, [] { return false; });
  std::cout << report.results.dump(1) << "\n";
  return 0;
}
}  // namespace mznode::app

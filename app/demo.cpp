#include <iostream>

#include "app/commands.hpp"
#include "app/summary.hpp"

namespace mznode::app {
namespace {

constexpr const char* demo_faults = "swarm";

/// A row of the table: one strategy under a mix of the faults that it claims to survive.
TestReport run_row(const WorkloadInfo& workload, const StrategyInfo& strategy, std::uint64_t seed) {
  TestSettings settings;
  settings.workload = workload.name;
  settings.strategy = strategy.name;
  settings.rate_millis = 50'000;
  settings.time_limit = 20s;
  settings.latency.mean_ms = 20;
  settings.nemesis = {demo_faults};
  settings.nemesis_interval = 5s;
  settings.seed = seed;
  settings.keep_journal = false;
  return run_test(settings, [] { return false; });
}

std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) text.resize(width, ' ');
  return text + "  ";
}

}  // namespace

int run_demo(const Arguments& arguments) {
  if (!arguments.empty()) {
    std::cerr << "mznode demo takes no arguments\n";
    return exit_usage;
  }
  std::cout << "Five nodes, 20 ms apart, 50 operations a second for 20 s, under a mix of the faults each strategy survives:\n\n"
            << padded("workload", 12) << padded("strategy", 10) << padded("verdict", 8) << padded("answered", 8)
            << padded("msgs/op", 8) << "checked against; faults\n";
  check::Valid worst = check::Valid::yes;
  std::uint64_t seed = 0;  // another one for each row, so that the mixes of faults differ
  for (const WorkloadInfo& workload : workloads()) {
    for (const StrategyInfo& strategy : workload.strategies) {
      const TestReport report = run_row(workload, strategy, ++seed);
      worst = check::worst(worst, report.valid);
      char answered[16];
      char messages[16];
      std::snprintf(answered, sizeof answered, "%.1f %%", 100 * report.results["availability"]["ok-fraction"].get<double>());
      std::snprintf(messages, sizeof messages, "%.2f", report.results["net"]["servers"].value("msgs-per-op", 0.0));
      std::string faults;
      for (const Fault fault : report.faults) faults += (faults.empty() ? "; " : ", ") + std::string(fault_name(fault));
      std::cout << padded(workload.name, 12) << padded(strategy.name, 10) << padded(verdict_word(report.valid), 8)
                << padded(answered, 8) << padded(messages, 8) << strategy.guarantees.model << faults << std::endl;
      if (report.valid != check::Valid::yes) std::cout << reasons(report);
    }
  }
  std::cout << "\n" << (worst == check::Valid::yes ? "All valid." : "Not all are valid.") << "\n";
  return exit_code(worst);
}

}  // namespace mznode::app

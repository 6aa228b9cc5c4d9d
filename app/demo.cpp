#include <array>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <thread>

#include "command_line.hpp"
#include "interrupt.hpp"
#include "ordered_jobs.hpp"
#include "summary.hpp"
#include "terminal.hpp"
#include "text_table.hpp"

namespace mznode::app {
namespace {

constexpr const char* demo_faults = "swarm";
/// Two workers for each of the five nodes, so that those of lin-kv meet on keys.
constexpr std::size_t concurrency = 10;

std::string two_decimals(double value) {
  std::array<char, 32> text;
  std::snprintf(text.data(), text.size(), "%.2f", value);
  return text.data();
}

/// The columns of the table: the strategy below its workload, figures, and words that may take several lines.
constexpr std::array<std::size_t, 5> widths = {11, 7, 7, 7, 7};

/// The text as wide as a column, and the gap to the next one.
std::string cell(const std::string& text, std::size_t column, bool is_number = false) {
  const std::size_t width = shown_width(text);
  const std::string padding(width < widths[column] ? widths[column] - width : 0, ' ');
  return (is_number ? padding + text : text + padding) + "  ";
}

std::string row(const std::string& name, const std::string& verdict, const std::array<std::string, 3>& figures,
                const std::string& words) {
  std::string text = cell(name, 0) + cell(verdict, 1);
  for (std::size_t i = 0; i < figures.size(); ++i) text += cell(figures[i], 2 + i, true);
  const std::size_t at = shown_width(text);
  return text + wrapped(words, output_width(), at) + "\n";
}

void print_head() {
  std::cout << row("", "verdict", {"ok", "refused", "msgs/op"}, "checked against; faults");
}

/// Prints a test's row of the table.
void print_row(const StrategyInfo& strategy, const TestReport& report) {
  std::string faults;
  for (const Fault fault : report.faults) faults += (faults.empty() ? "; " : ", ") + std::string(fault_name(fault));
  const check::AvailabilityFinding& availability = report.verdict.availability_found();
  const double messages = report.verdict.net_found().messages_per_op().value_or(0);
  if (&strategy == &report.workload->strategies.front()) std::cout << report.workload->name << "\n";
  std::cout << row("  " + strategy.name, coloured_verdict(report.valid()),
                   {percent(availability.ok_fraction), percent(availability.cas_mismatch_fraction),
                    two_decimals(messages)},
                   strategy.guarantees.model + faults)
            << std::flush;
  if (report.valid() != check::Valid::yes) std::cout << reasons(report);
}

/// A row of the table.
struct Row {
  TestSettings settings;
  const StrategyInfo* strategy;
};

/// Runs the tests, `jobs` at once, and prints their rows in order.
check::Valid run_rows(const std::vector<Row>& rows, unsigned jobs) {
  print_head();
  check::Valid worst = check::Valid::yes;
  run_in_order<TestReport>(
      rows.size(), jobs, [&](std::size_t i) { return run_test(rows[i].settings, was_interrupted); },
      [&](std::size_t i, const TestReport& report) {
        print_row(*rows[i].strategy, report);
        worst = check::worst(worst, report.valid());
      });
  return worst;
}

/// Every strategy under a mix of the faults that it claims to survive, in virtual time.
check::Valid run_embedded() {
  std::cout << "Five nodes, 20 ms apart, 50 operations a second for 20 s, under a mix of the\n"
               "faults each strategy survives, on the embedded network:\n\n";
  std::vector<Row> rows;
  std::uint64_t seed = 0;  // another one for each row, so that the mixes of faults differ
  for (const WorkloadInfo& workload : workloads()) {
    for (const StrategyInfo& strategy : workload.strategies) {
      TestSettings settings;
      settings.workload = workload.name;
      settings.strategy = strategy.name;
      settings.concurrency = concurrency;
      settings.rate_millis = 50'000;
      settings.time_limit = 20s;
      settings.latency.mean_ms = 20;
      settings.nemesis = {demo_faults};
      settings.nemesis_interval = 5s;
      settings.seed = ++seed;
      settings.keep_journal = false;
      hold_to_promise(settings);
      rows.push_back({std::move(settings), &strategy});
    }
  }
  return run_rows(rows, std::max(1U, std::thread::hardware_concurrency()));
}

/// The default strategies as real processes over pipes.
check::Valid run_processes() {
  std::cout << "\nThe same program as five processes over pipes, in real time, 100 operations\na second for 3 s, all "
               "workloads at once:\n\n";
  std::vector<Row> rows;
  for (const WorkloadInfo& workload : workloads()) {
    if (workload.strategies.empty()) continue;
    TestSettings settings;
    settings.workload = workload.name;
    settings.bin = std::filesystem::read_symlink("/proc/self/exe").string();
    settings.bin_args = {"--workload", workload.name};
    settings.process_time.mode = ProcessTime::Mode::real;  // to show how it does over real pipes
    settings.concurrency = concurrency;
    settings.rate_millis = 100'000;
    settings.time_limit = 3s;
    settings.keep_journal = false;
    hold_to_promise(settings);
    rows.push_back({std::move(settings), &workload.strategies.front()});
  }
  // Real time is mostly waiting, so that all of them take about as long as the longest.
  return run_rows(rows, static_cast<unsigned>(rows.size()));
}

int run_all() {
  const check::Valid embedded = run_embedded();
  const check::Valid worst = check::worst(embedded, run_processes());
  std::cout << "\nok: operations that succeeded; refused: compare-and-sets that rightly failed,\n"
               "because the key had another value\n";
  std::cout << "\n" << (worst == check::Valid::yes ? "All valid." : "Not all are valid.") << "\n";
  return exit_code(worst);
}

}  // namespace

std::shared_ptr<const CLI::App> demo_options() {
  return no_options("mznode demo",
                    "Runs every workload once, in virtual time and as processes, and prints a table of verdicts.");
}

int run_demo(const Arguments& arguments) {
  stop_on_signals();
  return run_plain("mznode demo", *demo_options(), arguments, run_all);
}

}  // namespace mznode::app

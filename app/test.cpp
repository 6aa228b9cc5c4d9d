#include <algorithm>
#include <chrono>
#include <iostream>
#include <stdexcept>

#include "interrupt.hpp"
#include "mznode/json/printable.hpp"
#include "program.hpp"
#include "progress.hpp"
#include "report/test_page.hpp"
#include "seeds.hpp"
#include "store.hpp"
#include "summary.hpp"
#include "terminal.hpp"
#include "test_options.hpp"

namespace mznode::app {
namespace {

int self_check(TestSettings settings) {
  settings.keep_journal = true;
  const TestReport first = run_test(settings, was_interrupted);
  const TestReport second = run_test(settings, was_interrupted);
  if (was_interrupted()) throw std::runtime_error("interrupted");
  const bool same = history_jsonl(first) == history_jsonl(second) && messages_jsonl(first) == messages_jsonl(second);
  std::cout << "self-check: " << (same ? "both runs wrote the same bytes" : "the runs DIFFER") << "\n";
  return same ? exit_valid : exit_invalid;
}

void print_messages(const TestCommand& command, const TestReport& report) {
  for (const sim::JournalEntry& entry : report.run.journal) {
    const bool sends = entry.event == sim::JournalEntry::Event::send;
    if (sends ? !command.log_net_send : !command.log_net_recv) continue;
    const sim::Packet& packet = report.run.packets.at(entry.packet);
    const auto us = std::chrono::duration_cast<std::chrono::microseconds>(entry.at - report.run.started).count();
    const char* event = sends ? ":send " : entry.event == sim::JournalEntry::Event::drop ? ":drop " : ":recv ";
    std::cout << us << " us " << event << packet.id << " " << packet.src << " -> " << packet.dest << " "
              << printable(packet.body) << "\n";
  }
}

/// Shows how far the run is, a few times a second.
TestReport run_with_progress(TestSettings settings) {
  using Clock = std::chrono::steady_clock;
  ProgressLine progress;
  if (!progress.is_shown()) return run_test(settings, was_interrupted);
  settings.on_progress = [&progress, limit = settings.time_limit, next = Clock::now()](Duration elapsed,
                                                                                       std::size_t operations) mutable {
    if (Clock::now() < next) return;
    next = Clock::now() + 200ms;
    const auto seconds = [](Duration duration) { return std::to_string(duration / 1s); };
    progress.show(seconds(std::min(elapsed, limit)) + " of " + seconds(limit) + " s, " + std::to_string(operations) +
                  " operations" + (elapsed < limit ? "" : "; now quiet, and the last reads"));
  };
  return run_test(settings, was_interrupted);
}

/// Shrinks the test and shows, stores and reports the short run, which is the one to look at.
void show_shrunk(const TestCommand& command) {
  TestSettings settings = shrink(command.settings);
  settings.keep_journal = command.settings.keep_journal;
  std::cout << "shrunk to: " << replay_command(settings) << "\n";
  if (was_interrupted()) return;  // the command is what there is
  const TestReport report = run_test(settings, was_interrupted);
  std::cout << reasons(report);
  if (!command.store.empty()) std::cout << "  stored in    " << store(command.store, settings, report).string() << "\n";
  if (!command.report.empty()) write_file(command.report, test_page(settings, report));
}

int run_single(TestCommand command) {
  // The messages are only kept for those who read them.
  command.settings.keep_journal =
      !command.store.empty() || !command.report.empty() || command.log_net_send || command.log_net_recv;
  const TestReport report = run_with_progress(command.settings);
  if (command.log_stderr) {
    for (const auto& [node, lines] : report.logs) {
      for (const auto& line : lines) std::cout << node << ": " << printable(line) << "\n";
    }
  }
  print_messages(command, report);
  std::cout << (command.json ? report.results().dump() + "\n" : summary(command.settings, report));
  if (!command.store.empty()) {
    const auto directory = store(command.store, command.settings, report);
    if (!command.json) std::cout << "  stored in    " << directory.string() << "\n";
  }
  if (report.valid() != check::Valid::yes && !command.json) {
    std::cout << "  replay with  " << replay_command(command.settings) << "\n";
  }
  if (command.shrink && report.valid() == check::Valid::no) {
    show_shrunk(command);
  } else if (!command.report.empty()) {
    // Behind all else, which would be lost when this cannot be written.
    write_file(command.report, test_page(command.settings, report));
  }
  return exit_code(report.valid());
}

int run_several(TestCommand command) {
  const SeedsOutcome outcome = run_seeds(command);
  if (command.shrink && outcome.first_invalid && !was_interrupted()) {
    command.settings.seed = *outcome.first_invalid;
    command.settings.keep_journal = !command.store.empty() || !command.report.empty();
    show_shrunk(command);
  }
  return outcome.code;
}

}  // namespace

int run_test_command(const Arguments& arguments) {
  try {
    const auto command = parse_test_command(arguments);
    if (!command) return exit_valid;
    stop_on_signals();
    if (command->self_check) return self_check(command->settings);
    demand_writable({.report = command->report, .store = command->store, .workloads = {command->settings.workload}});
    return command->seeds ? run_several(*command) : run_single(*command);
  } catch (const std::invalid_argument& error) {
    print_error(called("mznode test: ") + error.what());
    return exit_usage;
  } catch (const std::runtime_error& error) {
    print_error(called("mznode test: ") + error.what());
    return exit_unknown;
  }
}

}  // namespace mznode::app

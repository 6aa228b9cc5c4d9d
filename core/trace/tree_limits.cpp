#include <csignal>

#include "process_files.hpp"
#include "tree.hpp"

// What a node takes of the machine: what that costs it, and what ends it.
namespace mznode::trace {

/// Computing takes no time unless it is asked for: then the node's clock goes on by what its process has computed.
void Tree::charge(const Thread& thread) {
  if (cpu_time_permille_ == 0) return;
  if (expected_output_ > 0) drain();  // it was written before
  Process& process = *thread.process;
  const std::int64_t used = process_cpu_ns(process.pid);
  const std::int64_t since = used - process.charged_ns;
  if (since <= 0) return;
  process.charged_ns = used;
  clock.pass(since / 1000 * cpu_time_permille_ + since % 1000 * cpu_time_permille_ / 1000);
}

void Tree::watch_limits() {
  constexpr std::uint64_t stops_between_looks = 256;
  if (stops_ % stops_between_looks == 0) is_over_limits();
}

/// Ends a node that takes too much of the machine.
bool Tree::is_over_limits() {
  if (ending_) return true;
  const std::int64_t now = wall_ns();
  if (run_began_ns_ < 0) {  // a run that is not worth a look is over before
    run_began_ns_ = now;
    supervisor_cpu_ns_ = thread_cpu_ns();
    tree_cpu_ns_ = -1;
  }
  constexpr std::int64_t between_looks_ns = 50'000'000;
  if (now - limits_seen_ns_ < between_looks_ns) return false;
  limits_seen_ns_ = now;
  std::size_t bytes = 0;
  for (const auto& process : processes_) bytes += resident_bytes(process->pid);
  const std::int64_t busy_ns = now - run_began_ns_;
  if (busy_ns > limits_.stall.count() / 4 && has_stalled(now) && busy_ns > limits_.stall.count()) {
    end_by_measure("was busy for " + std::to_string(limits_.stall / 1s) +
                   " s of real time in one moment of virtual time, without coming to rest (--stall)");
  } else if (bytes > limits_.memory_bytes) {
    end_by_measure("used " + std::to_string(bytes >> 20) + " MB of memory, more than the " +
                   std::to_string(limits_.memory_bytes >> 20) + " MB that a node may (--memory)");
  }
  return ending_.has_value();
}

/// Time in which the machine was busy with others does not count, or not much.
bool Tree::has_stalled(std::int64_t now) {
  std::int64_t of_tree = 0;
  for (const auto& thread : threads_) of_tree += thread_status(thread->tid).cpu_ns;
  for (const auto& process : processes_) of_tree += children_cpu_ns(process->pid);
  if (tree_cpu_ns_ < 0) tree_cpu_ns_ = of_tree;  // from here on it is measured
  const std::int64_t cpu = thread_cpu_ns() - supervisor_cpu_ns_ + of_tree - tree_cpu_ns_;
  constexpr std::int64_t busy_part = 2;
  constexpr std::int64_t patience = 10;
  return cpu > limits_.stall.count() / busy_part || now - run_began_ns_ > patience * limits_.stall.count();
}

/// What the machine measures is another thing the next time, and with it where the node ends.
void Tree::end_by_measure(const std::string& why) {
  escape("was ended by a limit that the machine measures");
  end(why);
}

void Tree::end(const std::string& why) {
  if (!ending_) ending_ = why;
  for (const auto& process : processes_) ::kill(process->pid, SIGKILL);
}

}  // namespace mznode::trace

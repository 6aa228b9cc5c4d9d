#pragma once

#include <csignal>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "clock.hpp"
#include "thread.hpp"

namespace mznode::trace {

/// The timers that a node's processes have set: the kernel's own stay unset, and these fire by the node's clock.
class VirtualTimers {
 public:
  struct Setting {
    LocalTime due = never;
    /// 0 for once.
    std::int64_t interval = 0;
  };
  /// A timer that sends a signal.
  struct Signal {
    Process* process = nullptr;
    /// The kernel's; nothing for the one that each process has from birth (setitimer, alarm).
    std::optional<int> id;
    int clock = 0;
    /// 0 for none.
    int number = SIGALRM;
    /// The thread that gets it; 0 for the process.
    pid_t thread = 0;
    std::uint64_t value = 0;
    Setting setting;
  };

  /// When the next one is due.
  LocalTime next() const;
  /// Moves a setting on to when it is due next; false when it is not due.
  static bool pass(Setting& setting, LocalTime now);

  Signal* find(const Process& process, std::optional<int> id);
  Signal& interval_timer(Process& process);
  /// What the end of a process takes with it, or its exec.
  void forget(const Process& process, bool is_exec);

  /// Those that make a descriptor readable, by process and descriptor.
  std::map<std::pair<pid_t, int>, Setting> files;
  std::vector<Signal> signals;
};

}  // namespace mznode::trace

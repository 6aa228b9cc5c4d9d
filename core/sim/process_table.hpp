#pragma once

#include <sys/types.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "mznode/node/descriptor.hpp"
#include "mznode/node/runtime.hpp"

namespace mznode::sim {

/// A process as the system's table has it (proc(5), /proc/PID/stat).
struct ProcessEntry {
  pid_t pid = 0;
  pid_t parent = 0;
  /// It is dead, and its parent has not taken note of that.
  bool is_zombie = false;
  /// The processor time that it has used.
  Duration used{0};
  /// What it has in memory; pages that it shares with others count in each.
  std::uint64_t resident_bytes = 0;
};

/// Goes through the processes of the machine. Allocates nothing, so that a process that was forked from one with
/// threads may use it. Where there is no /proc it finds nothing.
class ProcessTable {
 public:
  ProcessTable();
  /// The next process; false when there is none left.
  bool next(ProcessEntry& entry);

 private:
  bool read_more();

  Descriptor directory_;
  alignas(8) std::array<char, 8192> buffer_;
  std::size_t at_ = 0;
  std::size_t end_ = 0;
};

/// All processes, to be looked at more than once.
std::vector<ProcessEntry> list_processes();

/// Whether a process has ended, its parent having taken note of that or not.
bool has_ended(pid_t pid);

/// All that descend from `root`, itself not among them.
std::vector<ProcessEntry> descendants(const std::vector<ProcessEntry>& processes, pid_t root);

/// How long a process has been ready to run without a processor (/proc/PID/schedstat); zero where the system does not
/// tell.
Duration processor_wait(pid_t pid);

/// What everything that descends from `root` has in memory, in bytes, `root` itself not. Pages that several of them
/// share are counted once where the system tells (/proc/PID/smaps_rollup), but only when the plain sum is more than
/// `enough`, because that takes longer.
std::uint64_t memory_of_tree(const std::vector<ProcessEntry>& processes, pid_t root, std::uint64_t enough);

}  // namespace mznode::sim

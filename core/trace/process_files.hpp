#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <string>

/// What /proc says about processes: for limits and for what is unforeseen only; no node's course hangs on it.
namespace mznode::trace {

struct ThreadStatus {
  /// The kernel's letter, such as R for one that computes and S for one that sleeps; 0 when it is gone.
  char state = 0;
  std::int64_t cpu_ns = 0;
};
ThreadStatus thread_status(pid_t tid);

/// The name or number of the call of the system that a thread is in.
std::string call_of(pid_t tid);
/// The flags that a descriptor of a process was opened with or given since; 0 for none.
int open_flags(pid_t pid, int descriptor);
/// Which process a descriptor of a process stands for (pidfd); 0 for none, or one that is gone.
pid_t process_of(pid_t pid, int descriptor);
/// The file that a descriptor of a process stands for; what the system calls it when it has no path.
std::string path_of(pid_t pid, int descriptor);
/// Whether the system lays the process's memory out by chance; also when it does not say.
bool has_random_addresses(pid_t pid);
/// How much main memory a process has to itself.
std::size_t resident_bytes(pid_t pid);
/// The machine's monotonic clock.
std::int64_t wall_ns();
/// The processor time that a process has used; 0 when it is gone.
std::int64_t process_cpu_ns(pid_t pid);
/// The processor time of its children that have ended and were waited for, and of theirs.
std::int64_t children_cpu_ns(pid_t pid);
/// The processor time of the calling thread.
std::int64_t thread_cpu_ns();
/// How a process ended, in words such as "exited with status 1".
std::string describe_end(int status);

}  // namespace mznode::trace

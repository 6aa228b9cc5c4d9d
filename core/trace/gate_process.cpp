#include <sys/syscall.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>

#include "gates.hpp"
#include "memory.hpp"

namespace mznode::trace {
namespace {

/// The number that stands in an argument is a process's as it is shown; the kernel gets the real one, and the caller
/// its register back.
Outcome translated(Tree& tree, Thread& thread, int index, std::function<void()> then = {}) {
  const auto shown = static_cast<pid_t>(thread.registers.argument(index));
  const Process* process = shown > 0 ? tree.find_process(shown) : nullptr;
  if (process == nullptr || process->pid == shown) return Outcome::allow_then(std::move(then));
  const std::uint64_t before = thread.registers.argument(index);
  thread.registers.set_argument(index, static_cast<std::uint64_t>(process->pid));
  thread.changed = true;
  return Outcome::allow_then([&thread, index, before, then = std::move(then)] {
    thread.registers.set_argument(index, before);
    thread.changed = true;
    if (then) then();
  });
}

pid_t shown(const Tree& tree, std::int64_t pid) {
  const Process* process = pid > 0 ? tree.find_process(static_cast<pid_t>(pid)) : nullptr;
  return process == nullptr ? static_cast<pid_t>(pid) : process->shown_pid;
}

bool has_ended_child(const Tree& tree, const Process& process, pid_t wanted) {
  return std::any_of(tree.ended().begin(), tree.ended().end(), [&](const Tree::Ended& child) {
    return child.parent == process.pid && (wanted <= 0 || wanted == child.pid || wanted == child.shown_pid);
  });
}

Outcome wait_for_child(Tree& tree, Thread& thread) {
  const Registers& call = thread.registers;
  const bool is_wait4 = call.number() == SYS_wait4;
  const auto options = static_cast<int>(call.argument(is_wait4 ? 2 : 3));
  const int pid_at = is_wait4 ? 0 : 1;
  auto wanted = static_cast<pid_t>(call.argument(pid_at));
  const bool names_one = is_wait4 || call.argument(0) == P_PID;
  if (!names_one) wanted = -1;
  const bool would_wait =
      (options & WNOHANG) == 0 && tree.has_children(*thread.process) && !has_ended_child(tree, *thread.process, wanted);
  const bool is_pidfd = !is_wait4 && call.argument(0) == 3;  // P_PIDFD
  if (would_wait && !is_pidfd) {
    Hold hold(Hold::On::child);
    hold.child = wanted;
    return Outcome::wait(std::move(hold));
  }
  const bool keeps = !is_wait4 && (options & WNOWAIT) != 0;
  const Address info_at = is_wait4 ? 0 : call.argument(2);
  const auto tell = [&tree, &thread, is_wait4, keeps, info_at] {
    std::int64_t pid = thread.registers.result();
    constexpr Address pid_offset = 12;  // of si_pid in siginfo_t
    if (!is_wait4) {
      const auto told = pid == 0 ? read_value<pid_t>(thread.tid, info_at + pid_offset) : std::nullopt;
      pid = told.value_or(0);
    }
    if (pid <= 0) return;
    const pid_t shown_pid = tree.shown_pid_of(static_cast<pid_t>(pid));
    if (!keeps) tree.forget_ended(static_cast<pid_t>(pid));
    if (is_wait4) {
      thread.registers.set_result(shown_pid);
      thread.changed = true;
    } else {
      write_value(thread.tid, info_at + pid_offset, shown_pid);
    }
  };
  if (!names_one || wanted <= 0) return Outcome::allow_then(tell);
  // The child may be in its grave already.
  const pid_t real = tree.real_pid_of(wanted);
  const std::uint64_t before = call.argument(pid_at);
  thread.registers.set_argument(pid_at, static_cast<std::uint64_t>(real));
  thread.changed = true;
  return Outcome::allow_then([&thread, pid_at, before, tell] {
    thread.registers.set_argument(pid_at, before);
    thread.changed = true;
    tell();
  });
}

}  // namespace

Outcome process_call(Tree& tree, Thread& thread) {
  Process& process = *thread.process;
  switch (thread.registers.number()) {
    case SYS_getpid: return Outcome::result(process.shown_pid);
    case SYS_getppid: {
      constexpr pid_t init = 1;
      return Outcome::result(process.parent == nullptr ? init : process.parent->shown_pid);
    }
    case SYS_sched_yield: return Outcome::yield();
    case SYS_wait4:
    case SYS_waitid: return wait_for_child(tree, thread);
    case SYS_exit:
      // The last thread takes its process along.
      if (tree.threads_of(process) == 1) {
        process.is_ending = true;
      } else if (thread.tid == process.pid) {
        thread.leaves_others = true;
      }
      return Outcome::allow();
    case SYS_exit_group: process.is_ending = true; return Outcome::allow();
    case SYS_getpgid:
    case SYS_getsid: {
      return translated(tree, thread, 0, [&tree, &thread] {
        thread.registers.set_result(shown(tree, thread.registers.result()));
        thread.changed = true;
      });
    }
    case SYS_prlimit64:
    case SYS_sched_setaffinity: {
      // Nobody else's limits are the node's to set, the supervisor's least of all.
      const auto whose = static_cast<pid_t>(thread.registers.argument(0));
      const bool is_own = whose <= 0 || tree.find_process(whose) != nullptr || tree.find_thread(whose) != nullptr;
      return is_own ? translated(tree, thread, 0) : Outcome::result(-ESRCH);
    }
    case SYS_setpgid:
    default: return translated(tree, thread, 0);
  }
}

}  // namespace mznode::trace

#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>

#include "gates.hpp"
#include "memory.hpp"
#include "process_files.hpp"

namespace mznode::trace {
namespace {

std::uint64_t bit_of(int signal) {
  return std::uint64_t{1} << (signal - 1);
}

std::uint64_t queued(pid_t tid, unsigned flags) {
  std::array<siginfo_t, 32> found;
  __ptrace_peeksiginfo_args arguments = {};
  arguments.flags = flags;
  arguments.nr = static_cast<std::int32_t>(found.size());
  std::uint64_t set = 0;
  for (;;) {
    const long count = ::ptrace(static_cast<__ptrace_request>(PTRACE_PEEKSIGINFO), tid, &arguments, found.data());
    if (count <= 0) return set;
    for (long i = 0; i < count; ++i) set |= bit_of(found[static_cast<std::size_t>(i)].si_signo);
    if (count < arguments.nr) return set;
    arguments.off += static_cast<std::uint64_t>(count);
  }
}

std::int64_t sent(int result) {
  return result == 0 ? 0 : -errno;
}

std::int64_t signal_process(Tree& tree, const Thread& thread, pid_t number_of_process, int number) {
  Process* target = tree.find_process(number_of_process);
  if (target == nullptr) {
    if (number != 0) tree.escape("sent a signal to a process that is not its own");
    return -ESRCH;
  }
  if (number == 0) return 0;
  if (number != SIGKILL) {
    // All of its threads stand still, so that the kernel would leave it to chance who takes it.
    if (Thread* taker = tree.taker_of(*target, number)) {
      const auto result = sent(static_cast<int>(::syscall(SYS_tgkill, target->pid, taker->tid, number)));
      tree.look_for_signal(*taker);
      return result;
    }
  }
  const std::int64_t result = sent(::kill(target->pid, number));
  if (number == SIGKILL && target != thread.process) tree.reap(*target);
  return result;
}

/// To all processes of the node but the caller's: what -1 means is confined to what the node is.
std::int64_t signal_all(Tree& tree, const Thread& thread, int number) {
  std::vector<Process*> others;
  for (const auto& each : tree.threads()) {
    if (each->process != thread.process && each->tid == each->process->pid) others.push_back(each->process);
  }
  if (others.empty()) return -ESRCH;
  for (Process* other : others) signal_process(tree, thread, other->pid, number);
  return 0;
}

std::int64_t signal_group(Tree& tree, const Thread& thread, pid_t group, int number) {
  const pid_t wanted = group == 0 ? ::getpgid(thread.process->pid) : group;
  std::int64_t result = -ESRCH;
  std::vector<Process*> members;
  for (const auto& each : tree.threads()) {
    if (each->tid != each->process->pid) continue;
    if (::getpgid(each->process->pid) == wanted) members.push_back(each->process);
  }
  for (const Process* member : members) {
    if (signal_process(tree, thread, member->pid, number) == 0) result = 0;
  }
  return result;
}

std::int64_t signal_thread(Tree& tree, pid_t tid, int number) {
  Thread* target = tree.find_thread(tid);
  if (target == nullptr) {
    // The main thread by its process's number.
    const Process* process = tree.find_process(tid);
    target = process == nullptr ? nullptr : tree.find_thread(process->pid);
  }
  if (target == nullptr) return -ESRCH;
  const auto result = sent(static_cast<int>(::syscall(SYS_tgkill, target->process->pid, target->tid, number)));
  if (number != 0) tree.look_for_signal(*target);
  return result;
}

Outcome wait_for_signal(Tree& tree, Thread& thread) {
  const Registers& call = thread.registers;
  Hold hold(Hold::On::signal);
  if (call.number() == SYS_rt_sigtimedwait) {
    const auto set = read_value<std::uint64_t>(thread.tid, call.argument(0));
    const auto deadline = relative_deadline(tree, thread.tid, call.argument(2));
    if (!set || !deadline) return Outcome::allow();
    if ((pending_signals(thread.tid) & *set) != 0) return Outcome::allow();
    hold.awaited = *set;
    hold.deadline = *deadline;
    hold.at_deadline = -EAGAIN;
  } else if (call.number() == SYS_rt_sigsuspend) {
    hold.blocked = read_value<std::uint64_t>(thread.tid, call.argument(0));
    if (!hold.blocked) return Outcome::allow();
  }
  return Outcome::wait(std::move(hold));
}

}  // namespace

std::uint64_t pending_signals(pid_t tid) {
  const std::uint64_t own = queued(tid, 0);
  return own | queued(tid, PTRACE_PEEKSIGINFO_SHARED);
}

std::uint64_t blocked_signals(pid_t tid) {
  std::uint64_t set = 0;
  ::ptrace(static_cast<__ptrace_request>(PTRACE_GETSIGMASK), tid, sizeof set, &set);
  return set;
}

Outcome signal_call(Tree& tree, Thread& thread) {
  const Registers& call = thread.registers;
  const auto target = static_cast<pid_t>(call.argument(0));
  const auto number = static_cast<int>(call.argument(1));
  switch (call.number()) {
    case SYS_kill:
      // Sent by the supervisor: the numbers are the node's, and so is what they can reach.
      if (number < 0 || number >= NSIG) return Outcome::result(-EINVAL);
      if (target == -1) return Outcome::result(signal_all(tree, thread, number));
      if (target > 0) return Outcome::result(signal_process(tree, thread, target, number));
      return Outcome::result(signal_group(tree, thread, -target, number));
    case SYS_pidfd_send_signal:
      if (number < 0 || number >= NSIG) return Outcome::result(-EINVAL);
      return Outcome::result(signal_process(tree, thread, process_of(thread.process->pid, target), number));
    case SYS_tkill: return Outcome::result(signal_thread(tree, target, number));
    case SYS_tgkill:
      return Outcome::result(
          signal_thread(tree, static_cast<pid_t>(call.argument(1)), static_cast<int>(call.argument(2))));
    case SYS_rt_sigqueueinfo: {
      const Process* process = tree.find_process(target);
      const auto info = read_value<siginfo_t>(thread.tid, call.argument(2));
      if (process == nullptr || !info) return Outcome::result(process == nullptr ? -ESRCH : -EFAULT);
      const auto result = sent(static_cast<int>(::syscall(SYS_rt_sigqueueinfo, process->pid, number, &*info)));
      tree.look_for_signals(*process);
      return Outcome::result(result);
    }
    case SYS_rt_tgsigqueueinfo: {
      Thread* to = tree.find_thread(static_cast<pid_t>(call.argument(1)));
      const auto info = read_value<siginfo_t>(thread.tid, call.argument(3));
      if (to == nullptr || !info) return Outcome::result(to == nullptr ? -ESRCH : -EFAULT);
      const auto result = sent(static_cast<int>(
          ::syscall(SYS_rt_tgsigqueueinfo, to->process->pid, to->tid, static_cast<int>(call.argument(2)), &*info)));
      tree.look_for_signal(*to);
      return Outcome::result(result);
    }
    default: return wait_for_signal(tree, thread);
  }
}

}  // namespace mznode::trace

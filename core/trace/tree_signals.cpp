#include <sys/syscall.h>

#include "gates.hpp"
#include "tree.hpp"

// Who meets a signal: all threads stand still, so it is the supervisor that chooses.
namespace mznode::trace {

bool Tree::look_for_signal(Thread& thread) {
  // One that only stands still for a while is not in a call that could be interrupted.
  if (thread.state != Thread::State::held) return false;
  if (thread.hold.on == Hold::On::time && !thread.hold.at_deadline) return false;
  const std::uint64_t pending = pending_signals(thread.tid);
  if (pending == 0) return false;
  const std::uint64_t blocked = thread.hold.blocked ? *thread.hold.blocked : blocked_signals(thread.tid);
  if ((pending & thread.hold.awaited) != 0) {
    release(thread);  // its call finds the signal
    return true;
  }
  if ((pending & ~blocked) == 0) return false;
  thread.restart = Thread::Restart{thread.registers.instruction(), thread.registers.number(), thread.hold.deadline};
  if (!thread.hold.blocked) {
    // Into a call that does nothing but meet signals; which one it was in truth is told when the signal has come.
    thread.interrupted = thread.registers.number();
    thread.registers.set_number(SYS_pause);
    thread.changed = true;
  }
  thread.at_exit = nullptr;
  make_runnable(thread);
  return true;
}

void Tree::look_for_signals(const Process& process) {
  for (const auto& thread : threads_) {
    if (thread->process == &process && look_for_signal(*thread)) return;
  }
}

Thread* Tree::taker_of(const Process& process, int signal) const {
  const std::uint64_t bit = std::uint64_t{1} << (signal - 1);
  for (const auto& thread : threads_) {
    if (thread->process != &process) continue;
    const bool is_held = thread->state == Thread::State::held;
    if (is_held && (thread->hold.awaited & bit) != 0) return thread.get();
    const std::uint64_t blocked =
        is_held && thread->hold.blocked ? *thread->hold.blocked : blocked_signals(thread->tid);
    if ((blocked & bit) == 0) return thread.get();
  }
  return nullptr;
}

}  // namespace mznode::trace

#include <signal.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "gates.hpp"
#include "image.hpp"
#include "memory.hpp"
#include "process_files.hpp"
#include "tree.hpp"

// What the tree does at each kind of stop.
namespace mznode::trace {
namespace {

/// What the kernel notes of a call that a signal interrupts: it is begun anew unless a handler runs, or a handler that
/// does not ask for it.
constexpr std::int64_t restart_unless_handled = -514;
constexpr std::int64_t restart_if_asked = -512;

bool is_restarted_when_asked(long number) {
  switch (number) {
    case SYS_read:
    case SYS_readv:
    case SYS_recvfrom:
    case SYS_recvmsg:
    case SYS_accept:
    case SYS_accept4:
    case SYS_wait4:
    case SYS_waitid:
    case SYS_futex: return true;
    default: return false;
  }
}

unsigned long message_of(pid_t tid) {
  unsigned long message = 0;
  ::ptrace(PTRACE_GETEVENTMSG, tid, nullptr, &message);
  return message;
}

}  // namespace

void Tree::handle(Thread& thread, int status) {
  if (!WIFSTOPPED(status)) {
    at_death(thread, status);
    return;
  }
  const int signal = WSTOPSIG(status);
  const int event = status >> 16;
  switch (event) {
    case 0: break;
    case PTRACE_EVENT_SECCOMP: at_call(thread); return;
    case PTRACE_EVENT_CLONE:
    case PTRACE_EVENT_FORK:
    case PTRACE_EVENT_VFORK: at_birth(thread, event); return;
    case PTRACE_EVENT_EXEC: at_exec(thread); return;
    case PTRACE_EVENT_STOP:
      if (signal == SIGTRAP) {  // interrupted, or continued
        make_runnable(thread);
      } else {
        thread.state = Thread::State::stopped;
        ::ptrace(static_cast<__ptrace_request>(PTRACE_LISTEN), thread.tid, nullptr, nullptr);
      }
      return;
    default: return;
  }
  if (signal == (SIGTRAP | 0x80)) {
    thread.is_in_exec = false;
    if (!thread.registers.load(thread.tid)) return;
    if (const auto then = std::exchange(thread.at_exit, nullptr)) then();
    return;
  }
  at_signal(thread, signal);
}

void Tree::at_call(Thread& thread) {
  thread.interrupted.reset();
  if (!thread.registers.load(thread.tid)) return;
  const long number = thread.registers.number();
  if (thread.turn == 0) {  // the others first; what becomes of the call is decided when it is made
    thread.is_undecided = true;
    thread.ready_at = 0;
    make_runnable(thread);
    return;
  }
  if (number == SYS_execve || number == SYS_execveat) {
    // One that fails comes back from its call.
    thread.is_in_exec = threads_of(*thread.process) > 1;
    if (thread.is_in_exec) thread.at_exit = [] {};
    return;
  }
  apply(thread, decide(*this, thread));
  const bool is_switch_point = number == SYS_write || number == SYS_writev;
  if (!is_switch_point || thread.state != Thread::State::running) return;
  if (const std::int64_t length = scheduler_.stall(clock.now()); length > 0) {
    Hold pause(Hold::On::time);
    pause.deadline = later(clock.now(), length);
    auto then = std::move(thread.at_exit);
    hold(thread, std::move(pause));
    thread.at_exit = std::move(then);
  }
}

void Tree::at_signal(Thread& thread, int signal) {
  if ((signal == SIGSEGV || signal == SIGTRAP) && emulate(thread, signal)) return;
  if (thread.interrupted && thread.registers.load(thread.tid)) {
    const long number = *thread.interrupted;
    thread.registers.set_number(number);
    const bool has_deadline = thread.restart && thread.restart->deadline != never;
    thread.registers.set_result(is_restarted_when_asked(number) && !has_deadline ? restart_if_asked
                                                                                 : restart_unless_handled);
    thread.changed = true;
    thread.interrupted.reset();
  }
  thread.at_exit = nullptr;
  thread.signal = signal;
}

/// An instruction that was caught: the thread goes on behind it, as if it had been carried out.
bool Tree::emulate(Thread& thread, int signal) {
  siginfo_t info = {};
  if (::ptrace(PTRACE_GETSIGINFO, thread.tid, nullptr, &info) != 0 || info.si_code != SI_KERNEL) return false;
  Registers registers;
  if (!registers.load(thread.tid)) return false;
  Leak leak;
  Address at = registers.instruction();
  if (signal == SIGTRAP) {
    at -= 1;  // the trap itself has been carried out
    const auto known = thread.process->memory->traps.find(at);
    if (known == thread.process->memory->traps.end()) return false;
    leak = known->second;
  } else {
    std::array<unsigned char, 3> code = {};
    if (!read_memory(thread.tid, at, code.data(), code.size()) || !is_counter_read(code, leak)) return false;
  }
  if (leak.kind == Leak::Kind::random) {
    registers.set_numbered(leak.target, entropy.bits(), leak.width_bytes == 8);
    registers.set_carry_only();
  } else {
    registers.set_counter(static_cast<std::uint64_t>(clock.read()));
    constexpr unsigned with_processor = 3;  // bytes of RDTSCP
    if (leak.bytes == with_processor) registers.set_numbered(1, 0, true);
  }
  registers.set_instruction(at + leak.bytes);
  thread.registers = registers;
  thread.changed = true;
  return true;
}

void Tree::at_birth(Thread& parent, int event) {
  const auto child = static_cast<pid_t>(message_of(parent.tid));
  int status = 0;
  while (::waitpid(child, &status, __WALL) < 0 && errno == EINTR) {
  }
  if (!parent.registers.load(parent.tid) || !WIFSTOPPED(status)) return;
  std::uint64_t flags = 0;
  if (parent.registers.number() == SYS_clone) flags = parent.registers.argument(0);
  if (parent.registers.number() == SYS_vfork) flags = CLONE_VM | CLONE_VFORK;
  const bool is_thread = (flags & CLONE_THREAD) != 0;
  Process* process = parent.process;
  if (!is_thread) {
    auto memory =
        (flags & CLONE_VM) != 0 ? parent.process->memory : std::make_shared<AddressSpace>(*parent.process->memory);
    process = &add_process(child, parent.process, std::move(memory));
    const pid_t shown = process->shown_pid;
    parent.at_exit = [&parent, shown] {
      if (parent.registers.result() <= 0) return;
      parent.registers.set_result(shown);
      parent.changed = true;
    };
  }
  Thread& born = add_thread(child, *process);
  make_runnable(born);
  if (event == PTRACE_EVENT_VFORK) {
    born.uses_memory_of = &parent;
    parent.state = Thread::State::vfork;
  }
  if (threads_.size() > limits_.threads || processes_.size() > limits_.processes) {
    end("started more than " + std::to_string(is_thread ? limits_.threads : limits_.processes) +
        (is_thread ? " threads" : " processes") + " that live at once");
  }
}

void Tree::at_exec(Thread& thread) {
  // The one that called it goes by its process's number now, and is alone.
  Process& process = *thread.process;
  std::vector<Thread*> others;
  Thread* leader = nullptr;
  for (const auto& each : threads_) {
    if (each->process != &process) continue;
    (each->tid == process.pid ? leader : others.emplace_back()) = each.get();
  }
  if (leader == nullptr) leader = &add_thread(process.pid, process);
  Thread* freed = leader->uses_memory_of != nullptr ? leader->uses_memory_of : thread.uses_memory_of;
  for (Thread* other : others) forget(*other);
  std::erase(queue_, leader);
  leader->uses_memory_of = nullptr;
  leader->is_in_exec = false;
  leader->at_exit = nullptr;
  leader->interrupted.reset();
  leader->restart.reset();
  leader->changed = false;
  leader->state = Thread::State::running;
  process.memory = std::make_shared<AddressSpace>();
  timers.forget(process, true);
  if (freed != nullptr && freed->state == Thread::State::vfork) make_runnable(*freed);
  if (!prepare_image(leader->tid, clock.file(), entropy, *process.memory)) {
    reap(process);
  } else if (leader != &thread) {
    make_runnable(*leader);
  }
}

// ---- Ends

void Tree::at_death(Thread& thread, int status) {
  Process& process = *thread.process;
  const bool is_leader = thread.tid == process.pid;
  const bool is_whole = is_leader || process.is_ending || WIFSIGNALED(status);
  forget(thread);
  if (is_leader) {
    process_ended(process, status);
  } else if (is_whole) {
    reap(process);
  } else {
    words_may_have_changed();
  }
}

void Tree::reap(Process& process) {
  process.is_ending = true;
  int ticks = 0;
  for (;;) {
    // The leader's end is told last.
    Thread* next = nullptr;
    for (const auto& each : threads_) {
      if (each->process == &process && (next == nullptr || next->tid == process.pid)) next = each.get();
    }
    int status = 0;
    if (next == nullptr) {
      process_ended(process, status);
      return;
    }
    const bool is_leader = next->tid == process.pid;
    const auto waited = waiter_.wait(next->tid, status);
    if (waited == Tracer::Waiter::Wait::tick) {
      constexpr int patience = 50;  // it should have died long ago
      if (++ticks % patience == 0) ::kill(process.pid, SIGKILL);
    } else if (waited == Tracer::Waiter::Wait::event && WIFSTOPPED(status)) {
      ::ptrace(PTRACE_CONT, next->tid, nullptr, nullptr);
    } else {
      forget(*next);
      if (!is_leader) continue;
      process_ended(process, waited == Tracer::Waiter::Wait::event ? status : 0);
      return;
    }
  }
}

void Tree::process_ended(Process& process, int status) {
  ++happenings_;  // its descriptors are closed
  for (const auto& each : processes_) {
    if (each->parent == &process) each->parent = nullptr;
  }
  timers.forget(process, false);
  std::vector<Thread*> left;
  for (const auto& each : threads_) {
    if (each->process == &process) left.push_back(each.get());
  }
  for (Thread* each : left) forget(*each);
  const auto found =
      std::find_if(processes_.begin(), processes_.end(), [&](const auto& each) { return each.get() == &process; });
  if (found == processes_.end()) return;
  ended_processes_.push_back(std::move(*found));
  processes_.erase(found);
  if (process.pid == streams_.pid) {
    if (!ending_) ending_ = describe_end(status);
    for (const auto& each : processes_) ::kill(each->pid, SIGKILL);
  }
  if (process.parent == nullptr) {
    // Its new parent may be this process, when it is the first one of a container.
    ::waitpid(process.pid, nullptr, WNOHANG);
    words_may_have_changed();
    return;
  }
  ended_.push_back({process.parent->pid, process.pid, process.shown_pid});
  for (const auto& thread : threads_) {
    const bool waits =
        thread->process == process.parent && thread->state == Thread::State::held && thread->hold.on == Hold::On::child;
    if (!waits ||
        (thread->hold.child > 0 && thread->hold.child != process.shown_pid && thread->hold.child != process.pid)) {
      continue;
    }
    // Decided anew: now its child has ended.
    Outcome outcome = decide(*this, *thread);
    thread->state = Thread::State::running;
    apply(*thread, std::move(outcome));
    if (thread->state == Thread::State::running) make_runnable(*thread);
    break;
  }
  look_for_signals(*process.parent);
  words_may_have_changed();
}

void Tree::forget(Thread& thread) {
  if (thread.uses_memory_of != nullptr && thread.uses_memory_of->state == Thread::State::vfork) {
    make_runnable(*thread.uses_memory_of);
  }
  for (const auto& each : threads_) {
    if (each->uses_memory_of == &thread) each->uses_memory_of = nullptr;
  }
  std::erase(queue_, &thread);
  thread.state = Thread::State::dead;
  const auto found =
      std::find_if(threads_.begin(), threads_.end(), [&](const auto& each) { return each.get() == &thread; });
  if (found == threads_.end()) return;
  graves_.push_back(std::move(*found));
  threads_.erase(found);
}

/// The kernel changes words and wakes those that wait for them when a thread ends: here nobody waits in the kernel.
void Tree::words_may_have_changed() {
  for (const auto& thread : threads_) {
    if (thread->state != Thread::State::held || thread->hold.on != Hold::On::futex) continue;
    const auto word = read_value<std::uint32_t>(thread->tid, thread->hold.word);
    if (word && *word != thread->hold.expected) release(*thread, 0);
  }
}

Process& Tree::add_process(pid_t pid, Process* parent, std::shared_ptr<AddressSpace> memory) {
  auto made = std::make_unique<Process>();
  made->pid = pid;
  made->shown_pid = next_shown_pid_++;
  made->parent = parent;
  made->handle = Descriptor(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  made->memory = std::move(memory);
  processes_.push_back(std::move(made));
  return *processes_.back();
}

Thread& Tree::add_thread(pid_t tid, Process& process) {
  auto made = std::make_unique<Thread>();
  made->tid = tid;
  made->process = &process;
  threads_.push_back(std::move(made));
  return *threads_.back();
}

}  // namespace mznode::trace

#include "descriptors.hpp"

#include <fcntl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <initializer_list>

#include "gates.hpp"
#include "memory.hpp"
#include "process_files.hpp"
#include "tree.hpp"

namespace mznode::trace {
namespace {

bool can_copy() {
  static const bool can = [] {
    const Descriptor self(static_cast<int>(::syscall(SYS_pidfd_open, ::getpid(), 0)));
    return Descriptor(static_cast<int>(::syscall(SYS_pidfd_getfd, self.get(), STDIN_FILENO, 0))).is_open() ||
           errno == EBADF;
  }();
  return can;
}

/// The supervisor's own copy of a descriptor of a process.
Descriptor copy_of(const Process& process, int descriptor) {
  return Descriptor(static_cast<int>(::syscall(SYS_pidfd_getfd, process.handle.get(), descriptor, 0)));
}

/// Lets a thread go on until its next stop; false when it has died.
bool step(pid_t tid, __ptrace_request request, int& status) {
  if (::ptrace(request, tid, nullptr, nullptr) != 0) return false;
  while (::waitpid(tid, &status, __WALL) != tid) {
    if (errno != EINTR) return false;
  }
  return WIFSTOPPED(status);
}

/// Has a thread that stands before a call make another one, which must not wait, and stand there again.
std::int64_t ask(pid_t tid, long number, std::initializer_list<std::uint64_t> arguments) {
  Registers before;
  if (!before.load(tid)) return -ESRCH;
  Registers asking = before;
  asking.set_number(number);
  int index = 0;
  for (const std::uint64_t argument : arguments) asking.set_argument(index++, argument);
  int status = 0;
  if (!asking.store(tid) || !step(tid, PTRACE_SYSCALL, status) || !asking.load(tid)) return -ESRCH;
  before.begin_anew();
  if (!before.store(tid) || !step(tid, PTRACE_CONT, status)) return -ESRCH;
  return asking.result();
}

/// In the clock's page, behind what the clock code uses: no program knows of it.
constexpr Address scratch = page_address + 1024;
constexpr std::size_t most_at_once = 256;

/// What a poll of the node's own finds. A thread that a signal waits for could not ask, and does not have to wait.
bool finds_any(const Thread& thread, const pollfd* descriptors, std::size_t count) {
  if ((pending_signals(thread.tid) & ~blocked_signals(thread.tid)) != 0) return true;
  if (!write_memory(thread.tid, scratch, descriptors, count * sizeof(pollfd))) return true;
  return ask(thread.tid, SYS_poll, {scratch, count, 0}) != 0;
}

bool is_ready(const Descriptor& copy, short events) {
  if (!copy.is_open()) return true;  // the kernel will say what is wrong with it
  pollfd poll = {.fd = copy.get(), .events = events, .revents = 0};
  while (::poll(&poll, 1, 0) < 0 && errno == EINTR) {
  }
  return poll.revents != 0;
}

}  // namespace

bool any_ready(const Thread& thread, const std::vector<pollfd>& descriptors) {
  if (can_copy()) {
    return std::any_of(descriptors.begin(), descriptors.end(), [&](const pollfd& each) {
      return each.fd >= 0 && is_ready(copy_of(*thread.process, each.fd), each.events);
    });
  }
  for (std::size_t at = 0; at < descriptors.size(); at += most_at_once) {
    if (finds_any(thread, &descriptors[at], std::min(most_at_once, descriptors.size() - at))) return true;
  }
  return false;
}

Readable look_at_reading(const Thread& thread, const pollfd& descriptor) {
  const Process& process = *thread.process;
  if (can_copy()) {
    const Descriptor copy = copy_of(process, descriptor.fd);
    if (descriptor.fd >= 0 && is_ready(copy, descriptor.events)) return {.is_ready = true, .never_waits = false};
    return {.is_ready = false, .never_waits = (::fcntl(copy.get(), F_GETFL) & O_NONBLOCK) != 0};
  }
  if (any_ready(thread, {descriptor})) return {.is_ready = true, .never_waits = false};
  return {.is_ready = false, .never_waits = (open_flags(process.pid, descriptor.fd) & O_NONBLOCK) != 0};
}

bool set_timer(const Thread& thread, int descriptor, const itimerspec& value) {
  if (can_copy()) {
    const Descriptor timer = copy_of(*thread.process, descriptor);
    if (!timer.is_open() || ::timerfd_settime(timer.get(), 0, &value, nullptr) != 0) return false;
    if (value.it_value.tv_nsec == 0 && value.it_value.tv_sec == 0) return true;
    pollfd fired = {.fd = timer.get(), .events = POLLIN, .revents = 0};
    constexpr int patience_ms = 1'000;
    while (::poll(&fired, 1, patience_ms) < 0 && errno == EINTR) {
    }
    return true;
  }
  const auto file = static_cast<std::uint64_t>(descriptor);
  if (!write_memory(thread.tid, scratch, &value, sizeof value)) return false;
  if (ask(thread.tid, SYS_timerfd_settime, {file, 0, scratch, 0}) != 0) return false;
  const std::vector<pollfd> fired = {{.fd = descriptor, .events = POLLIN, .revents = 0}};
  constexpr int patience = 100'000;  // it fires in a nanosecond
  const bool is_set = value.it_value.tv_nsec != 0 || value.it_value.tv_sec != 0;
  for (int i = 0; is_set && i < patience && !any_ready(thread, fired); ++i) {
  }
  return true;
}

const Thread* asking_thread(const Tree& tree, const Process& process) {
  for (const auto& thread : tree.threads()) {
    if (thread->process != &process) continue;
    if (can_copy() || thread->state == Thread::State::held) return thread.get();
  }
  return nullptr;
}

}  // namespace mznode::trace

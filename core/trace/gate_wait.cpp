#include <poll.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "descriptors.hpp"
#include "gates.hpp"
#include "memory.hpp"

namespace mznode::trace {
namespace {

std::optional<std::uint64_t> read_mask(pid_t thread, Address at) {
  return at == 0 ? std::nullopt : read_value<std::uint64_t>(thread, at);
}

/// Lets the call through when it would not wait, and holds it otherwise. How long it would wait is asked only then:
/// `limit` fills in the hold's deadline and mask from the node's memory, false when they are not to be had.
template <class Limit>
Outcome wait_for(const Tree& tree, const Thread& thread, Hold hold, const Limit& limit) {
  hold.on = Hold::On::descriptors;
  hold.at_deadline = 0;
  if (any_ready(thread, hold.descriptors) || !limit(hold)) return Outcome::allow();
  return hold.deadline <= tree.clock.now() ? Outcome::in_vain(std::move(hold)) : Outcome::wait(std::move(hold));
}

LocalTime after_ms(const Tree& tree, std::uint64_t argument) {
  const int ms = static_cast<int>(argument);
  return ms < 0 ? never : later(tree.clock.now(), std::int64_t{ms} * 1'000'000);
}

bool wait_until(std::optional<LocalTime> deadline, Hold& hold) {
  if (deadline) hold.deadline = *deadline;
  return deadline.has_value();
}

/// Never without a limit; none for one that the kernel is to refuse.
std::optional<LocalTime> select_deadline(const Tree& tree, const Thread& thread) {
  const Address at = thread.registers.argument(4);
  if (at == 0) return never;
  const auto limit = read_value<timeval>(thread.tid, at);
  if (!limit || limit->tv_sec < 0 || limit->tv_usec < 0) return std::nullopt;
  if (limit->tv_sec >= never / 1'000'000'000) return never;
  return later(tree.clock.now(), limit->tv_sec * 1'000'000'000 + limit->tv_usec * 1'000);
}

}  // namespace

Outcome poll_call(Tree& tree, Thread& thread) {
  const Registers& call = thread.registers;
  const std::uint64_t count = call.argument(1);
  constexpr std::uint64_t most = 1 << 16;
  if (count > most) return Outcome::allow();
  Hold hold;
  hold.descriptors.resize(count);
  if (count > 0 && !read_memory(thread.tid, call.argument(0), hold.descriptors.data(), count * sizeof(pollfd))) {
    return Outcome::allow();
  }
  for (std::size_t i = 0; i < count; ++i) {
    hold.cleared.emplace_back(call.argument(0) + i * sizeof(pollfd) + offsetof(pollfd, revents), sizeof(short));
  }
  return wait_for(tree, thread, std::move(hold), [&](Hold& waiting) {
    if (call.number() == SYS_poll) {
      waiting.deadline = after_ms(tree, call.argument(2));
      return true;
    }
    waiting.blocked = read_mask(thread.tid, call.argument(3));
    return wait_until(relative_deadline(tree, thread.tid, call.argument(2)), waiting);
  });
}

Outcome select_call(Tree& tree, Thread& thread) {
  const Registers& call = thread.registers;
  const auto count = static_cast<int>(call.argument(0));
  if (count < 0) return Outcome::allow();
  Hold hold;
  constexpr std::array<short, 3> events = {POLLIN, POLLOUT, POLLPRI};
  constexpr int most = 1 << 16;
  const std::size_t bytes = (static_cast<std::size_t>(std::min(count, most)) + 63) / 64 * 8;
  for (int set = 0; set < 3; ++set) {
    const Address at = call.argument(set + 1);
    if (at == 0 || bytes == 0) continue;
    std::vector<std::uint64_t> words(bytes / 8);
    if (!read_memory(thread.tid, at, words.data(), bytes)) return Outcome::allow();
    for (int fd = 0; fd < std::min(count, most); ++fd) {
      const auto index = static_cast<std::size_t>(fd);
      if ((words[index / 64] >> (index % 64) & 1) == 0) continue;
      hold.descriptors.push_back({.fd = fd, .events = events[static_cast<std::size_t>(set)], .revents = 0});
    }
    hold.cleared.emplace_back(at, bytes);
  }
  return wait_for(tree, thread, std::move(hold), [&](Hold& waiting) {
    if (call.number() == SYS_select) return wait_until(select_deadline(tree, thread), waiting);
    if (const auto mask_at = read_value<Address>(thread.tid, call.argument(5))) {
      waiting.blocked = read_mask(thread.tid, *mask_at);
    }
    return wait_until(relative_deadline(tree, thread.tid, call.argument(4)), waiting);
  });
}

Outcome epoll_call(Tree& tree, Thread& thread) {
  const Registers& call = thread.registers;
  Hold hold;
  hold.descriptors = {{.fd = static_cast<int>(call.argument(0)), .events = POLLIN, .revents = 0}};
  return wait_for(tree, thread, std::move(hold), [&](Hold& waiting) {
    if (call.number() != SYS_epoll_wait) waiting.blocked = read_mask(thread.tid, call.argument(4));
    if (call.number() == SYS_epoll_pwait2) {
      return wait_until(relative_deadline(tree, thread.tid, call.argument(3)), waiting);
    }
    waiting.deadline = after_ms(tree, call.argument(3));
    return true;
  });
}

/// Whether a call that reads asks for an answer at once even when there is nothing.
bool is_told_not_to_wait(const Registers& call) {
  constexpr std::uint64_t dont_wait = MSG_DONTWAIT;
  switch (call.number()) {
    case SYS_recvfrom:
    case SYS_recvmmsg: return (call.argument(3) & dont_wait) != 0;
    case SYS_recvmsg: return (call.argument(2) & dont_wait) != 0;
    default: return false;
  }
}

Outcome read_call(Tree&, Thread& thread) {
  const Registers& call = thread.registers;
  const auto descriptor = static_cast<int>(call.argument(0));
  Hold hold(Hold::On::descriptors);
  hold.descriptors = {{.fd = descriptor, .events = POLLIN | POLLPRI, .revents = 0}};
  const Readable found = look_at_reading(thread, hold.descriptors.front());
  if (found.is_ready) return Outcome::allow();
  if (!found.never_waits && !is_told_not_to_wait(call)) return Outcome::wait(std::move(hold));
  hold.at_deadline = -EAGAIN;
  return Outcome::in_vain(std::move(hold));
}

/// To standard output or error: the pipe is emptied before it can be full.
Outcome write_call(Tree& tree, Thread& thread) {
  const Registers& call = thread.registers;
  constexpr std::size_t of_a_vector = 4096;
  tree.expect_output(call.number() == SYS_write ? static_cast<std::size_t>(call.argument(2)) : of_a_vector);
  return Outcome::allow();
}

}  // namespace mznode::trace

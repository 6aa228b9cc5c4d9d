#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/time.h>
#include <sys/times.h>

#include <algorithm>
#include <ctime>

#include "gates.hpp"
#include "memory.hpp"

namespace mznode::trace {
namespace {

constexpr std::int64_t ns_per_s = 1'000'000'000;

bool is_calendar(std::uint64_t clock) {
  return clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE || clock == CLOCK_REALTIME_ALARM ||
         clock == CLOCK_TAI;
}

timespec to_timespec(std::int64_t ns) {
  return {.tv_sec = ns / ns_per_s, .tv_nsec = ns % ns_per_s};
}

template <class T>
Outcome give(const Thread& thread, Address at, const T& value) {
  return write_value(thread.tid, at, value) ? Outcome::result(0) : Outcome::result(-EFAULT);
}

}  // namespace

std::optional<std::int64_t> read_time(pid_t thread, Address at) {
  const auto time = read_value<timespec>(thread, at);
  if (!time || time->tv_sec < 0 || time->tv_nsec < 0 || time->tv_nsec >= ns_per_s) return std::nullopt;
  return time->tv_sec >= never / ns_per_s ? never : time->tv_sec * ns_per_s + time->tv_nsec;
}

std::optional<LocalTime> relative_deadline(const Tree& tree, pid_t thread, Address timespec_at) {
  if (timespec_at == 0) return never;
  const auto length = read_time(thread, timespec_at);
  if (!length) return std::nullopt;
  return later(tree.clock.now(), *length);
}

/// Only what does not use the vDSO comes here.
Outcome clock_call(Tree& tree, Thread& thread) {
  const Registers& call = thread.registers;
  const LocalTime now = tree.clock.read();
  const std::int64_t wall = now + tree.clock.wall_offset();
  switch (call.number()) {
    case SYS_clock_gettime:
      return give(thread, call.argument(1), to_timespec(is_calendar(call.argument(0)) ? wall : now));
    case SYS_gettimeofday: {
      if (call.argument(0) == 0) return Outcome::result(0);
      return give(thread, call.argument(0), timeval{.tv_sec = wall / ns_per_s, .tv_usec = wall % ns_per_s / 1000});
    }
    case SYS_time:
      if (call.argument(0) != 0) write_value(thread.tid, call.argument(0), wall / ns_per_s);
      return Outcome::result(wall / ns_per_s);
    case SYS_clock_getres:
      return call.argument(1) == 0 ? Outcome::result(0) : give(thread, call.argument(1), timespec{0, 1});
    case SYS_getcpu:
      for (int i = 0; i < 2; ++i) {
        if (call.argument(i) != 0) write_value(thread.tid, call.argument(i), 0U);
      }
      return Outcome::result(0);
    case SYS_times: {
      constexpr std::int64_t ns_per_tick = 10'000'000;
      if (call.argument(0) != 0) write_value(thread.tid, call.argument(0), tms{});
      return Outcome::result(now / ns_per_tick);
    }
    case SYS_getrusage: {
      rusage usage = {};
      usage.ru_utime = {.tv_sec = now / ns_per_s, .tv_usec = now % ns_per_s / 1000};
      usage.ru_maxrss = 64 << 10;
      return give(thread, call.argument(1), usage);
    }
    case SYS_sysinfo: {
      struct sysinfo info = {};
      info.uptime = now / ns_per_s;
      info.totalram = 8UL << 30;
      info.freeram = 4UL << 30;
      info.procs = 100;
      info.mem_unit = 1;
      return give(thread, call.argument(0), info);
    }
    default: return Outcome::allow();
  }
}

Outcome sleep_call(Tree& tree, Thread& thread) {
  const Registers& call = thread.registers;
  Hold hold(Hold::On::time);
  hold.at_deadline = 0;
  if (call.number() == SYS_nanosleep) {
    const auto deadline = relative_deadline(tree, thread.tid, call.argument(0));
    if (!deadline || call.argument(0) == 0) return Outcome::allow();
    hold.deadline = *deadline;
    return Outcome::wait(std::move(hold));
  }
  const auto length = read_time(thread.tid, call.argument(2));
  if (!length || call.argument(0) > CLOCK_TAI) return Outcome::allow();
  if ((call.argument(1) & TIMER_ABSTIME) == 0) {
    hold.deadline = later(tree.clock.now(), *length);
  } else {
    hold.deadline = is_calendar(call.argument(0)) && *length != never ? *length - tree.clock.wall_offset() : *length;
  }
  return Outcome::wait(std::move(hold));
}

}  // namespace mznode::trace

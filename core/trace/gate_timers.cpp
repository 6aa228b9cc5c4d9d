#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>

#include "descriptors.hpp"
#include "gates.hpp"
#include "memory.hpp"

namespace mznode::trace {
namespace {

using Setting = VirtualTimers::Setting;
constexpr std::int64_t ns_per_s = 1'000'000'000;
constexpr std::int64_t ns_per_us = 1'000;

/// CPU time stands still here, so what counts it never fires.
bool counts_cpu_time(int clock) {
  return clock == CLOCK_PROCESS_CPUTIME_ID || clock == CLOCK_THREAD_CPUTIME_ID || clock < 0;
}

std::optional<Setting> read_setting(const Tree& tree, const Thread& thread, Address at, bool is_absolute, int clock) {
  const auto interval = read_time(thread.tid, at);
  const auto value = read_time(thread.tid, at + sizeof(timespec));
  if (at == 0 || !interval || !value) return std::nullopt;
  Setting setting;
  if (*value == 0) return setting;
  const bool is_calendar = clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_ALARM;
  if (!is_absolute) {
    setting.due = later(tree.clock.now(), *value);
  } else {
    setting.due = is_calendar && *value != never ? *value - tree.clock.wall_offset() : *value;
  }
  if (counts_cpu_time(clock)) setting.due = never;
  setting.interval = *interval;
  return setting;
}

itimerspec written(const Tree& tree, const Setting& setting) {
  const auto split = [](std::int64_t ns) { return timespec{.tv_sec = ns / ns_per_s, .tv_nsec = ns % ns_per_s}; };
  const std::int64_t left = setting.due == never ? 0 : std::max<std::int64_t>(setting.due - tree.clock.now(), 1);
  return {.it_interval = split(setting.interval), .it_value = split(left)};
}

// ---- timerfd

Outcome set_file_timer(Tree& tree, Thread& thread) {
  const Registers& call = thread.registers;
  const auto descriptor = static_cast<int>(call.argument(0));
  const itimerspec unset = {};
  // Which clock it was made for is not known; only absolute calendar times look like this.
  const bool is_absolute = (call.argument(1) & TFD_TIMER_ABSTIME) != 0;
  const auto value = read_time(thread.tid, call.argument(2) + sizeof(timespec));
  constexpr LocalTime no_uptime = 100'000'000 * ns_per_s;
  const int clock = value && *value > no_uptime ? CLOCK_REALTIME : CLOCK_MONOTONIC;
  const auto setting = read_setting(tree, thread, call.argument(2), is_absolute, clock);
  // Unset in the kernel, which also forgets what was not read; and says when it is no timer.
  if (!setting || !set_timer(thread, descriptor, unset)) return Outcome::allow();
  Setting& known = tree.timers.files[{thread.process->pid, descriptor}];
  if (call.argument(3) != 0) write_value(thread.tid, call.argument(3), written(tree, known));
  known = *setting;
  return Outcome::result(0);
}

Outcome get_file_timer(const Tree& tree, const Thread& thread) {
  const auto descriptor = static_cast<int>(thread.registers.argument(0));
  const auto known = tree.timers.files.find({thread.process->pid, descriptor});
  if (known == tree.timers.files.end()) return Outcome::allow();
  const bool is_written = write_value(thread.tid, thread.registers.argument(1), written(tree, known->second));
  return Outcome::result(is_written ? 0 : -EFAULT);
}

// ---- Timers that send signals

Outcome make_signal_timer(Tree& tree, Thread& thread) {
  const Registers& call = thread.registers;
  VirtualTimers::Signal made;
  made.process = thread.process;
  made.clock = static_cast<int>(call.argument(0));
  bool has_value = false;
  if (call.argument(1) != 0) {
    const auto event = read_value<sigevent>(thread.tid, call.argument(1));
    if (!event) return Outcome::allow();
    made.number = event->sigev_notify == SIGEV_NONE ? 0 : event->sigev_signo;
    if (event->sigev_notify == SIGEV_THREAD_ID) made.thread = event->_sigev_un._tid;
    made.value = reinterpret_cast<std::uint64_t>(event->sigev_value.sival_ptr);
    has_value = true;
  }
  const Address id_at = call.argument(2);
  return Outcome::allow_then([&tree, &thread, made, id_at, has_value]() mutable {
    if (thread.registers.result() != 0) return;
    const auto id = read_value<int>(thread.tid, id_at);
    if (!id) return;
    made.id = *id;
    if (!has_value) made.value = static_cast<std::uint64_t>(*id);
    tree.timers.signals.push_back(made);
  });
}

Outcome set_signal_timer(Tree& tree, Thread& thread) {
  const Registers& call = thread.registers;
  auto* timer = tree.timers.find(*thread.process, static_cast<int>(call.argument(0)));
  if (timer == nullptr) return Outcome::allow();
  const bool is_absolute = (call.argument(1) & TIMER_ABSTIME) != 0;
  const auto setting = read_setting(tree, thread, call.argument(2), is_absolute, timer->clock);
  if (!setting) return Outcome::result(-EINVAL);
  if (call.argument(3) != 0) write_value(thread.tid, call.argument(3), written(tree, timer->setting));
  timer->setting = *setting;
  return Outcome::result(0);
}

Outcome get_signal_timer(Tree& tree, Thread& thread) {
  const auto* timer = tree.timers.find(*thread.process, static_cast<int>(thread.registers.argument(0)));
  if (timer == nullptr) return Outcome::allow();
  write_value(thread.tid, thread.registers.argument(1), written(tree, timer->setting));
  return Outcome::result(0);
}

itimerval in_us(const itimerspec& spec) {
  const auto convert = [](const timespec& time) {
    return timeval{.tv_sec = time.tv_sec, .tv_usec = time.tv_nsec / ns_per_us};
  };
  return {.it_interval = convert(spec.it_interval), .it_value = convert(spec.it_value)};
}

std::int64_t in_ns(const timeval& time) {
  if (time.tv_sec >= never / ns_per_s) return never;
  return later(time.tv_sec * ns_per_s, time.tv_usec * ns_per_us);
}

Outcome interval_call(Tree& tree, Thread& thread) {
  const Registers& call = thread.registers;
  const bool is_real = call.argument(0) == ITIMER_REAL;
  Setting none;
  Setting& setting = is_real ? tree.timers.interval_timer(*thread.process).setting : none;
  const bool sets = call.number() == SYS_setitimer;
  if (const Address old_at = call.argument(sets ? 2 : 1); old_at != 0) {
    write_value(thread.tid, old_at, in_us(written(tree, setting)));
  }
  if (!sets) return Outcome::result(0);
  const auto given = read_value<itimerval>(thread.tid, call.argument(1));
  if (!given || given->it_value.tv_sec < 0 || given->it_value.tv_usec < 0) return Outcome::result(-EINVAL);
  const std::int64_t length = in_ns(given->it_value);
  setting = {.due = length == 0 ? never : later(tree.clock.now(), length), .interval = in_ns(given->it_interval)};
  return Outcome::result(0);
}

Outcome alarm_call(Tree& tree, Thread& thread) {
  Setting& setting = tree.timers.interval_timer(*thread.process).setting;
  const std::int64_t left = setting.due == never ? 0 : setting.due - tree.clock.now();
  const auto seconds = static_cast<std::int64_t>(static_cast<unsigned>(thread.registers.argument(0)));
  setting = {.due = seconds == 0 ? never : later(tree.clock.now(), seconds * ns_per_s), .interval = 0};
  return Outcome::result((left + ns_per_s - 1) / ns_per_s);
}

void fire_signal_timer(Tree& tree, const VirtualTimers::Signal& timer) {
  if (timer.number == 0) return;
  siginfo_t info = {};
  info.si_signo = timer.number;
  info.si_code = SI_TIMER;  // a negative code, so that it may be sent in the kernel's place
  info.si_timerid = timer.id.value_or(0);
  info.si_value.sival_ptr = reinterpret_cast<void*>(timer.value);
  const pid_t pid = timer.process->pid;
  Thread* taker = timer.thread != 0 ? tree.find_thread(timer.thread) : tree.taker_of(*timer.process, timer.number);
  if (taker != nullptr) {
    ::syscall(SYS_rt_tgsigqueueinfo, pid, taker->tid, timer.number, &info);
    tree.look_for_signal(*taker);
  } else {
    ::syscall(SYS_rt_sigqueueinfo, pid, timer.number, &info);
  }
}

}  // namespace

Outcome timer_call(Tree& tree, Thread& thread) {
  switch (thread.registers.number()) {
    case SYS_timerfd_settime: return set_file_timer(tree, thread);
    case SYS_timerfd_gettime: return get_file_timer(tree, thread);
    case SYS_timer_create: return make_signal_timer(tree, thread);
    case SYS_timer_settime: return set_signal_timer(tree, thread);
    case SYS_timer_gettime: return get_signal_timer(tree, thread);
    case SYS_timer_delete: {
      const auto id = static_cast<int>(thread.registers.argument(0));
      std::erase_if(tree.timers.signals,
                    [&](const auto& each) { return each.process == thread.process && each.id == id; });
      return Outcome::allow();
    }
    case SYS_alarm: return alarm_call(tree, thread);
    default: return interval_call(tree, thread);
  }
}

void fire_timers(Tree& tree) {
  const LocalTime now = tree.clock.now();
  for (auto& [key, setting] : tree.timers.files) {
    if (setting.due > now) continue;
    const Process* process = tree.find_process(key.first);
    const Thread* asking = process != nullptr ? asking_thread(tree, *process) : nullptr;
    if (process != nullptr && asking == nullptr) continue;  // it fires when one of its threads waits
    VirtualTimers::pass(setting, now);
    if (process == nullptr) continue;
    // The descriptor becomes readable by the kernel's own timer.
    itimerspec soon = {};
    soon.it_value.tv_nsec = 1;
    set_timer(*asking, key.second, soon);
  }
  std::vector<VirtualTimers::Signal> due;
  for (auto& timer : tree.timers.signals) {
    if (VirtualTimers::pass(timer.setting, now)) due.push_back(timer);
  }
  for (const auto& timer : due) fire_signal_timer(tree, timer);
}

}  // namespace mznode::trace

// What virtual time costs a program: `traced FLOOR_NODE`. The same work is done by a process of its own and by one
// under the supervisor, in turn, on one processor; of several rounds the cheapest counts. It is processor time that is
// measured, of this process and its children, because other work on the machine changes that less. The program is this
// one, too: with `--work KIND COUNT` it does the work.

#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <functional>
#include <iostream>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>

#include "child.hpp"
#include "mznode/trace/traced_process.hpp"

namespace mznode::bench {
namespace {

constexpr int rounds = 5;

/// Of this process and of all its children that have ended.
double processor_seconds() {
  double sum = 0;
  for (const int whose : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
    rusage usage = {};
    ::getrusage(whose, &usage);
    for (const timeval& time : {usage.ru_utime, usage.ru_stime}) {
      sum += static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
    }
  }
  return sum;
}

// ---- The work

void read_clock(long count) {
  timespec now = {};
  for (long i = 0; i < count; ++i) ::clock_gettime(CLOCK_MONOTONIC, &now);
}

void call(long count) {
  timespec now = {};
  for (long i = 0; i < count; ++i) ::syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &now);
}

void call_untraced(long count) {
  for (long i = 0; i < count; ++i) ::syscall(SYS_getuid);
}

/// Two threads that wait for each other.
void take_turns(long count) {
  std::mutex mutex;
  std::condition_variable changed;
  long turn = 0;
  const auto play = [&](long mine) {
    std::unique_lock lock(mutex);
    while (turn < count) {
      if (turn % 2 == mine) {
        ++turn;
        changed.notify_one();
      } else {
        changed.wait(lock);
      }
    }
    changed.notify_one();
  };
  std::thread other(play, 1);
  play(0);
  other.join();
}

int work(const std::string& kind, long count) {
  if (kind == "clock") read_clock(count);
  if (kind == "call") call(count);
  if (kind == "untraced") call_untraced(count);
  if (kind == "turns") take_turns(count);
  return 0;
}

// ---- Measuring it

double native(const std::string& kind, long count) {
  const double began = processor_seconds();
  const pid_t pid = ::fork();
  if (pid == 0) {
    const std::string number = std::to_string(count);
    ::execl("/proc/self/exe", "traced", "--work", kind.c_str(), number.c_str(), nullptr);
    ::_exit(127);
  }
  int status = 0;
  if (::waitpid(pid, &status, 0) != pid || status != 0) throw std::runtime_error("the work failed: " + kind);
  return processor_seconds() - began;
}

trace::Program program(const std::string& path, std::vector<std::string> arguments) {
  return {.path = path, .arguments = std::move(arguments), .environment = {"PATH=/usr/bin:/bin"}, .directory = "/"};
}

std::string own_path() {
  char path[4096];
  const ssize_t length = ::readlink("/proc/self/exe", path, sizeof path);
  return {path, static_cast<std::size_t>(std::max<ssize_t>(length, 0))};
}

struct Cost {
  double seconds;
  std::uint64_t stops;
};

Cost traced(const std::string& kind, long count) {
  const double began = processor_seconds();
  std::uint64_t stops = 0;
  {
    trace::Tracer tracer;
    trace::TracedProcess process(
        tracer, program(own_path(), {"--work", kind, std::to_string(count)}), {}, {}, Time(),
        {.output = [](std::string_view, Time) { return true; }, .log = [](std::string_view) {}});
    process.run(Time());
    if (process.ending() != "exited with status 0") throw std::runtime_error("the work failed: " + kind);
    stops = process.stops();
  }
  return {processor_seconds() - began, stops};
}

constexpr const char* request = R"({"src":"c1","dest":"n1","body":{"type":"echo","echo":"hello","msg_id":1}})"
                                "\n";

/// The cost of `count` requests to the floor node, one after the other.
double native_messages(const std::string& floor, int count) {
  const double began = processor_seconds();
  {
    const Child child({floor});
    for (int i = 0; i < count; ++i) {
      child.write(request);
      child.read_line();
    }
  }
  return processor_seconds() - began;
}

Cost traced_messages(const std::string& floor, int count) {
  const double began = processor_seconds();
  std::uint64_t stops = 0;
  {
    trace::Tracer tracer;
    std::size_t answered = 0;
    trace::TracedProcess process(tracer, program(floor, {}), {}, {}, Time(),
                                 {.output =
                                      [&](std::string_view bytes, Time) {
                                        answered +=
                                            static_cast<std::size_t>(std::count(bytes.begin(), bytes.end(), '\n'));
                                        return true;
                                      },
                                  .log = [](std::string_view) {}});
    for (int i = 0; i < count; ++i) {
      process.deliver(request);
      process.run(Time());
    }
    if (answered != static_cast<std::size_t>(count)) throw std::runtime_error("messages were not answered");
    stops = process.stops();
  }
  return {processor_seconds() - began, stops};
}

void print_row(const char* what, double native_us, double traced_us, double stops) {
  std::printf("%-46s %10.3f %10.3f %8.1f %8.1f\n", what, native_us, traced_us, traced_us / native_us, stops);
}

/// Without what a start takes, which is measured with no work at all.
template <class Native, class Traced>
void compare(const char* what, int count, const Native& native_cost, const Traced& traced_cost) {
  double plain = 1e9;
  double plain_start = 1e9;
  Cost cost{1e9, 0};
  double start = 1e9;
  for (int i = 0; i < rounds; ++i) {
    plain = std::min(plain, native_cost(count));
    plain_start = std::min(plain_start, native_cost(0));
    const Cost again = traced_cost(count);
    const Cost nothing = traced_cost(0);
    start = std::min(start, nothing.seconds);
    if (again.seconds < cost.seconds) cost = {again.seconds, again.stops - nothing.stops};
  }
  const double us = 1e6 / count;
  print_row(what, (plain - plain_start) * us, (cost.seconds - start) * us, static_cast<double>(cost.stops) / count);
}

void compare(const char* what, const std::string& kind, int count) {
  compare(
      what, count, [&](int each) { return native(kind, each); }, [&](int each) { return traced(kind, each); });
}

void compare_starts() {
  double plain = 1e9;
  Cost cost{1e9, 0};
  for (int i = 0; i < 4 * rounds; ++i) {
    plain = std::min(plain, native("nothing", 0));
    const Cost again = traced("nothing", 0);
    if (again.seconds < cost.seconds) cost = again;
  }
  print_row("a start and an end", plain * 1e6, cost.seconds * 1e6, static_cast<double>(cost.stops));
}

void compare_messages(const std::string& floor) {
  constexpr int count = 20'000;
  compare(
      "a message and its reply, floor node", count, [&](int each) { return native_messages(floor, each); },
      [&](int each) { return traced_messages(floor, each); });
}

/// Everything on one processor, as the supervisor has it.
void stay_on_one_processor() {
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(::sched_getcpu(), &one);
  ::sched_setaffinity(0, sizeof one, &one);
}

int run(const std::string& given) {
  const std::string floor = std::filesystem::absolute(given).string();
  if (const auto& why_not = trace::unavailable()) {
    std::printf("virtual time is not available here: %s\n", why_not->c_str());
    return 0;
  }
  stay_on_one_processor();
  std::printf("%-46s %10s %10s %8s %8s\n", "programs in virtual time, CPU microseconds each", "real", "virtual",
              "ratio", "stops");
  compare("a reading of the clock", "clock", 2'000'000);
  compare("a system call that is not stopped", "untraced", 500'000);
  compare("a system call that is stopped and answered", "call", 50'000);
  compare("a turn of two threads", "turns", 10'000);
  compare_messages(floor);
  compare_starts();
  return 0;
}

}  // namespace
}  // namespace mznode::bench

int main(int count, char** words) {
  try {
    if (count == 4 && words[1] == std::string("--work")) return mznode::bench::work(words[2], std::stol(words[3]));
    if (count == 2) return mznode::bench::run(words[1]);
    std::cerr << "usage: traced FLOOR_NODE\n";
    return 2;
  } catch (const std::exception& error) {
    std::cerr << "traced: " << error.what() << '\n';
    return 1;
  }
}

// What virtual time costs a program: `traced FLOOR_NODE`. The same work is done by a process of its own and by one under
// the supervisor, in turn, on one processor; of several rounds the fastest counts. The program is this one, too: with
// `--work KIND COUNT` it does the work.

#include <sched.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <functional>
#include <iostream>
#include <mutex>
#include <condition_variable>
#include <stdexcept>
#include <string>
#include <thread>

#include "child.hpp"
#include "mznode/trace/traced_process.hpp"

namespace mznode::bench {
namespace {

constexpr int rounds = 5;

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
  const double began = seconds();
  const pid_t pid = ::fork();
  if (pid == 0) {
    const std::string number = std::to_string(count);
    ::execl("/proc/self/exe", "traced", "--work", kind.c_str(), number.c_str(), nullptr);
    ::_exit(127);
  }
  int status = 0;
  if (::waitpid(pid, &status, 0) != pid || status != 0) throw std::runtime_error("the work failed: " + kind);
  return seconds() - began;
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
  const double began = seconds();
  trace::Tracer tracer;
  trace::TracedProcess process(tracer, program(own_path(), {"--work", kind, std::to_string(count)}), {}, {}, Time(),
                               {.output = [](std::string_view, Time) {}, .log = [](std::string_view) {}});
  process.run(Time());
  if (process.ending() != "exited with status 0") throw std::runtime_error("the work failed: " + kind);
  return {seconds() - began, process.stops()};
}

constexpr const char* request = R"({"src":"c1","dest":"n1","body":{"type":"echo","echo":"hello","msg_id":1}})"
                                "\n";

/// The time of `count` requests to the floor node, one after the other.
double native_messages(const std::string& floor, int count) {
  const Child child({floor});
  const double began = seconds();
  for (int i = 0; i < count; ++i) {
    child.write(request);
    child.read_line();
  }
  return seconds() - began;
}

Cost traced_messages(const std::string& floor, int count) {
  trace::Tracer tracer;
  std::size_t answered = 0;
  trace::TracedProcess process(
      tracer, program(floor, {}), {}, {}, Time(),
      {.output = [&](std::string_view bytes, Time) { answered += std::count(bytes.begin(), bytes.end(), '\n'); },
       .log = [](std::string_view) {}});
  process.run(Time());
  const std::uint64_t before = process.stops();
  const double began = seconds();
  for (int i = 0; i < count; ++i) {
    process.deliver(request);
    process.run(Time());
  }
  if (answered != static_cast<std::size_t>(count)) throw std::runtime_error("messages were not answered");
  return {seconds() - began, process.stops() - before};
}

void print_row(const char* what, double native_us, double traced_us, double stops) {
  std::printf("%-46s %10.3f %10.3f %8.1f %8.1f\n", what, native_us, traced_us, traced_us / native_us, stops);
}

/// Without what a start takes, which is measured with no work at all.
void compare(const char* what, const std::string& kind, long count) {
  double plain = 1e9;
  double plain_start = 1e9;
  Cost cost{1e9, 0};
  double start = 1e9;
  for (int i = 0; i < rounds; ++i) {
    plain = std::min(plain, native(kind, count));
    plain_start = std::min(plain_start, native(kind, 0));
    const Cost again = traced(kind, count);
    const Cost nothing = traced(kind, 0);
    start = std::min(start, nothing.seconds);
    if (again.seconds < cost.seconds) cost = {again.seconds, again.stops - nothing.stops};
  }
  const double us = 1e6 / static_cast<double>(count);
  print_row(what, (plain - plain_start) * us, (cost.seconds - start) * us,
            static_cast<double>(cost.stops) / static_cast<double>(count));
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
  double plain = 1e9;
  Cost cost{1e9, 0};
  for (int i = 0; i < rounds; ++i) {
    plain = std::min(plain, native_messages(floor, count));
    const Cost again = traced_messages(floor, count);
    if (again.seconds < cost.seconds) cost = again;
  }
  print_row("a message and its reply, floor node", plain * 1e6 / count, cost.seconds * 1e6 / count,
            static_cast<double>(cost.stops) / count);
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
  std::printf("%-46s %10s %10s %8s %8s\n", "programs in virtual time, microseconds each", "real", "virtual", "ratio",
              "stops");
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

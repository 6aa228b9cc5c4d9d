// What tests on the embedded network cost: `embedded MZNODE`. Each is a run of the program; its wall time and the most
// memory that it held are compared with the targets. Of several runs the fastest is shown: what the others took longer,
// the machine did for somebody else.

#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <algorithm>
#include <cstdio>
#include <iostream>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

#include "child.hpp"

extern char** environ;

namespace mznode::bench {
namespace {

struct Test {
  const char* what;
  std::vector<std::string> arguments;
  double target_seconds;
  int runs;
};

constexpr double target_mb = 300;

const std::vector<Test> tests = {
    {"25 nodes, 100 ms, rate 100, 20 s",
     {"test", "-w", "broadcast", "--node-count", "25", "--latency", "100", "--rate", "100", "--time-limit", "20",
      "--store", ""},
     0.2,
     5},
    {"1,000 seeds of 5 nodes, 20 s, swarm",
     {"test", "-w", "broadcast", "--node-count", "5", "--time-limit", "20", "--nemesis", "swarm", "--seeds", "1..1000",
      "--jobs", "2", "--store", ""},
     60,
     1},
};

struct Cost {
  double seconds;
  double cpu_seconds;
  double peak_mb;
};

/// Throws std::runtime_error unless the program ends with the exit code 0.
Cost measure(const std::string& program, const Test& test) {
  std::vector<char*> arguments = {const_cast<char*>(program.c_str())};
  for (const std::string& word : test.arguments) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  const double started = seconds();
  pid_t pid = -1;
  const int error = ::posix_spawn(&pid, program.c_str(), &actions, nullptr, arguments.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (error != 0) throw std::system_error(error, std::generic_category(), program);
  int status = 0;
  rusage usage = {};
  if (::wait4(pid, &status, 0, &usage) != pid) throw std::system_error(errno, std::generic_category(), "wait4");
  const double taken = seconds() - started;
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) throw std::runtime_error(std::string(test.what) + ": not valid");
  const auto cpu = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  return {taken, cpu(usage.ru_utime) + cpu(usage.ru_stime), static_cast<double>(usage.ru_maxrss) / 1024};
}

void print_row(const std::string& what, const std::string& figure, const std::string& target, bool is_met) {
  std::printf("%-62s %12s  %s  %s\n", what.c_str(), figure.c_str(), target.c_str(), is_met ? "met" : "NOT met");
}

std::string formatted(const char* format, double value) {
  char text[32];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

int run(const std::string& program) {
  std::printf("%-62s %12s  %s\n", "the embedded network, broadcast", "figure", "target");
  for (const Test& test : tests) {
    Cost cost = measure(program, test);
    for (int i = 1; i < test.runs; ++i) {
      const Cost again = measure(program, test);
      cost = {std::min(cost.seconds, again.seconds), std::min(cost.cpu_seconds, again.cpu_seconds),
              std::max(cost.peak_mb, again.peak_mb)};
    }
    print_row(std::string(test.what) + ": wall time, s", formatted("%.2f", cost.seconds),
              formatted("<= %g", test.target_seconds), cost.seconds <= test.target_seconds);
    std::printf("%-62s %12s\n", (std::string(test.what) + ": CPU time, s").c_str(),
                formatted("%.2f", cost.cpu_seconds).c_str());
    print_row(std::string(test.what) + ": peak memory, MB", formatted("%.1f", cost.peak_mb),
              formatted("<= %g", target_mb), cost.peak_mb <= target_mb);
  }
  return 0;
}

}  // namespace
}  // namespace mznode::bench

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: embedded MZNODE\n";
    return 2;
  }
  try {
    return mznode::bench::run(argv[1]);
  } catch (const std::exception& error) {
    std::cerr << "embedded: " << error.what() << '\n';
    return 1;
  }
}

// How long reading and judging recorded histories takes, in one process: for each file the best of some rounds, in
// microseconds. `recorded ROUNDS CHECKER FILE…`; tests/bench/porcupine.py compares it with Porcupine.

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <stdexcept>
#include <string>

#include "mznode/check/formats.hpp"
#include "mznode/check/registry.hpp"
#include "mznode/check/verdict.hpp"
#include "mznode/node/descriptor.hpp"

namespace {

using Clock = std::chrono::steady_clock;

struct Round {
  Clock::duration reading;
  Clock::duration judging;
  mznode::check::Valid valid;
};

Round judge(const mznode::check::Checker& checker, const std::string& path) {
  const auto begin = Clock::now();
  const mznode::Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) throw std::runtime_error(path + " cannot be read");
  std::string text(static_cast<std::size_t>(status.st_size), '\0');
  if (::read(file.get(), text.data(), text.size()) != status.st_size) throw std::runtime_error(path + " is not whole");
  const mznode::check::RecordedHistory recorded = mznode::check::read_recorded(text);
  const auto read = Clock::now();
  mznode::check::CheckOptions options;
  options.tells_time = recorded.tells_time;
  options.explain = false;  // as a checker that only says yes or no
  const mznode::check::Valid valid = checker.check(recorded.operations, options).valid;
  return {.reading = read - begin, .judging = Clock::now() - read, .valid = valid};
}

long long microseconds(Clock::duration time) {
  return std::chrono::duration_cast<std::chrono::microseconds>(time).count();
}

}  // namespace

int main(int argc, char** argv) {
  const mznode::check::Checker* checker = argc > 3 ? mznode::check::find_checker(argv[2]) : nullptr;
  if (checker == nullptr) {
    std::fputs("usage: recorded ROUNDS CHECKER FILE...\n", stderr);
    return 2;
  }
  for (int i = 3; i < argc; ++i) {
    Round best = judge(*checker, argv[i]);
    for (int round = 1; round < std::stoi(argv[1]); ++round) {
      const Round again = judge(*checker, argv[i]);
      best.reading = std::min(best.reading, again.reading);
      best.judging = std::min(best.judging, again.judging);
    }
    const bool is_true = best.valid == mznode::check::Valid::yes;
    std::printf("%s\t%s\t%lld\t%lld\n", argv[i], is_true ? "true" : "false", microseconds(best.reading),
                microseconds(best.judging));
  }
}

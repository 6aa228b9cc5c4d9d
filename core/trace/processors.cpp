#include "mznode/trace/processors.hpp"

#include <algorithm>
#include <atomic>
#include <fstream>
#include <thread>

namespace mznode::trace {
namespace {

std::atomic<unsigned> runs_at_once = 1;

/// How many threads of the machine want a processor at this moment, beside this one; 0 where nobody can tell.
unsigned others_that_run() {
  std::ifstream file("/proc/loadavg");
  double average = 0;
  unsigned running = 0;
  file >> average >> average >> average >> running;
  return running > 1 ? running - 1 : 0;
}

}  // namespace

RunsAtOnce::RunsAtOnce(unsigned runs) : before_(runs_at_once.exchange(std::max(runs, 1U))) {}

RunsAtOnce::~RunsAtOnce() {
  runs_at_once = before_;
}

unsigned processors_a_run() {
  const unsigned all = std::thread::hardware_concurrency();
  const unsigned runs = runs_at_once;
  // Between runs of this program, which come and go, nobody can tell what the others are about to do.
  const unsigned free = runs > 1 ? all : all - std::min(all, others_that_run());
  return std::max(free / runs, 1U);
}

}  // namespace mznode::trace

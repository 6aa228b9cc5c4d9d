#include "interrupt.hpp"

#include <atomic>
#include <csignal>

namespace mznode::app {
namespace {

// Set by a signal handler and read by all threads.
std::atomic<bool> interrupted = false;
static_assert(std::atomic<bool>::is_always_lock_free);

void on_interrupt(int signal) {
  interrupted = true;
  std::signal(signal, SIG_DFL);
}

}  // namespace

void stop_on_signals() {
  std::signal(SIGINT, on_interrupt);
  std::signal(SIGTERM, on_interrupt);
}

bool was_interrupted() {
  return interrupted;
}

}  // namespace mznode::app

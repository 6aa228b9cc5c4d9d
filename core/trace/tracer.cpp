#include "tracer.hpp"

#include <pthread.h>
#include <sys/wait.h>

#include <cerrno>
#include <csignal>
#include <vector>

#include "machine.hpp"

namespace mznode::trace {
namespace {

int wake_signal() {
  return SIGRTMAX - 3;
}

void install_wake_signal() {
  struct sigaction action = {};
  action.sa_handler = [](int) {};  // not restarting: the wait ends with EINTR
  ::sigaction(wake_signal(), &action, nullptr);
}

/// Puts the calling thread on one of its processors: the next one with every call, so that runs side by side spread.
bool pin(const cpu_set_t& allowed) {
  static std::atomic<unsigned> turn = 0;
  std::vector<int> processors;
  for (int i = 0; i < CPU_SETSIZE; ++i) {
    if (CPU_ISSET(i, &allowed)) processors.push_back(i);
  }
  if (processors.empty()) return false;
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(processors[turn++ % processors.size()], &one);
  return ::sched_setaffinity(0, sizeof one, &one) == 0;
}

}  // namespace

Tracer::Waiter::Waiter() : tracer_(::pthread_self()) {
  static std::once_flag installed;
  std::call_once(installed, install_wake_signal);
  if (::sched_getaffinity(0, sizeof before_, &before_) == 0) is_pinned_ = pin(before_);
  watchdog_ = std::thread([this] { wake_up_now_and_then(); });
}

Tracer::Waiter::~Waiter() {
  take_back_counter();
  {
    const std::lock_guard lock(mutex_);
    ends_ = true;
  }
  ended_.notify_one();
  watchdog_.join();
  if (is_pinned_) ::sched_setaffinity(0, sizeof before_, &before_);
}

void Tracer::Waiter::wake_up_now_and_then() {
  // No signal that is meant for the program's main thread may come here.
  sigset_t all;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_BLOCK, &all, nullptr);
  std::unique_lock lock(mutex_);
  while (!ended_.wait_for(lock, tick, [this] { return ends_; })) {
    // A wait that has ended meanwhile makes it a signal that nobody needs, which does no harm.
    if (is_waiting_) ::pthread_kill(tracer_, wake_signal());
  }
}

Tracer::Waiter::Wait Tracer::Waiter::wait(pid_t thread, int& status) {
  is_waiting_ = true;
  const pid_t got = ::waitpid(thread, &status, __WALL);
  const int error = errno;
  is_waiting_ = false;
  if (got == thread) return Wait::event;
  return error == EINTR ? Wait::tick : Wait::gone;
}

Tracer::Waiter::Wait Tracer::Waiter::look(pid_t thread, int& status) {
  pid_t got = 0;
  do {
    got = ::waitpid(thread, &status, __WALL | WNOHANG);
  } while (got < 0 && errno == EINTR);
  if (got == thread) return Wait::event;
  return got == 0 ? Wait::tick : Wait::gone;
}

Tracer::Tracer() : waiter_(std::make_unique<Waiter>()) {}
Tracer::~Tracer() = default;

}  // namespace mznode::trace

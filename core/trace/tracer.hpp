#pragma once

#include <sched.h>
#include <sys/types.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "mznode/trace/traced_process.hpp"

namespace mznode::trace {

/// Waits for traced threads, and wakes up now and then while it does.
class Tracer::Waiter {
 public:
  Waiter();
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;
  ~Waiter();

  /// How long a wait is before it is looked at.
  static constexpr Duration tick = 20ms;

  enum class Wait : std::uint8_t { event, tick, gone };
  /// Waits until something happens to a thread, or a tick has passed.
  Wait wait(pid_t thread, int& status);
  /// The same without waiting; `tick` when there is nothing.
  static Wait look(pid_t thread, int& status);

 private:
  void wake_up_now_and_then();

  pthread_t tracer_;
  cpu_set_t before_ = {};
  bool is_pinned_ = false;
  std::atomic<bool> is_waiting_ = false;
  std::mutex mutex_;
  std::condition_variable ended_;
  bool ends_ = false;
  std::thread watchdog_;  // last: it uses the others
};

}  // namespace mznode::trace

#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>
#include <thread>

#include "mznode/trace/traced_process.hpp"

namespace mznode::trace {

/// A thread that is the tracer of some processes, so that they run while others do.
class TracerThread {
 public:
  using Work = std::packaged_task<void(Tracer&)>;

  /// Throws std::system_error when the system has no room for another thread.
  TracerThread();
  TracerThread(const TracerThread&) = delete;
  TracerThread& operator=(const TracerThread&) = delete;
  /// Does what was posted first. What it traces must be gone.
  ~TracerThread();

  /// Work is done in the order in which it is posted.
  void post(Work work);
  /// Waits until work that was posted is done.
  static void wait(const std::future<void>& end);

 private:
  void run(std::promise<void> begun);
  bool next(Work& work);

  std::mutex mutex_;
  std::condition_variable posted_;
  std::deque<Work> works_;
  std::atomic<bool> is_idle_ = true;
  bool ends_ = false;
  std::thread thread_;  // last: it uses the others
};

}  // namespace mznode::trace

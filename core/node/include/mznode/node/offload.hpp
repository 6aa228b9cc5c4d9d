#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace mznode {

/// Threads for pure work, so that the loop stays free. They are started by the first job: a node that offloads nothing
/// stays a process of one thread.
class ThreadPool {
 public:
  /// `wake` is called from a thread of the pool whenever finish() has something to do; it must be thread-safe. The last
  /// call may come after the finish() that had the last job: what `wake` uses must outlive the pool.
  ThreadPool(std::size_t threads, std::function<void()> wake);
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;
  /// Waits for running work; work that has not begun is dropped.
  ~ThreadPool();

  /// Runs `work`, which must not throw, on a thread; finish() calls `done` after it. Throws std::system_error when the
  /// system does not give it a single thread, and forgets the job.
  void submit(std::function<void()> work, std::function<void()> done);
  /// Calls, on the calling thread, the `done` of every job that has ended since the last call.
  void finish();
  /// Jobs whose `done` has not been called yet.
  std::size_t outstanding() const { return outstanding_; }

 private:
  struct Job {
    std::function<void()> work;
    std::function<void()> done;
  };
  void run();

  std::size_t size_;
  std::function<void()> wake_;
  std::size_t outstanding_ = 0;  // touched by the loop only
  std::mutex mutex_;
  std::condition_variable available_;
  std::deque<Job> waiting_;
  std::vector<std::function<void()>> finished_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace mznode

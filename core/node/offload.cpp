#include "mznode/node/offload.hpp"

#include <algorithm>
#include <system_error>

namespace mznode {

ThreadPool::ThreadPool(std::size_t threads, std::function<void()> wake)
    : size_(std::max<std::size_t>(threads, 1)), wake_(std::move(wake)) {}

ThreadPool::~ThreadPool() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  available_.notify_all();
  for (auto& thread : threads_) thread.join();
}

void ThreadPool::submit(std::function<void()> work, std::function<void()> done) {
  // First, because it may fail: what counts as outstanding must have somebody who works on it.
  if (threads_.size() < size_) {
    try {
      threads_.emplace_back([this] { run(); });
    } catch (const std::system_error&) {
      if (threads_.empty()) throw;
    }
  }
  ++outstanding_;
  {
    const std::lock_guard lock(mutex_);
    waiting_.push_back({std::move(work), std::move(done)});
  }
  available_.notify_one();
}

void ThreadPool::finish() {
  std::vector<std::function<void()>> finished;
  {
    const std::lock_guard lock(mutex_);
    finished.swap(finished_);
  }
  for (auto& done : finished) {
    --outstanding_;
    done();
  }
}

void ThreadPool::run() {
  for (;;) {
    Job job;
    {
      std::unique_lock lock(mutex_);
      available_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
      if (stopping_) return;
      job = std::move(waiting_.front());
      waiting_.pop_front();
    }
    job.work();
    job.work = nullptr;
    {
      const std::lock_guard lock(mutex_);
      finished_.push_back(std::move(job.done));
    }
    wake_();
  }
}

}  // namespace mznode

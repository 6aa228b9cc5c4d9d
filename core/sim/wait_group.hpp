#pragma once

#include <cstddef>

#include "mznode/sim/connection.hpp"

namespace mznode::sim {

/// Counts what is under way, for one task that waits until nothing is.
class WaitGroup {
 public:
  explicit WaitGroup(Loop& loop) : loop_(loop) {}
  WaitGroup(const WaitGroup&) = delete;
  WaitGroup& operator=(const WaitGroup&) = delete;

  void add() { ++count_; }
  void done() {
    if (--count_ == 0 && waiting_ != nullptr) loop_.ready.push(*waiting_);
  }
  /// Waits until as many are done as were added.
  Task<> wait() {
    while (count_ > 0) co_await Awaiter(*this);
  }

 private:
  class Awaiter {
   public:
    explicit Awaiter(WaitGroup& group) : group_(group) { group_.waiting_ = &waiter_; }
    Awaiter(const Awaiter&) = delete;
    Awaiter& operator=(const Awaiter&) = delete;
    ~Awaiter() { group_.waiting_ = nullptr; }

    bool await_ready() const { return false; }
    bool await_suspend(std::coroutine_handle<> handle) {
      waiter_.set_handle(handle);
      return true;
    }
    void await_resume() const {}

   private:
    WaitGroup& group_;
    Waiter waiter_;
  };

  Loop& loop_;
  std::size_t count_ = 0;
  Waiter* waiting_ = nullptr;
};

/// Counts a task while it runs.
inline Task<> counted(WaitGroup* group, Task<> task) {
  group->add();
  co_await std::move(task);
  group->done();
}

}  // namespace mznode::sim

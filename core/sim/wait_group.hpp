#pragma once

#include <cstddef>

#include "mznode/sim/connection.hpp"

namespace mznode::sim {

/// Counts what is under way, for one task that waits until nothing is.
class WaitGroup {
 public:
  explicit WaitGroup(Engine& engine) : engine_(engine) {}
  WaitGroup(const WaitGroup&) = delete;
  WaitGroup& operator=(const WaitGroup&) = delete;

  void add() { ++count_; }
  void done() {
    if (--count_ == 0 && waiting_ != nullptr) waiting_->wake();
  }
  /// Waits until as many are done as were added.
  Task<> wait() {
    while (count_ > 0) {
      Place place(*this);
      co_await place.wake.wait();
    }
  }

 private:
  /// That of the task that waits.
  struct Place {
    explicit Place(WaitGroup& which) : group(which), wake(which.engine_.ready) { group.waiting_ = &wake; }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    ~Place() { group.waiting_ = nullptr; }

    WaitGroup& group;
    Wake wake;
  };

  Engine& engine_;
  std::size_t count_ = 0;
  Wake* waiting_ = nullptr;
};

/// Counts a task while it runs.
inline Task<> counted(WaitGroup* group, Task<> task) {
  group->add();
  co_await std::move(task);
  group->done();
}

}  // namespace mznode::sim

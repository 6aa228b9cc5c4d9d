#pragma once

#include <vector>

#include "mznode/node/scope.hpp"
#include "mznode/node/task.hpp"

namespace mznode {

/// Something that happens once, for tasks of one loop to wait for. Tasks that wait go on from the queue, in the order
/// in which they began to wait. The event must outlive them.
class Event {
 public:
  explicit Event(ReadyQueue& ready) : ready_(ready) {}
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;

  /// It happens now; a second time changes nothing.
  void happen() {
    has_happened_ = true;
    for (Waiter* waiter : waiting_) ready_.push(*waiter);
    waiting_.clear();
  }
  bool has_happened() const { return has_happened_; }
  bool is_awaited() const { return !waiting_.empty(); }

  /// Waits until it has happened; returns at once when it has.
  Task<> wait() { co_await Awaiter(*this); }

 private:
  class Awaiter {
   public:
    explicit Awaiter(Event& event) : event_(event) {}
    Awaiter(const Awaiter&) = delete;
    Awaiter& operator=(const Awaiter&) = delete;
    ~Awaiter() { std::erase(event_.waiting_, &waiter_); }

    bool await_ready() const { return event_.has_happened_; }
    bool await_suspend(std::coroutine_handle<> handle) {
      waiter_.set_handle(handle);
      event_.waiting_.push_back(&waiter_);
      return true;
    }
    void await_resume() const {}

   private:
    Event& event_;
    Waiter waiter_;
  };

  ReadyQueue& ready_;
  bool has_happened_ = false;
  std::vector<Waiter*> waiting_;
};

}  // namespace mznode

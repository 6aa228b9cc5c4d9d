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
    for (Wake* wake : waiting_) wake->wake();
    waiting_.clear();
  }
  bool has_happened() const { return has_happened_; }
  bool is_awaited() const { return !waiting_.empty(); }

  /// Waits until it has happened; returns at once when it has.
  Task<> wait() {
    if (has_happened_) co_return;
    Place place(*this);
    co_await place.wake.wait();
  }

 private:
  /// A task's place among those that wait.
  struct Place {
    explicit Place(Event& where) : event(where), wake(where.ready_) { event.waiting_.push_back(&wake); }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    ~Place() { std::erase(event.waiting_, &wake); }

    Event& event;
    Wake wake;
  };

  ReadyQueue& ready_;
  bool has_happened_ = false;
  std::vector<Wake*> waiting_;
};

}  // namespace mznode

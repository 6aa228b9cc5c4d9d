#pragma once

#include <optional>
#include <utility>

#include "mznode/node/scope.hpp"

namespace mznode {

/// A value that one task waits for and other code of the same loop provides (Node::promise). It must outlive the wait.
template <class T>
class Promise {
 public:
  explicit Promise(ReadyQueue& ready) : ready_(ready) {}
  Promise(const Promise&) = delete;
  Promise& operator=(const Promise&) = delete;

  /// Provides the value; only the first one counts. The task goes on from the loop.
  void set(T value) {
    if (value_) return;
    value_.emplace(std::move(value));
    if (waiting_ != nullptr) waiting_->wake();
  }
  bool is_set() const { return value_.has_value(); }

  /// Suspends until there is a value, and takes it: `auto value = co_await promise.wait();`, once.
  Task<T> wait() {
    Place place(*this);
    if (!value_) co_await place.wake.wait();
    co_return std::move(*value_);
  }

 private:
  /// That of the task that waits.
  struct Place {
    explicit Place(Promise& what) : promise(what), wake(what.ready_) { promise.waiting_ = &wake; }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    ~Place() { promise.waiting_ = nullptr; }

    Promise& promise;
    Wake wake;
  };

  ReadyQueue& ready_;
  std::optional<T> value_;
  Wake* waiting_ = nullptr;
};

}  // namespace mznode

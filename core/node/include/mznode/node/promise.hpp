#pragma once

#include <coroutine>
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
    if (awaiter_ != nullptr) ready_.push(awaiter_->waiter_);
  }
  bool is_set() const { return value_.has_value(); }

  class Awaiter {
   public:
    explicit Awaiter(Promise& promise) : promise_(promise) {}
    Awaiter(const Awaiter&) = delete;
    Awaiter& operator=(const Awaiter&) = delete;
    ~Awaiter() { promise_.awaiter_ = nullptr; }

    bool await_ready() const { return promise_.is_set(); }
    bool await_suspend(std::coroutine_handle<> handle) {
      waiter_.set_handle(handle);
      promise_.awaiter_ = this;
      return true;
    }
    T await_resume() { return std::move(*promise_.value_); }

   private:
    friend class Promise;
    Promise& promise_;
    Waiter waiter_;
  };
  /// Suspends until there is a value, and takes it: `auto value = co_await promise.wait();`, once.
  Awaiter wait() { return Awaiter(*this); }

 private:
  ReadyQueue& ready_;
  std::optional<T> value_;
  Awaiter* awaiter_ = nullptr;
};

}  // namespace mznode

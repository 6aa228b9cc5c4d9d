#pragma once

#include <cassert>
#include <coroutine>
#include <exception>
#include <optional>
#include <utility>
#include <variant>

namespace mznode {

template <class T = void>
class Task;

namespace detail {

/// What the promises of all tasks share: who waits for the result, and how to go on with it.
class TaskPromiseBase {
 public:
  std::suspend_always initial_suspend() noexcept { return {}; }

  auto final_suspend() noexcept {
    struct Awaiter {
      bool await_ready() noexcept { return false; }
      // Symmetric transfer would be the modern way; g++ 12 does not turn it into a jump at -O0 or under sanitizers. The
      // plain call is bounded, because a task that finishes at once never gets a continuation (see Task::Awaiter).
      void await_suspend(std::coroutine_handle<>) noexcept {
        if (continuation) continuation.resume();
      }
      void await_resume() noexcept {}
      std::coroutine_handle<> continuation;
    };
    return Awaiter{continuation_};
  }

  void set_continuation(std::coroutine_handle<> continuation) { continuation_ = continuation; }

 private:
  std::coroutine_handle<> continuation_;
};

template <class T>
class TaskPromise : public TaskPromiseBase {
 public:
  Task<T> get_return_object() noexcept;
  void unhandled_exception() noexcept { result_.template emplace<2>(std::current_exception()); }
  template <class Value>
  requires std::is_convertible_v<Value&&, T>
  void return_value(Value&& value) { result_.template emplace<1>(std::forward<Value>(value)); }
  T take() {
    if (result_.index() == 2) std::rethrow_exception(std::get<2>(result_));
    return std::move(std::get<1>(result_));
  }

 private:
  std::variant<std::monostate, T, std::exception_ptr> result_;
};

template <>
class TaskPromise<void> : public TaskPromiseBase {
 public:
  Task<void> get_return_object() noexcept;
  void unhandled_exception() noexcept { exception_ = std::current_exception(); }
  void return_void() noexcept {}
  void take() {
    if (exception_) std::rethrow_exception(exception_);
  }

 private:
  std::exception_ptr exception_;
};

}  // namespace detail

/// A coroutine that starts when it is awaited (or handed to Scope::spawn) and runs on the node's loop. It owns its
/// frame: destroying an unfinished task cancels it at the point where it waits.
///
/// Await it only as `co_await f(a);`, `auto x = co_await f(a);` or `co_return co_await f(a);` (CONTRIBUTING.md tells
/// why).
template <class T>
class [[nodiscard]] Task {
 public:
  using promise_type = detail::TaskPromise<T>;

  Task() = default;
  explicit Task(std::coroutine_handle<promise_type> handle) : handle_(handle) {}
  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Task& operator=(Task&& other) noexcept {
    Task(std::move(other)).swap(*this);
    return *this;
  }
  ~Task() {
    if (handle_) handle_.destroy();
  }

  auto operator co_await() && noexcept {
    struct Awaiter {
      bool await_ready() const noexcept { return false; }
      // The child runs first; a child that finishes at once leaves its parent running, so that a million of them in a
      // loop do not nest.
      bool await_suspend(std::coroutine_handle<> parent) {
        child.resume();
        if (child.done()) return false;
        child.promise().set_continuation(parent);
        return true;
      }
      T await_resume() { return child.promise().take(); }
      std::coroutine_handle<promise_type> child;
    };
    assert(handle_ && "a task can be awaited once");
    return Awaiter{handle_};
  }

 private:
  void swap(Task& other) noexcept { std::swap(handle_, other.handle_); }

  std::coroutine_handle<promise_type> handle_;

  friend class Scope;
};

namespace detail {
template <class T>
Task<T> TaskPromise<T>::get_return_object() noexcept {
  return Task<T>(std::coroutine_handle<TaskPromise<T>>::from_promise(*this));
}
inline Task<void> TaskPromise<void>::get_return_object() noexcept {
  return Task<void>(std::coroutine_handle<TaskPromise<void>>::from_promise(*this));
}
}  // namespace detail

}  // namespace mznode

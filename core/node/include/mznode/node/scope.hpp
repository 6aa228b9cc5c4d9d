#pragma once

#include <coroutine>
#include <cstddef>
#include <functional>
#include <list>

#include "mznode/node/task.hpp"

namespace mznode {

/// A suspended coroutine in, or on its way to, a ReadyQueue. Its destructor takes it out, so that destroying a waiting
/// frame leaves nothing behind that could resume it.
class Waiter {
 public:
  Waiter() = default;
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;
  ~Waiter() { unlink(); }

  void set_handle(std::coroutine_handle<> handle) { handle_ = handle; }

 private:
  void unlink() {
    if (next_ == nullptr) return;
    previous_->next_ = next_;
    next_->previous_ = previous_;
    next_ = previous_ = nullptr;
  }

  std::coroutine_handle<> handle_;
  Waiter* next_ = nullptr;
  Waiter* previous_ = nullptr;

  friend class ReadyQueue;
};

/// The coroutines that may go on, in the order in which they became ready. They are resumed from the loop and never
/// from inside the code that made them ready, whose data may be half-changed.
class ReadyQueue {
 public:
  ReadyQueue() { head_.next_ = head_.previous_ = &head_; }
  ReadyQueue(const ReadyQueue&) = delete;
  ReadyQueue& operator=(const ReadyQueue&) = delete;
  ~ReadyQueue() {
    while (!empty()) head_.next_->unlink();
  }

  void push(Waiter& waiter) {
    if (waiter.next_ != nullptr) return;
    waiter.previous_ = head_.previous_;
    waiter.next_ = &head_;
    head_.previous_->next_ = &waiter;
    head_.previous_ = &waiter;
  }
  bool empty() const { return head_.next_ == &head_; }

  /// Resumes until none is ready.
  void run() {
    while (!empty()) {
      Waiter& waiter = *head_.next_;
      waiter.unlink();
      waiter.handle_.resume();
    }
  }

 private:
  Waiter head_;
};

/// Where one task waits until it is woken: the only awaiter beside that of tasks. It lives in the frame of the task
/// that waits, so that cancelling the task forgets it; whoever wakes it is told so by what keeps it there.
class Wake {
 public:
  explicit Wake(ReadyQueue& ready) : ready_(ready) {}
  Wake(const Wake&) = delete;
  Wake& operator=(const Wake&) = delete;

  /// The task goes on, from the queue, or does not begin to wait. A second time changes nothing.
  void wake() {
    if (is_woken_) return;
    is_woken_ = true;
    if (is_waiting_) ready_.push(waiter_);
  }

  /// A copy is as good as the original: g++ 12 makes some.
  class Awaiter {
   public:
    explicit Awaiter(Wake* wake) : wake_(wake) {}
    bool await_ready() const { return wake_->is_woken_; }
    bool await_suspend(std::coroutine_handle<> handle) {
      wake_->waiter_.set_handle(handle);
      wake_->is_waiting_ = true;
      return true;
    }
    void await_resume() const {}

   private:
    Wake* wake_;
  };
  /// `co_await wake.wait();`, once.
  Awaiter wait() { return Awaiter(this); }

 private:
  ReadyQueue& ready_;
  bool is_woken_ = false;
  bool is_waiting_ = false;
  Waiter waiter_;
};

/// Owns the tasks that run in the background. Destroying it cancels them all.
class Scope {
 public:
  using OnError = std::function<void(std::exception_ptr)>;

  /// `on_error` receives what escapes a spawned task.
  explicit Scope(OnError on_error) : on_error_(std::move(on_error)) {}
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;

  /// Runs `task` up to its first suspension now and the rest from the loop.
  void spawn(Task<> task);
  /// Frees the frames of finished tasks. Called by the loop, never from inside a task.
  void reap();
  std::size_t size() const { return running_.size() + finished_.size(); }

 private:
  struct Entry {
    Task<> task;
    std::list<Entry>::iterator self;
  };
  Task<> supervise(Task<> task, Entry* entry);

  OnError on_error_;
  std::list<Entry> running_;
  std::list<Entry> finished_;
};

}  // namespace mznode

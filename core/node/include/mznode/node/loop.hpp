#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

#include "mznode/node/event.hpp"
#include "mznode/node/promise.hpp"
#include "mznode/node/runtime.hpp"
#include "mznode/node/scope.hpp"
#include "mznode/node/task.hpp"

namespace mznode {

namespace detail {

inline void append_part(std::string& out, std::string_view text) {
  out += text;
}
template <class Number>
requires std::is_arithmetic_v<Number>
void append_part(std::string& out, Number number) {
  out += std::to_string(number);
}

}  // namespace detail

/// Owns the tasks of a node, those that are ready and those that wait, and lets them and what timers call run, one
/// after the other, in the world of a runtime.
class Loop {
 public:
  explicit Loop(Runtime& runtime);
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  Runtime& runtime() const { return runtime_; }
  ReadyQueue& ready() { return ready_; }

  Time now() const { return runtime_.now(); }
  Task<> sleep(Duration duration);
  /// Calls `callback` once after `delay`. What it throws is logged.
  TimerId after(Duration delay, std::function<void()> callback);
  void cancel_timer(TimerId id) { runtime_.cancel_timer(id); }
  /// Calls `callback` every `interval` from now on. What it throws is logged, and the next call comes all the same.
  void every(Duration interval, std::shared_ptr<std::function<void()>> callback);

  /// Runs a task in the background until it ends or the loop does. What it throws is logged.
  void spawn(Task<> task) { scope_.spawn(std::move(task)); }
  /// Runs pure work on the runtime's threads and waits for its result, or for what it throws.
  template <class Work>
  Task<std::invoke_result_t<Work&>> offload(Work work);

  /// Logs the concatenation of strings and numbers.
  template <class... Parts>
  void log(LogLevel level, const Parts&... parts);

  /// Runs what a timer or a sync calls; `whose` names it in the log when it throws.
  void run_callback(std::string_view whose, const std::function<void()>& callback);
  /// Resumes what is ready and frees what is finished; called at the end of every event.
  void settle();
  /// From now on nothing runs any more.
  void stop() { is_stopped_ = true; }

 private:
  Task<> offload_work(std::function<void()> work);

  Runtime& runtime_;
  bool is_stopped_ = false;
  ReadyQueue ready_;
  Scope scope_;  // last: its tasks use everything above
};

/// A timer of a task's: it is cancelled when the task is, or goes on without it.
class Alarm {
 public:
  Alarm(Loop& loop, Duration delay, std::function<void()> callback)
      : loop_(loop), timer_(loop.after(delay, [this, callback = std::move(callback)] {
          timer_.reset();
          callback();
        })) {}
  Alarm(const Alarm&) = delete;
  Alarm& operator=(const Alarm&) = delete;
  ~Alarm() {
    if (timer_) loop_.cancel_timer(*timer_);
  }

 private:
  Loop& loop_;
  std::optional<TimerId> timer_;
};

template <class... Parts>
void Loop::log(LogLevel level, const Parts&... parts) {
  if (!runtime_.logs(level)) return;
  std::string text;
  (detail::append_part(text, parts), ...);
  runtime_.log(level, text);
}

template <class Work>
Task<std::invoke_result_t<Work&>> Loop::offload(Work work) {
  using Result = std::invoke_result_t<Work&>;
  // Shared with the thread: a cancelled task must not take the ground from under running work.
  constexpr bool has_result = !std::is_void_v<Result>;
  struct State {
    Work work;
    std::optional<std::conditional_t<has_result, Result, std::monostate>> result;
    std::exception_ptr exception;
  };
  auto state = std::make_shared<State>(State{std::move(work), std::nullopt, nullptr});
  std::function<void()> run = [state] {
    try {
      if constexpr (has_result) {
        state->result.emplace(state->work());
      } else {
        state->work();
      }
    } catch (...) {
      state->exception = std::current_exception();
    }
  };
  co_await offload_work(std::move(run));
  if (state->exception) std::rethrow_exception(state->exception);
  if constexpr (has_result) co_return std::move(*state->result);
}

}  // namespace mznode

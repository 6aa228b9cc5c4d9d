#pragma once

#include <algorithm>
#include <cstddef>
#include <exception>
#include <optional>
#include <stdexcept>
#include <utility>
#include <variant>
#include <vector>

#include "mznode/json/error.hpp"
#include "mznode/node/loop.hpp"

/// Tasks that are made of tasks.
namespace mznode {

/// How many tasks when_all() runs at a time: one request of a client can ask for any number of keys.
inline constexpr std::size_t max_branches = 1'000;

namespace detail {

/// What several tasks report to the one that waits for enough of them.
template <class T>
struct Gather {
  Gather(ReadyQueue& ready, std::size_t enough, std::vector<Task<T>> all)
      : wanted(enough), tasks(std::move(all)), results(tasks.size()), wake(ready) {
    report();
  }

  bool decided() const { return succeeded >= wanted || results.size() - failed < wanted; }
  void report() {
    if (decided()) wake.wake();
  }
  void fail(std::exception_ptr failure) {
    last_failure = std::move(failure);
    ++failed;
  }
  /// The first results that were wanted, in the order of the tasks, once it is decided. Throws the last failure when
  /// there are too few.
  std::vector<T> take() {
    if (succeeded < wanted) std::rethrow_exception(last_failure);
    std::vector<T> first;
    for (auto& result : results) {
      if (result && first.size() < wanted) first.push_back(std::move(*result));
    }
    return first;
  }

  std::size_t wanted;
  std::vector<Task<T>> tasks;
  std::size_t begun = 0;
  std::vector<std::optional<T>> results;
  std::size_t succeeded = 0;
  std::size_t failed = 0;
  std::exception_ptr last_failure;
  Wake wake;
};

/// Runs one task after the other, as long as some have not begun.
template <class T>
Task<> collect(Gather<T>* gather) {
  while (gather->begun < gather->tasks.size()) {
    const std::size_t index = gather->begun++;
    Task<T> task = std::move(gather->tasks[index]);
    try {
      auto result = co_await std::move(task);
      gather->results[index] = std::move(result);
      ++gather->succeeded;
    } catch (...) {
      gather->fail(std::current_exception());
    }
    gather->report();
    if (gather->decided()) co_return;
  }
}

/// A task without a result, for those who want one, and the other way round.
Task<std::monostate> with_result(Task<> task);
std::vector<Task<std::monostate>> with_results(std::vector<Task<>> tasks);
template <class T>
Task<> without_result(Task<T> task) {
  co_await std::move(task);
}

template <class T>
Task<std::vector<T>> quorum(Loop* loop, std::size_t wanted, std::vector<Task<T>> tasks) {
  if (wanted > tasks.size()) throw std::logic_error("a quorum larger than the number of tasks");
  // Who wants all of them can wait for some before the others.
  const std::size_t width = wanted == tasks.size() ? std::min(tasks.size(), max_branches) : tasks.size();
  Gather<T> gather(loop->ready(), wanted, std::move(tasks));
  Scope branches([](const std::exception_ptr&) {});
  for (std::size_t i = 0; i < width; ++i) branches.spawn(collect(&gather));
  co_await gather.wake.wait();
  co_return gather.take();
}

template <class T>
Task<T> timeout(Loop* loop, Duration limit, Task<T> task) {
  std::vector<Task<T>> tasks;
  tasks.push_back(std::move(task));
  Gather<T> gather(loop->ready(), 1, std::move(tasks));
  const Alarm alarm(*loop, limit, [&gather] {
    if (gather.decided()) return;
    gather.fail(std::make_exception_ptr(Error::received(ErrorCode::timeout, "it was not done in time")));
    gather.report();
  });
  Scope branch([](const std::exception_ptr&) {});
  branch.spawn(collect(&gather));
  co_await gather.wake.wait();
  std::vector<T> results = gather.take();
  co_return std::move(results.front());
}

}  // namespace detail

/// The first `wanted` results in the order of their tasks; the rest is cancelled. Throws the last failure as soon as
/// too few are left to succeed, and std::logic_error when there are fewer tasks than `wanted`.
template <class T>
Task<std::vector<T>> quorum(Loop& loop, std::size_t wanted, std::vector<Task<T>> tasks) {
  return detail::quorum(&loop, wanted, std::move(tasks));
}
/// The same for tasks without a result.
Task<> quorum(Loop& loop, std::size_t wanted, std::vector<Task<>> tasks);

/// All results, in the order of the tasks; the first failure is thrown and cancels the rest. No more than
/// `max_branches` of them run at a time, begun in their order.
template <class T>
Task<std::vector<T>> when_all(Loop& loop, std::vector<Task<T>> tasks) {
  const std::size_t count = tasks.size();
  return quorum(loop, count, std::move(tasks));
}
/// The same for tasks without a result.
Task<> when_all(Loop& loop, std::vector<Task<>> tasks);

/// The result of a task that is done within `limit`; another is cancelled then, and Error timeout is thrown, as
/// received: what it has sent may have taken effect.
template <class T>
Task<T> timeout(Loop& loop, Duration limit, Task<T> task) {
  return detail::timeout(&loop, limit, std::move(task));
}
/// The same for a task without a result.
Task<> timeout(Loop& loop, Duration limit, Task<> task);

}  // namespace mznode

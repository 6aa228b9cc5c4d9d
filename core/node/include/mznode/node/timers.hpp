#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "mznode/node/runtime.hpp"

namespace mznode {

/// Pending timers, ordered by (time, order of setting).
class Timers {
 public:
  /// Adds a timer. An id is never given twice, not even after clear().
  TimerId set(Time at, std::function<void()> callback) {
    const TimerId id = ++last_id_;
    heap_.emplace_back(at, id);
    std::push_heap(heap_.begin(), heap_.end(), later);
    callbacks_.emplace(id, std::move(callback));
    return id;
  }

  /// Forgets a timer; one that is not pending is ignored.
  void cancel(TimerId id) {
    callbacks_.erase(id);
    if (heap_.size() > 2 * callbacks_.size() + min_cancelled) drop_all_cancelled();
  }
  /// Forgets them all.
  void clear() {
    heap_.clear();
    callbacks_.clear();
  }
  /// The timers that take up memory, some of the cancelled ones included.
  std::size_t held() const { return heap_.size(); }

  /// When the next timer is due; nothing when there is none.
  std::optional<Time> next() {
    drop_cancelled();
    return heap_.empty() ? std::nullopt : std::optional(heap_.front().first);
  }

  /// The timers that are due first of those that are due at `now`, in the order in which they were set. It looks at all
  /// that there are.
  std::vector<TimerId> first_due(Time now) {
    drop_cancelled();
    std::vector<TimerId> due;
    if (heap_.empty() || heap_.front().first > now) return due;
    for (const auto& [at, id] : heap_) {
      if (at == heap_.front().first && callbacks_.contains(id)) due.push_back(id);
    }
    std::sort(due.begin(), due.end());
    return due;
  }
  /// Runs a timer that is pending, whenever it is due.
  void run(TimerId id) {
    auto callback = callbacks_.extract(id);
    callback.mapped()();
  }

  /// Runs one timer that is due at `now`, if there is one.
  bool run_due(Time now) {
    drop_cancelled();
    if (heap_.empty() || heap_.front().first > now) return false;
    auto callback = callbacks_.extract(heap_.front().second);
    pop();
    callback.mapped()();
    return true;
  }

 private:
  using Entry = std::pair<Time, TimerId>;
  static bool later(const Entry& a, const Entry& b) { return a > b; }

  void pop() {
    std::pop_heap(heap_.begin(), heap_.end(), later);
    heap_.pop_back();
  }
  // A cancelled timer stays in the heap until its time comes: finding it there would cost more than skipping it. When
  // most of them are cancelled, such as the long time-outs of many requests, they go all at once.
  void drop_cancelled() {
    while (!heap_.empty() && !callbacks_.contains(heap_.front().second)) pop();
  }
  void drop_all_cancelled() {
    std::erase_if(heap_, [this](const Entry& entry) { return !callbacks_.contains(entry.second); });
    std::make_heap(heap_.begin(), heap_.end(), later);
  }

  static constexpr std::size_t min_cancelled = 1024;  // fewer are not worth it

  TimerId last_id_ = 0;
  std::vector<Entry> heap_;
  std::unordered_map<TimerId, std::function<void()>> callbacks_;
};

}  // namespace mznode

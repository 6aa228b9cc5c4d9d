#pragma once

#include <algorithm>
#include <functional>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "runtime.hpp"

namespace mznode {

/// Pending timers, ordered by (time, order of setting).
class Timers {
 public:
  TimerId set(Time at, std::function<void()> callback) {
    const TimerId id = ++last_id_;
    heap_.emplace_back(at, id);
    std::push_heap(heap_.begin(), heap_.end(), later);
    callbacks_.emplace(id, std::move(callback));
    return id;
  }

  void cancel(TimerId id) { callbacks_.erase(id); }

  /// When the next timer is due; nothing when there is none.
  std::optional<Time> next() {
    drop_cancelled();
    return heap_.empty() ? std::nullopt : std::optional(heap_.front().first);
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
  // A cancelled timer stays in the heap until its time comes: finding it there would cost more than skipping it.
  void drop_cancelled() {
    while (!heap_.empty() && !callbacks_.contains(heap_.front().second)) pop();
  }

  TimerId last_id_ = 0;
  std::vector<Entry> heap_;
  std::unordered_map<TimerId, std::function<void()>> callbacks_;
};

}  // namespace mznode

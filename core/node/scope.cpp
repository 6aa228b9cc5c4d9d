#include "mznode/node/scope.hpp"

#include <iterator>

namespace mznode {

void Scope::spawn(Task<> task) {
  Entry& entry = running_.emplace_back();
  entry.self = std::prev(running_.end());
  entry.task = supervise(std::move(task), &entry);
  entry.task.handle_.resume();
}

Task<> Scope::supervise(Task<> task, Entry* entry) {
  try {
    co_await std::move(task);
  } catch (...) {
    on_error_(std::current_exception());
  }
  // Its frame is still running and is freed later. Moving the entry keeps that free of any search among those that
  // wait.
  finished_.splice(finished_.end(), running_, entry->self);
}

void Scope::reap() {
  if (finished_.empty()) return;
  const std::list<Entry> freed = std::move(finished_);  // a destructor may spawn
  finished_.clear();
}

}  // namespace mznode

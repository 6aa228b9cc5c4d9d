#include "scope.hpp"

namespace mznode {

void Scope::spawn(Task<> task) {
  Entry& entry = running_.emplace_back();
  entry.task = supervise(std::move(task), &entry);
  entry.task.handle_.resume();
}

Task<> Scope::supervise(Task<> task, Entry* entry) {
  try {
    co_await std::move(task);
  } catch (...) {
    on_error_(std::current_exception());
  }
  entry->finished = true;
  ++finished_;
}

void Scope::reap() {
  if (finished_ == 0) return;
  finished_ = 0;
  running_.remove_if([](const Entry& entry) { return entry.finished; });
}

}  // namespace mznode

#include <algorithm>

#include "tree.hpp"

// Who is who in a tree of processes.
namespace mznode::trace {

Process* Tree::find_process(pid_t number) const {
  for (const auto& process : processes_) {
    if (process->shown_pid == number || process->pid == number) return process.get();
  }
  return nullptr;
}

Thread* Tree::find_thread(pid_t tid) const {
  const auto found = std::find_if(threads_.begin(), threads_.end(), [&](const auto& each) { return each->tid == tid; });
  return found == threads_.end() ? nullptr : found->get();
}

std::size_t Tree::threads_of(const Process& process) const {
  return static_cast<std::size_t>(
      std::count_if(threads_.begin(), threads_.end(), [&](const auto& thread) { return thread->process == &process; }));
}

bool Tree::has_children(const Process& process) const {
  const auto is_child = [&](const auto& other) { return other->parent == &process; };
  const auto is_ended_child = [&](const Ended& ended) { return ended.parent == process.pid; };
  return std::any_of(processes_.begin(), processes_.end(), is_child) ||
         std::any_of(ended_.begin(), ended_.end(), is_ended_child);
}

void Tree::forget_ended(pid_t pid) {
  std::erase_if(ended_, [&](const Ended& each) { return each.pid == pid; });
}

pid_t Tree::shown_pid_of(pid_t pid) const {
  if (const Process* process = find_process(pid)) return process->shown_pid;
  for (const Ended& each : ended_) {
    if (each.pid == pid) return each.shown_pid;
  }
  return pid;
}

pid_t Tree::real_pid_of(pid_t shown) const {
  if (const Process* process = find_process(shown)) return process->pid;
  for (const Ended& each : ended_) {
    if (each.shown_pid == shown) return each.pid;
  }
  return shown;
}

void Tree::escape(const std::string& what) {
  if (std::find(doubts.escapes.begin(), doubts.escapes.end(), what) == doubts.escapes.end()) {
    doubts.escapes.push_back(what);
  }
}

}  // namespace mznode::trace

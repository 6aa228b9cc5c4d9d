#include "isolation/decision_queue.hpp"

namespace mznode::check::isolation {

void DecisionQueue::add() {
  const auto choice = static_cast<std::uint32_t>(queue_.size());
  queue_.emplace_back();
  bumped_.push_back(0);
  link_front(choice);
  next_ = choice;
}

void DecisionQueue::bump(std::uint32_t choice) {
  unlink(choice);
  link_front(choice);
}

void DecisionQueue::link_front(std::uint32_t choice) {
  bumped_[choice] = ++bumps_;
  queue_[choice] = {none, front_};
  if (front_ != none) queue_[front_].before = choice;
  front_ = choice;
  if (back_ == none) back_ = choice;
}

void DecisionQueue::unlink(std::uint32_t choice) {
  const Neighbours it = queue_[choice];
  if (next_ == choice) next_ = it.after;
  (it.before == none ? front_ : queue_[it.before].after) = it.after;
  (it.after == none ? back_ : queue_[it.after].before) = it.before;
}

void Restarts::begin() {
  due_at_ = conflicts_ + 100;
  done_ = 0;
}

void Restarts::next() {
  std::uint64_t i = ++done_;
  while ((i & (i + 1)) != 0) {
    std::uint64_t below = 1;
    while (2 * below + 1 < i) below = 2 * below + 1;
    i -= below;
  }
  due_at_ = conflicts_ + 100 * ((i + 1) / 2);
}

}  // namespace mznode::check::isolation

#include "linearizability/timeline.hpp"

#include <algorithm>
#include <numeric>

namespace mznode::check {

Timeline::Timeline(std::span<const RegisterOperation> operations, std::size_t max_bytes) : order_(operations.size()) {
  std::iota(order_.begin(), order_.end(), std::size_t{0});
  std::sort(order_.begin(), order_.end(), [&](std::size_t a, std::size_t b) {
    const auto key = [&](std::size_t i) { return std::pair(operations[i].completion, operations[i].invocation); };
    return key(a) < key(b);
  });
  by_rank_.reserve(order_.size());
  for (const std::size_t i : order_) by_rank_.push_back(operations[i]);
  while (ends_ < by_rank_.size() && by_rank_[ends_].completion != RegisterOperation::never) ++ends_;
  find_open(max_bytes);
  if (!is_too_large_) assign_slots();
}

void Timeline::find_open(std::size_t max_bytes) {
  std::vector<Rank> by_invocation(ends_);
  std::iota(by_invocation.begin(), by_invocation.end(), Rank{0});
  std::sort(by_invocation.begin(), by_invocation.end(),
            [this](Rank a, Rank b) { return by_rank_[a].invocation < by_rank_[b].invocation; });
  std::vector<Rank> open;
  auto next = by_invocation.begin();
  Rank endless = ends_;
  for (Rank position = 0; position < ends_; ++position) {
    const std::size_t completion = by_rank_[position].completion;
    for (; next != by_invocation.end() && by_rank_[*next].invocation < completion; ++next) {
      open.insert(std::lower_bound(open.begin(), open.end(), *next), *next);
    }
    while (endless < by_rank_.size() && by_rank_[endless].invocation < completion) ++endless;
    endless_open_.push_back(endless);
    open_begin_.push_back(open_.size());
    // A vector doubles what it takes when it is full.
    is_too_large_ = 2 * sizeof(Rank) * (open_.size() + open.size()) > max_bytes;
    if (is_too_large_) return;
    open_.insert(open_.end(), open.begin(), open.end());
    open.erase(open.begin());  // itself: the others complete later
  }
  open_begin_.push_back(open_.size());
}

void Timeline::assign_slots() {
  slot_.resize(by_rank_.size());
  std::vector<std::uint32_t> free;
  for (Rank position = 0; position < ends_; ++position) {
    for (const Rank rank : open(position)) {
      const bool is_new = position == 0 || by_rank_[rank].invocation > by_rank_[position - 1].completion;
      if (!is_new) continue;
      if (free.empty()) free.push_back(static_cast<std::uint32_t>(slots_++));
      slot_[rank] = free.back();
      free.pop_back();
    }
    free.push_back(slot_[position]);
  }
  for (Rank rank = ends_; rank < by_rank_.size(); ++rank)
    slot_[rank] = static_cast<std::uint32_t>(slots_) + rank - ends_;
}

}  // namespace mznode::check

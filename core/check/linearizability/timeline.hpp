#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "linearizability/linearization.hpp"

namespace mznode::check {

/// An operation's place in the order of completions; those without an end come last, in the order of invocations.
using Rank = std::uint32_t;

/// The operations on one register in the order of their completions, and which of them are open at the same time.
class Timeline {
 public:
  /// Stays without what is open when that would take more than `max_bytes`.
  Timeline(std::span<const RegisterOperation> operations, std::size_t max_bytes);

  bool is_too_large() const { return is_too_large_; }
  std::size_t bytes() const { return open_.capacity() * sizeof(Rank); }

  /// How many operations have a completion. They have the ranks below.
  Rank ends() const { return ends_; }
  const RegisterOperation& operator[](Rank rank) const { return by_rank_[rank]; }
  /// The place of the operation in the span given.
  std::size_t operation(Rank rank) const { return order_[rank]; }

  /// The operations with an end that are open when that of rank `position` completes, itself among them: invoked
  /// before, not completed before. In the order of completions.
  std::span<const Rank> open(Rank position) const {
    return {open_.data() + open_begin_[position], open_.data() + open_begin_[position + 1]};
  }
  /// One above the last rank of those without an end that were invoked before then; the first is `ends()`.
  Rank endless_open(Rank position) const { return endless_open_[position]; }

  /// Bits for a set of owed operations, which all have an end, and a set of used ones. Two operations share theirs only
  /// if they are never open together, so there are not more than the concurrency asks for.
  std::size_t owed_bit(Rank rank) const { return slot_[rank]; }
  std::size_t used_bit(Rank rank) const { return slot_[rank] + slots_; }
  std::size_t bits() const { return 2 * slots_ + by_rank_.size() - ends_; }

 private:
  void find_open(std::size_t max_bytes);
  void assign_slots();

  std::vector<std::size_t> order_;
  std::vector<RegisterOperation> by_rank_;
  Rank ends_ = 0;
  std::vector<std::size_t> open_begin_;
  std::vector<Rank> open_;
  std::vector<Rank> endless_open_;
  std::vector<std::uint32_t> slot_;
  std::size_t slots_ = 0;
  bool is_too_large_ = false;
};

}  // namespace mznode::check

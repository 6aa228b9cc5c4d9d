#pragma once

#include <cstdint>
#include <vector>

#include "cycles/ids.hpp"

namespace mznode::check::isolation {

using txn::none;

/// A choice and its side: 2 * choice for the first one, and one more for the second.
using Literal = std::uint32_t;

/// Which sides of choices were taken, in which order, and why: the trail of a solver, cut into the levels that its
/// decisions begin.
class Assignment {
 public:
  static std::uint32_t choice_of(Literal literal) { return literal / 2; }

  /// One more choice, which is open.
  void add();
  std::size_t size() const { return value_.size(); }
  bool is_open(std::uint32_t choice) const { return value_[choice] == open; }
  bool is_true(Literal it) const { return value_[it / 2] == (it % 2 == 0 ? first_side : second_side); }
  bool is_false(Literal it) const { return value_[it / 2] == (it % 2 == 0 ? second_side : first_side); }
  /// The side that a choice had last.
  Literal preferred(std::uint32_t choice) const { return 2 * choice + (preferred_[choice] == first_side ? 0 : 1); }
  std::uint32_t level_of(std::uint32_t choice) const { return level_of_[choice]; }
  /// The clause that a side follows from; none of a decision.
  std::uint32_t reason(std::uint32_t choice) const { return reason_[choice]; }
  const std::vector<Literal>& trail() const { return trail_; }

  std::uint32_t level() const { return static_cast<std::uint32_t>(level_begin_.size()); }
  void begin_level() { level_begin_.push_back(static_cast<std::uint32_t>(trail_.size())); }
  void assign(Literal literal, std::uint32_t reason);
  /// Goes back to the end of a level; `undo` is told each literal that was assigned since, the last one first, while
  /// that is still the end of the trail.
  template <class Undo>
  void backtrack(std::uint32_t to_level, Undo&& undo);

 private:
  enum Value : std::uint8_t { open, first_side, second_side };

  // By choice.
  std::vector<Value> value_;
  std::vector<Value> preferred_;
  std::vector<std::uint32_t> level_of_;
  std::vector<std::uint32_t> reason_;

  std::vector<Literal> trail_;
  std::vector<std::uint32_t> level_begin_;  // in the trail
};

inline void Assignment::add() {
  value_.push_back(open);
  preferred_.push_back(first_side);
  level_of_.push_back(0);
  reason_.push_back(none);
}

inline void Assignment::assign(Literal literal, std::uint32_t reason) {
  const std::uint32_t choice = choice_of(literal);
  value_[choice] = literal % 2 == 0 ? first_side : second_side;
  level_of_[choice] = level();
  reason_[choice] = reason;
  trail_.push_back(literal);
}

template <class Undo>
void Assignment::backtrack(std::uint32_t to_level, Undo&& undo) {
  const std::size_t begin = level_begin_[to_level];
  while (trail_.size() > begin) {
    const Literal literal = trail_.back();
    const std::uint32_t choice = choice_of(literal);
    preferred_[choice] = value_[choice];
    value_[choice] = open;
    undo(literal);
    trail_.pop_back();
  }
  level_begin_.resize(to_level);
}

}  // namespace mznode::check::isolation

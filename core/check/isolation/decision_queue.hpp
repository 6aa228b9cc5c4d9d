#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "cycles/ids.hpp"

namespace mznode::check::isolation {

using txn::none;

/// The order in which choices are decided: those of late conflicts first (Biere and Fröhlich, "Evaluating CDCL Variable
/// Scoring Schemes", 2015, variable move to front).
class DecisionQueue {
 public:
  /// The next choice, an open one, at the front.
  void add();
  /// Brings a choice that is assigned to the front.
  void bump(std::uint32_t choice);
  /// When a choice came to the front last; counts up.
  std::uint64_t bumped(std::uint32_t choice) const { return bumped_[choice]; }

  /// Looks at all again.
  void rewind() { next_ = front_; }
  /// A choice is open again.
  void reopen(std::uint32_t choice) {
    if (next_ == none || bumped_[choice] > bumped_[next_]) next_ = choice;
  }
  /// The first choice that is open; none when none is. `steps` is counted up by what that costs.
  template <class IsOpen>
  std::uint32_t next(IsOpen&& is_open, std::uint64_t& steps) {
    while (next_ != none && !is_open(next_)) {
      next_ = queue_[next_].after;
      ++steps;
    }
    return next_;
  }

 private:
  void link_front(std::uint32_t choice);
  void unlink(std::uint32_t choice);

  struct Neighbours {
    std::uint32_t before = none;
    std::uint32_t after = none;
  };
  std::vector<Neighbours> queue_;      // by choice
  std::vector<std::uint64_t> bumped_;  // by choice
  std::uint32_t front_ = none;
  std::uint32_t back_ = none;
  std::uint32_t next_ = none;  // all before it in the queue are decided
  std::uint64_t bumps_ = 0;
};

/// When a search begins anew with what it has learned: after 100 conflicts times 1, 1, 2, 1, 1, 2, 4 … (Luby, Sinclair
/// and Zuckerman, "Optimal Speedup of Las Vegas Algorithms", 1993).
class Restarts {
 public:
  void begin();
  void note_conflict() { ++conflicts_; }
  bool is_due() const { return conflicts_ >= due_at_; }
  /// One is done; the next is due later.
  void next();

 private:
  std::uint64_t conflicts_ = 0;
  std::uint64_t due_at_ = 0;
  std::uint64_t done_ = 0;
};

}  // namespace mznode::check::isolation

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "mznode/check/sequential.hpp"

namespace mznode::check {

/// A call, and the positions in the history between which it took effect.
struct TimedCall {
  static constexpr std::size_t never = static_cast<std::size_t>(-1);

  Call call;
  std::int64_t process = 0;
  std::size_t invocation = 0;
  /// `never` for a call of which it is not known that it took effect: it did so later than its invocation, or not at
  /// all.
  std::size_t completion = never;
};

/// What a search over a model came to.
struct ModelSearch {
  enum class Outcome : std::uint8_t { found, none, gave_up };

  Outcome outcome = Outcome::gave_up;
  /// An order that explains as many completions as any that was tried.
  std::vector<std::size_t> order;
  /// When there is none: the call whose completion no order explains, although all before it have one.
  std::size_t stuck = 0;
  std::uint64_t steps = 0;
  /// The state behind each call of `order`.
  std::vector<std::shared_ptr<const detail::State>> states;
};

/// Looks for an order of the calls that respects real time and that a model explains from `initial` on. Exact unless a
/// limit makes it give up.
///
/// The search is that of Wing and Gong with the memory of Lowe ("Testing for linearizability", 2017): before each
/// completion linearize what must come first, undo what leads nowhere, and never go on from a set of calls and a state
/// where one has been. Nor is there more to find where one has been with fewer of the calls that need not have
/// happened: each of them can still happen there. What completes next is tried first, and what need not have happened
/// last.
ModelSearch search_orders(std::span<const TimedCall> calls, std::shared_ptr<const detail::State> initial,
                          const SearchLimits& limits);

}  // namespace mznode::check

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "mznode/check/options.hpp"

namespace mznode::check {

/// A value that a register may hold, as a number: equal numbers are equal values.
using RegisterValue = std::uint32_t;
/// What every register holds in the beginning: nothing, unless the user names a value.
inline constexpr RegisterValue no_value = 0;

/// An operation on one register. Its span are the positions of its invocation and completion in the history; no two
/// events of a history have the same position.
struct RegisterOperation {
  enum class Kind : std::uint8_t { read, write, cas };
  static constexpr std::size_t never = static_cast<std::size_t>(-1);

  Kind kind = Kind::read;
  /// Whether it certainly took effect; otherwise it did so once or not at all.
  bool is_definite = true;
  /// What it finds; of no meaning for a write.
  RegisterValue from = no_value;
  /// What it leaves; for a read, what it finds.
  RegisterValue to = no_value;
  std::size_t invocation = 0;
  /// Behind it the operation has no effect any more.
  std::size_t completion = never;
};

/// What a search for a linearization came to. Operations are named by their place in the span that was searched.
struct Linearization {
  enum class Outcome : std::uint8_t { found, none, gave_up };

  Outcome outcome = Outcome::gave_up;
  /// An order that explains all definite operations (those that are indefinite need not occur); without one, an order
  /// that explains as many completions as any does.
  std::vector<std::size_t> order;
  /// When there is none: the operation whose completion no order can explain, although all before it have one.
  std::size_t stuck = 0;
  /// When there is none: the indefinite operations that came into consideration. With all others left out of the
  /// history there is none either.
  std::vector<std::size_t> considered;
  /// What the search took: configurations visited, operations and configurations looked at, and bytes.
  std::uint64_t configurations = 0;
  std::uint64_t steps = 0;
  std::size_t bytes = 0;
};

/// Looks for a linearization of the operations on one register (Herlihy and Wing 1990): an order that respects real
/// time and in which every operation finds what it says. Exact unless a limit makes it give up.
///
/// The search is that of Wing and Gong (1993) with the memory of Lowe ("Testing for linearizability", 2017): go through
/// the completions in their order, before each one linearize what must come first, undo what leads nowhere, and never
/// go twice where one has been. Configurations are compared as bitsets (Horn and Kroening, "Faster linearizability
/// checking via P-compositionality", 2015; the same paper allows to judge each key of a map by itself).
/// linearization.cpp says what it knows of registers beyond that.
Linearization linearize(std::span<const RegisterOperation> operations, const SearchLimits& limits);

}  // namespace mznode::check

#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <string>

#include "counter/sum.hpp"

namespace mznode::counter {

/// One life of one node: only that process ever adds to its slot. A process that restarts with empty memory begins
/// another one, since what it says about its old slot would be less than what others know.
struct Slot {
  std::string node;
  std::uint64_t incarnation = 0;
  auto operator<=>(const Slot&) const = default;
};

/// What was added and taken away in a slot; both only grow.
struct Totals {
  std::uint64_t added = 0;
  std::uint64_t taken = 0;
};

/// A counter that grows and shrinks, replicated without coordination (Shapiro, Preguiça, Baquero, Zawirski, "A
/// comprehensive study of Convergent and Commutative Replicated Data Types", 2011, section 3.1.3): merging takes the
/// larger of each total, so that it does not matter how often, or in which order, states arrive.
class PnCounter {
 public:
  /// Adds `delta`, which may be negative, to a slot of this process. Throws Error precondition_failed, and changes
  /// nothing, when the value would leave 64 bits, or a total of the slot would be more than `most`.
  void add(const Slot& slot, std::int64_t delta, std::uint64_t most = UINT64_MAX);
  /// Takes in what another replica knows about a slot.
  void merge(const Slot& slot, const Totals& totals);

  /// The sum of all slots. It can leave 64 bits when several nodes added at the same time (see fit).
  Sum value() const;
  /// Throws std::out_of_range when nothing is known of the slot.
  const Totals& totals(const Slot& slot) const { return slots_.at(slot); }
  const std::map<Slot, Totals>& slots() const { return slots_; }

 private:
  std::map<Slot, Totals> slots_;
};

}  // namespace mznode::counter

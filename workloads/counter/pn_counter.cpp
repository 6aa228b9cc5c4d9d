#include "counter/pn_counter.hpp"

#include <algorithm>
#include <string>

namespace mznode::counter {

void PnCounter::add(const Slot& slot, std::int64_t delta, std::uint64_t most) {
  fit(value() + delta);
  Totals& own = slots_[slot];
  std::uint64_t& total = delta < 0 ? own.taken : own.added;
  const auto amount = static_cast<std::uint64_t>(delta < 0 ? -Sum{delta} : Sum{delta});
  if (total > most || amount > most - total) {
    throw Error(ErrorCode::precondition_failed,
                "this node would add or take away more than it can count, " + std::to_string(most) + " in all");
  }
  total += amount;
}

void PnCounter::merge(const Slot& slot, const Totals& totals) {
  Totals& known = slots_[slot];
  known.added = std::max(known.added, totals.added);
  known.taken = std::max(known.taken, totals.taken);
}

Sum PnCounter::value() const {
  Sum sum = 0;
  for (const auto& [slot, totals] : slots_) sum += Sum{totals.added} - Sum{totals.taken};
  return sum;
}

}  // namespace mznode::counter

#include "counter/pn_counter.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace mznode::counter {
namespace {

const Slot first{"n1", 1};
const Slot second{"n2", 1};
constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t smallest = std::numeric_limits<std::int64_t>::min();

TEST(PnCounter, SumsWhatIsAddedAndTakenAwayInAllSlots) {
  PnCounter counter;
  EXPECT_EQ(fit(counter.value()), 0);
  counter.add(first, 5);
  counter.add(first, -7);
  counter.add(second, 0);
  counter.merge(second, {10, 4});
  EXPECT_EQ(fit(counter.value()), 4);
}

TEST(PnCounter, MergesInAnyOrderAndAsOftenAsItLikes) {
  std::vector<Totals> states = {{1, 0}, {1, 2}, {5, 2}, {5, 9}};
  std::sort(states.begin(), states.end(), [](const Totals& a, const Totals& b) { return a.taken > b.taken; });
  do {
    PnCounter counter;
    for (const Totals& state : states) {
      counter.merge(first, state);
      counter.merge(first, states.front());
    }
    EXPECT_EQ(fit(counter.value()), -4);
  } while (std::next_permutation(states.begin(), states.end(), [](const Totals& a, const Totals& b) {
    return std::pair(a.added, a.taken) < std::pair(b.added, b.taken);
  }));
}

TEST(PnCounter, ANewLifeOfANodeHasASlotOfItsOwn) {
  PnCounter counter;
  counter.merge({"n1", 1}, {100, 0});
  counter.add({"n1", 2}, 1);
  EXPECT_EQ(fit(counter.value()), 101);
}

TEST(PnCounter, RefusesWhatLeaves64BitsAndChangesNothing) {
  PnCounter counter;
  counter.add(first, most);
  EXPECT_THROW(counter.add(second, 1), Error);
  EXPECT_EQ(fit(counter.value()), most);
  counter.add(second, smallest);
  counter.add(second, smallest + 1);
  EXPECT_EQ(fit(counter.value()), smallest);
  EXPECT_THROW(counter.add(first, -1), Error);
  // The value would fit, but the slot cannot count further.
  EXPECT_THROW(
      {
        for (int i = 0; i < 4; ++i) {
          counter.add(first, most);
          counter.add(first, -most);
        }
      },
      Error);
  EXPECT_LE(counter.totals(first).added, counter.totals(first).taken + static_cast<std::uint64_t>(most));
}

TEST(PnCounter, ASumOfConcurrentAddsThatDoesNotFitIsSaidToBeSo) {
  PnCounter counter;
  counter.add(first, most);
  counter.merge(second, {UINT64_MAX, 0});
  EXPECT_THROW(fit(counter.value()), Error);
  counter.merge(second, {UINT64_MAX, UINT64_MAX});
  EXPECT_EQ(fit(counter.value()), most);
}

}  // namespace
}  // namespace mznode::counter

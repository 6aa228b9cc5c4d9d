#include "workloads/forwarding.hpp"

#include <gtest/gtest.h>

namespace mznode {
namespace {

TEST(ForwardNumbers, AreWaitedForUntilTheirWaitEnds) {
  ForwardNumbers numbers;
  std::optional<ForwardNumbers::Waiting> first(std::in_place, numbers);
  const ForwardNumbers::Waiting second(numbers);
  EXPECT_EQ(first->number(), 1u);
  EXPECT_EQ(second.number(), 2u);
  EXPECT_EQ(second.oldest(), 1u);
  first.reset();
  EXPECT_EQ(second.oldest(), 2u);
}

TEST(Forwards, RememberWhatIsUnderWayAndNothingElse) {
  Forwards<int> forwards;
  const ForwardId first{"n1", 7, 1};
  const ForwardId second{"n1", 7, 2};
  EXPECT_FALSE(forwards.find(first));
  forwards.note(first, 40);
  forwards.note(second, 41);
  EXPECT_EQ(forwards.find(first), 40);
  forwards.forget(second, 2);
  EXPECT_TRUE(forwards.is_over(first));
  EXPECT_EQ(forwards.find(second), 41);
  // What other processes ask for is another matter.
  EXPECT_FALSE(forwards.is_over({"n1", 8, 1}));
  EXPECT_FALSE(forwards.find({"n2", 7, 2}));
  // An older list of what is under way comes late.
  forwards.forget(second, 1);
  EXPECT_TRUE(forwards.is_over(first));
}

}  // namespace
}  // namespace mznode

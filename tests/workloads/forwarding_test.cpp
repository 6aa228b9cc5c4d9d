#include "forwarding.hpp"

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
  const ForwardSession session = forwards.open("n1", 7, {3, 1});
  const ForwardId first{"n1", session, 1};
  const ForwardId second{"n1", session, 2};
  EXPECT_FALSE(forwards.find(first));
  EXPECT_FALSE(forwards.is_over(first));
  forwards.note(first, 40);
  forwards.note(second, 41);
  EXPECT_EQ(forwards.find(first), 40);
  forwards.forget(second, 2);
  EXPECT_TRUE(forwards.is_over(first));
  EXPECT_EQ(forwards.find(second), 41);
  EXPECT_FALSE(forwards.find({"n2", session, 2}));
  // An older list of what is under way comes late.
  forwards.forget(second, 1);
  EXPECT_TRUE(forwards.is_over(first));
}

TEST(Forwards, OfALifeThatHasEndedNothingTakesEffectAnyMore) {
  Forwards<int> forwards;
  const ForwardId dead{"n1", forwards.open("n1", 7, {3, 1}), 1};
  forwards.note(dead, 40);
  // Asked again, the same life has the same session.
  EXPECT_EQ(forwards.open("n1", 7, {3, 2}), (ForwardSession{3, 1}));
  const ForwardId living{"n1", forwards.open("n1", 8, {3, 3}), 1};
  EXPECT_EQ(living.session, (ForwardSession{3, 3}));
  EXPECT_TRUE(forwards.is_over(dead));
  forwards.forget(dead, 5);
  forwards.note(dead, 41);
  EXPECT_FALSE(forwards.find(dead)) << "what came of it is forgotten";
  EXPECT_FALSE(forwards.is_over(living));
  // Even when the network brings its wish for a session once more: then it has another one, which it never hears of.
  EXPECT_NE(forwards.open("n1", 7, {3, 4}), dead.session);
  EXPECT_TRUE(forwards.is_over(dead));
  EXPECT_TRUE(forwards.is_over(living)) << "it has to open another one";
}

TEST(Forwards, WhoNeverOpenedASessionIsRefused) {
  Forwards<int> forwards;
  EXPECT_TRUE(forwards.is_over({"n1", {}, 1}));
  forwards.open("n1", 7, {3, 1});
  EXPECT_TRUE(forwards.is_over({"n1", {}, 1}));
  EXPECT_TRUE(forwards.is_over({"n1", {4, 1}, 1})) << "of another life of the receiver";
}

}  // namespace
}  // namespace mznode

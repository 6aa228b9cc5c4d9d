#include "mznode/sim/schedule.hpp"

#include <gtest/gtest.h>

#include <map>

namespace mznode::sim {
namespace {

TEST(Ring, TheNemesisTurnFallsToTheFirstWorker) {
  Ring ring(3);
  std::vector<std::size_t> turns;
  for (int i = 0; i < 9; ++i) {
    turns.push_back(ring.next({0, 1, 2}));
    ring.advance();
  }
  EXPECT_EQ(turns, (std::vector<std::size_t>{0, 1, 2, 0, 0, 1, 2, 0, 0}));
}

TEST(Ring, WhoIsBusyIsPassedOverButTheTurnMovesOnByOnePlace) {
  Ring ring(4);
  EXPECT_EQ(ring.next({2, 3}), 2u);
  ring.advance();
  EXPECT_EQ(ring.next({0, 3}), 3u);
  ring.advance();
  EXPECT_EQ(ring.next({0, 1, 2, 3}), 2u);
  ring.advance();
  EXPECT_EQ(ring.next({0, 1, 2}), 0u);
}

TEST(Stagger, IsUniformUpToTwiceTheMean) {
  Random random(1, 1);
  Duration sum{0};
  Duration longest{0};
  constexpr int draws = 10'000;
  for (int i = 0; i < draws; ++i) {
    const Duration gap = stagger(random, 10ms);
    sum += gap;
    longest = std::max(longest, gap);
  }
  EXPECT_NEAR(std::chrono::duration<double>(sum).count() / draws, 0.01, 0.0003);
  EXPECT_LE(longest, 20ms);
  EXPECT_GT(longest, 19ms);
}

TEST(Readiness, NeedsEveryNodeAndEveryKind) {
  Readiness readiness({"n0", "n1"}, {"add", "read"});
  readiness.acknowledged("n0", "read");
  readiness.acknowledged("n1", "read");
  EXPECT_FALSE(readiness.is_reached());
  readiness.acknowledged("n0", "add");
  EXPECT_TRUE(readiness.is_reached());
  Readiness other({"n0", "n1"}, {"add"});
  other.acknowledged("n0", "add");
  EXPECT_FALSE(other.is_reached());
}

}  // namespace
}  // namespace mznode::sim

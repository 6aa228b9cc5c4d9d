#include "mznode/sim/random.hpp"

#include <gtest/gtest.h>

#include <map>
#include <numeric>

namespace mznode::sim {
namespace {

TEST(Random, DrawsTheSameNumbersOnEveryMachine) {
  Random random(7, 1);
  std::vector<std::uint64_t> bits;
  for (int i = 0; i < 3; ++i) bits.push_back(random.bits());
  EXPECT_EQ(bits, (std::vector<std::uint64_t>{2822206703500424375, 12783841481137894489U, 17691675276264271364U}));
  std::vector<std::uint64_t> below;
  for (int i = 0; i < 8; ++i) below.push_back(random.below(100));
  EXPECT_EQ(below, (std::vector<std::uint64_t>{92, 18, 0, 53, 20, 91, 23, 70}));
  std::vector<std::int64_t> exponential;
  for (int i = 0; i < 8; ++i) exponential.push_back(random.exponential(1'000'000));
  EXPECT_EQ(exponential,
            (std::vector<std::int64_t>{1453272, 2514417, 2322702, 1993110, 2849180, 848099, 2002624, 233218}));
  std::vector<int> items(10);
  std::iota(items.begin(), items.end(), 0);
  random.shuffle(items);
  EXPECT_EQ(items, (std::vector<int>{8, 5, 0, 3, 1, 2, 4, 9, 6, 7}));
}

TEST(Random, StreamsAndSeedsAreIndependent) {
  EXPECT_NE(Random(1, 1).bits(), Random(1, 2).bits());
  EXPECT_NE(Random(1, 1).bits(), Random(2, 1).bits());
  // Not even numbers that differ only above the 32 bits that the standard's seed sequence takes at a time.
  EXPECT_NE(Random(1, 1).bits(), Random(1 + (std::uint64_t{1} << 32), 1).bits());
  EXPECT_NE(Random(1, 2).bits(), Random(2, 1).bits());
}

TEST(Random, BelowIsUniformWithinItsBound) {
  Random random(3, 0);
  constexpr std::uint64_t bound = 7;
  constexpr int draws = 70'000;
  std::vector<int> counts(bound);
  for (int i = 0; i < draws; ++i) ++counts[random.below(bound)];
  for (const int count : counts) EXPECT_NEAR(count, draws / static_cast<int>(bound), 500);
  EXPECT_EQ(random.below(1), 0u);
  // A bound just above half of the range, where a plain remainder would prefer the lower numbers by two to one.
  constexpr std::uint64_t large = (std::uint64_t{1} << 63) + (std::uint64_t{1} << 62);
  int low = 0;
  for (int i = 0; i < draws; ++i) {
    if (random.below(large) < large / 3) ++low;
  }
  EXPECT_NEAR(low, draws / 3, 1'000);
}

TEST(Random, ExponentialDrawsHaveTheirMeanAndTheirMedian) {
  Random random(11, 0);
  constexpr std::int64_t mean = 100'000;
  constexpr int draws = 200'000;
  std::int64_t sum = 0;
  int below_median = 0;
  int above_three_means = 0;
  for (int i = 0; i < draws; ++i) {
    const std::int64_t draw = random.exponential(mean);
    ASSERT_GE(draw, 0);
    sum += draw;
    if (draw < 69'315) ++below_median;
    if (draw > 3 * mean) ++above_three_means;
  }
  EXPECT_NEAR(static_cast<double>(sum) / draws, mean, mean / 100.0);
  EXPECT_NEAR(below_median, draws / 2, draws / 100);
  EXPECT_NEAR(above_three_means, draws * 0.0498, draws / 200);
  EXPECT_EQ(random.exponential(0), 0);
}

TEST(Random, AShuffleIsAPermutationAndReachesEveryOrder) {
  Random random(5, 0);
  std::map<std::vector<int>, int> orders;
  for (int i = 0; i < 6'000; ++i) {
    std::vector<int> items = {1, 2, 3};
    random.shuffle(items);
    ++orders[items];
  }
  EXPECT_EQ(orders.size(), 6u);
  for (const auto& [order, count] : orders) EXPECT_NEAR(count, 1'000, 150);
}

}  // namespace
}  // namespace mznode::sim

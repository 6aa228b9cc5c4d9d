#include "mznode/node/timers.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace mznode {
namespace {

TEST(TimersQueue, RunsInTheOrderOfTimeAndThenOfSetting) {
  Timers timers;
  std::string order;
  const Time start{};
  timers.set(start + 2s, [&] { order += 'c'; });
  timers.set(start + 1s, [&] { order += 'a'; });
  timers.set(start + 1s, [&] { order += 'b'; });
  EXPECT_EQ(timers.next(), start + 1s);
  EXPECT_FALSE(timers.run_due(start + 999ms));
  while (timers.run_due(start + 2s)) {
  }
  EXPECT_EQ(order, "abc");
  EXPECT_EQ(timers.next(), std::nullopt);
}

TEST(TimersQueue, ACallbackMaySetAndCancelOthersAndItself) {
  Timers timers;
  std::string order;
  const Time start{};
  TimerId victim = 0;
  TimerId self = 0;
  self = timers.set(start + 1s, [&] {
    timers.cancel(self);
    timers.cancel(victim);
    timers.set(start, [&] { order += 'x'; });
    order += 'a';
  });
  victim = timers.set(start + 1s, [&] { order += 'v'; });
  while (timers.run_due(start + 1s)) {
  }
  EXPECT_EQ(order, "ax");
}

TEST(TimersQueue, CancelledOnesDoNotPileUp) {
  Timers timers;
  const Time start{};
  std::string order;
  for (int i = 0; i < 100'000; ++i) {
    const TimerId id = timers.set(start + 24h, [] { FAIL(); });
    if (i % 40'000 == 39'999) timers.set(start + 1s * (100'000 - i), [&] { order += '.'; });
    timers.cancel(id);
  }
  EXPECT_LT(timers.held(), 5'000u);
  while (timers.run_due(start + 48h)) {
  }
  EXPECT_EQ(order, "..");
}

TEST(TimersQueue, ManyRandomOnesBehaveAsASortedMap) {
  Timers timers;
  std::map<std::pair<Time, TimerId>, int> model;
  std::vector<std::pair<Time, TimerId>> set;
  std::vector<int> fired;
  std::vector<int> expected;
  std::uint64_t state = 1;
  const auto random = [&](std::uint64_t bound) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (state >> 33) % bound;
  };
  Time now{};
  for (int i = 0; i < 20'000; ++i) {
    const auto choice = random(10);
    if (choice < 6) {
      const Time at = now + Duration(static_cast<std::int64_t>(random(100)));
      const TimerId id = timers.set(at, [&fired, i] { fired.push_back(i); });
      model[{at, id}] = i;
      set.emplace_back(at, id);
    } else if (choice < 8 && !set.empty()) {
      const auto victim = set[random(set.size())];
      timers.cancel(victim.second);
      model.erase(victim);
    } else {
      now += Duration(static_cast<std::int64_t>(random(20)));
      while (timers.run_due(now)) {
      }
      while (!model.empty() && model.begin()->first.first <= now) {
        expected.push_back(model.begin()->second);
        model.erase(model.begin());
      }
      ASSERT_EQ(fired, expected);
      ASSERT_EQ(timers.next().has_value(), !model.empty());
      if (!model.empty()) {
        ASSERT_EQ(*timers.next(), model.begin()->first.first);
      }
    }
  }
  EXPECT_GT(fired.size(), 1000u);
}

}  // namespace
}  // namespace mznode

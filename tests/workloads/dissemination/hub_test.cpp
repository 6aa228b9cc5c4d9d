#include <gtest/gtest.h>

#include <algorithm>

#include "dissemination/disseminator.hpp"
#include "tests/workloads/dissemination/at.hpp"

namespace mznode::dissemination {
namespace {

constexpr std::size_t leaves = 8;
constexpr Duration window = 2s;

constexpr Disseminator::Config hub_config = {
    .relay = true, .flush_delay = window, .ack_delay = 60s, .resend_after = 60s, .announce_delay = 60s};

/// A hub whose departures are at 2, 4, 6 s and so on, and what its leaves tell it.
class AHub : public testing::Test {
 protected:
  AHub() {
    hub.keep_timetable(at(0s));
    hub.set_targets(at(0s), {0, 1, 2, 3, 4, 5, 6, 7});
  }

  /// The first `count` leaves bring an element each.
  void come(Time now, std::size_t count) {
    for (Peer leaf = 0; leaf < count; ++leaf) {
      const std::uint64_t from = told[leaf]++;
      hub.receive(now, leaf,
                  {.stream = {Incarnation(leaf + 1), 1},
                   .from = from,
                   .to = from + 1,
                   .elements = {},
                   .ack_stream = {},
                   .chosen = true});
      hub.learn(now, leaf, Json(static_cast<std::int64_t>(++elements)));
    }
  }
  /// How many messages leave until `end`, and when the last of them does.
  std::size_t departures_until(Time end) {
    std::size_t count = 0;
    for (Time next = hub.next_tick(); next <= end; next = hub.next_tick()) {
      const std::size_t left = hub.take_effects(next).size();
      count += left;
      if (left > 0) last = next;
    }
    return count;
  }
  /// Some windows in which everybody comes in time.
  void run_as_usual() {
    for (int i = 1; i <= 4; ++i) {
      come(at(i * window - 30ms), leaves);
      ASSERT_EQ(departures_until(at(i * window)), leaves);
      ASSERT_EQ(last, at(i * window));
    }
  }

  Disseminator hub{hub_config, 100, leaves};
  std::vector<std::uint64_t> told = std::vector<std::uint64_t>(leaves);
  std::size_t elements = 0;
  Time last;
};

TEST_F(AHub, WaitsForThoseWhoUsuallyComeAndDepartsOnceForAll) {
  run_as_usual();
  hub.add(at(9s), Json("own"));
  EXPECT_EQ(departures_until(at(10s + 69ms)), 0u);
  come(at(10s + 70ms), leaves);
  EXPECT_EQ(departures_until(at(11s)), leaves) << "not once in time and once for those who were late";
  EXPECT_LE(last, at(10s + 110ms));
}

TEST_F(AHub, WaitsThoughNothingOfItsOwnIsToLeave) {
  run_as_usual();
  EXPECT_EQ(departures_until(at(10s + 69ms)), 0u);
  come(at(10s + 70ms), leaves);
  EXPECT_EQ(departures_until(at(11s)), leaves);
  EXPECT_LE(last, at(10s + 110ms));
}

TEST_F(AHub, TakesThoseAlongWhoComeWhileItWasHeldUpItself) {
  run_as_usual();
  come(at(10s + 80ms), leaves);  // it had no chance to do anything at 10 s
  EXPECT_EQ(departures_until(at(11s)), leaves);
  EXPECT_LE(last, at(10s + 120ms));
}

TEST_F(AHub, DepartsWithoutThemWhenTheyStayAway) {
  run_as_usual();
  hub.add(at(9s), Json("own"));
  EXPECT_EQ(departures_until(at(11s)), leaves);
  EXPECT_EQ(last, at(10s + 125ms));
}

TEST_F(AHub, DepartsInTimeWhenAFewAreMissing) {
  run_as_usual();
  come(at(10s - 30ms), leaves - 2);
  EXPECT_EQ(departures_until(at(11s)), leaves);
  EXPECT_EQ(last, at(10s));
}

TEST_F(AHub, FallsSilentWhenNobodyComesAnyMore) {
  run_as_usual();
  departures_until(at(40s));
  EXPECT_GT(hub.next_tick(), at(60s)) << "but for what was not acknowledged";
}

}  // namespace
}  // namespace mznode::dissemination

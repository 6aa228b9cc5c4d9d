#include "dissemination/timetable.hpp"

#include <gtest/gtest.h>

#include "tests/workloads/dissemination/at.hpp"

namespace mznode::dissemination {
namespace {

TEST(Timetable, DepartsAfterNowWhateverDepartureIsKnown) {
  for (const Duration known : {-70ms, 30ms, 530ms}) {
    const Timetable timetable{at(known), 100ms};
    EXPECT_EQ(timetable.next(at(0ms)), at(30ms));
    EXPECT_EQ(timetable.next(at(29ms)), at(30ms));
    EXPECT_EQ(timetable.next(at(30ms)), at(130ms));
    EXPECT_EQ(timetable.next(at(131ms)), at(230ms));
  }
}

TEST(Timetable, WithoutAPeriodDepartsAtOnce) {
  EXPECT_EQ((Timetable{at(5ms), 0ms}.next(at(7ms))), at(7ms));
}

/// The other node: it departs at 0, 400, 800 … ms of a clock that nobody else knows.
struct Leader {
  Timetable timetable{at(0ms), 400ms};
  /// How early comes what is sent at `sent` and takes `latency`.
  Duration slack(Time sent, Duration latency) const { return timetable.next(sent + latency) - (sent + latency); }
};

class HoldingBack : public testing::Test {
 protected:
  /// Sends what came up at `now` when it should be, tells how early it was, and lets the sender learn from it.
  Duration send(Time now, Duration latency) {
    const Time sent_at = hold_back.departure(now);
    hold_back.sent(++position, sent_at);
    const Duration slack = leader.slack(sent_at, latency);
    hold_back.learn(position, slack);
    return slack;
  }

  Leader leader;
  HoldBack hold_back{400ms, 3ms};
  std::uint64_t position = 0;
};

TEST_F(HoldingBack, SendsAtOnceUntilItKnowsBetterAndThenJustInTime) {
  EXPECT_EQ(hold_back.departure(at(10ms)), at(10ms));
  EXPECT_EQ(send(at(10ms), 100ms), 290ms);
  EXPECT_EQ(hold_back.departure(at(210ms)), at(297ms));  // arrives at 397
  for (const Duration now : {210ms, 500ms, 1'000ms, 9'000ms}) EXPECT_EQ(send(at(now), 100ms), 3ms);
}

TEST_F(HoldingBack, LeavesEarlierWhenLatencyVaries) {
  send(at(0ms), 100ms);
  int late = 0;
  for (int i = 1; i <= 100; ++i) late += send(at(i * 400ms), i % 2 == 0 ? 95ms : 105ms) > 200ms ? 1 : 0;
  EXPECT_LE(late, 3) << "with the least margin every second message would be";
}

TEST(HoldingBackForHiccups, ComesAsEarlyAsThatAsksAndNotEarlierForThem) {
  const Leader leader;
  HoldBack hold_back(400ms, 50ms);
  std::uint64_t position = 0;
  Time now = at(0ms);
  Duration earliest{0};
  for (int i = 0; i < 40; ++i) {
    const Time due = i == 0 ? now : hold_back.departure(now);
    const Time sent_at = i % 4 == 3 ? due + 40ms : due;  // the machine stands still, now and then
    hold_back.sent(++position, sent_at);
    const Duration slack = leader.slack(sent_at, 100ms);
    if (i > 0) earliest = std::max(earliest, slack);
    hold_back.learn(position, slack);
    now = sent_at + 200ms;
  }
  EXPECT_EQ(earliest, 50ms) << "it was late by 40 ms, and is in time all the same";
}

TEST_F(HoldingBack, LearnsFromTheMessageThatTheOtherNodeSpeaksOf) {
  hold_back.sent(1, at(0ms));
  hold_back.sent(2, at(150ms));
  hold_back.learn(1, 300ms);
  EXPECT_EQ(hold_back.departure(at(200ms)), at(297ms));
}

TEST_F(HoldingBack, LearnsNothingFromWhatWasSentTwice) {
  hold_back.sent(1, at(0ms));
  hold_back.forget();
  hold_back.learn(1, 300ms);
  EXPECT_EQ(hold_back.departure(at(200ms)), at(200ms));
}

TEST_F(HoldingBack, IsNotLedAstrayByNonsense) {
  for (const Duration nonsense : {Duration::min(), Duration(-1), Duration::max()}) {
    hold_back.sent(++position, at(0ms));
    hold_back.learn(position, nonsense);
    const Time departure = hold_back.departure(at(1s));
    EXPECT_GT(departure, at(1s));
    EXPECT_LE(departure, at(1'400ms));
  }
}

TEST(HoldingBackALongWindow, GuessesTheRoundTripFromTheFirstWordOfTheOtherNode) {
  HoldBack hold_back(1'600ms, 3ms);
  hold_back.hear(at(100ms));
  EXPECT_EQ(hold_back.departure(at(200ms)), at(1'450ms));
}

}  // namespace
}  // namespace mznode::dissemination

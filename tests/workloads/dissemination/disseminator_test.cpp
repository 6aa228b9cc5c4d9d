#include "dissemination/disseminator.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/workloads/dissemination/at.hpp"

namespace mznode::dissemination {
namespace {

constexpr Disseminator::Config config = {
    .relay = true, .flush_delay = 0ms, .ack_delay = 10ms, .resend_after = 100ms, .announce_delay = 0ms};

std::vector<std::string> texts(const std::vector<Disseminator::Outgoing>& outgoing, Peer to) {
  std::vector<std::string> result;
  for (const auto& each : outgoing) {
    if (each.to != to) continue;
    for (const Json& element : each.delta.elements) result.push_back(element.text());
  }
  return result;
}

/// What a peer's life says when it acknowledges all of `delta`, and tells elements of its own.
Delta answer(Incarnation life, const Delta& delta, std::vector<Json> elements = {}) {
  Delta result{.stream = {life, 1}, .from = 0, .to = 1, .elements = {}, .ack_stream = delta.stream, .ack = delta.to};
  result.to += elements.size();
  result.elements = std::move(elements);
  return result;
}

TEST(Disseminator, ResendsUntilAcknowledgedAndThenFallsSilent) {
  Disseminator node(config, 7, 1);
  node.set_targets(at(0ms), {0});
  node.add(at(0ms), Json(1));
  const auto first = node.take_effects(at(0ms));
  EXPECT_EQ(texts(first, 0), (std::vector<std::string>{"1"}));
  EXPECT_TRUE(node.take_effects(at(99ms)).empty());
  EXPECT_EQ(texts(node.take_effects(at(100ms)), 0), (std::vector<std::string>{"1"}));
  node.receive(at(110ms), 0, answer(9, first.front().delta));
  node.take_effects(at(120ms));  // acknowledges the announcement
  EXPECT_EQ(node.next_tick(), Time::max());
}

TEST(Disseminator, TellsANewLifeOfAPeerEverythingWhatTheOldOneToldItIncluded) {
  Disseminator node(config, 7, 1);
  node.set_targets(at(0ms), {0});
  node.add(at(0ms), Json(1));
  const auto first = node.take_effects(at(0ms));
  node.receive(at(1ms), 0, answer(9, first.front().delta, {Json(2)}));
  node.learn(at(1ms), 0, Json(2));
  EXPECT_TRUE(texts(node.take_effects(at(50ms)), 0).empty()) << "the peer has all";
  // The peer restarts with empty memory and announces itself.
  node.receive(at(60ms), 0, {.stream = {10, 1}, .from = 0, .to = 1, .elements = {}, .ack_stream = {}, .ack = 0});
  const auto refill = node.take_effects(at(60ms));
  EXPECT_EQ(texts(refill, 0), (std::vector<std::string>{"1", "2"}));
  EXPECT_NE(refill.front().delta.stream, first.front().delta.stream);
  // An acknowledgement of the old life that was late means nothing for the new one.
  Delta late = answer(9, first.front().delta);
  late.ack = 100;
  node.receive(at(61ms), 0, late);
  node.receive(at(62ms), 0, {.stream = {10, 1}, .from = 0, .to = 1, .elements = {}, .ack_stream = {}, .ack = 0});
  EXPECT_EQ(texts(node.take_effects(at(62ms)), 0), (std::vector<std::string>{"1", "2"}));
}

TEST(Disseminator, GoesOnWithWhatWasUnderWayWhenAPeerBecomesATargetAgain) {
  Disseminator node(config, 7, 1);
  node.set_targets(at(0ms), {0});
  node.add(at(0ms), Json(1));
  node.take_effects(at(0ms));  // lost
  node.set_targets(at(10ms), {});
  EXPECT_EQ(node.next_tick(), Time::max());
  node.set_targets(at(20ms), {0});
  ASSERT_NE(node.next_tick(), Time::max());
  EXPECT_EQ(texts(node.take_effects(node.next_tick()), 0), (std::vector<std::string>{"1"}));
}

TEST(Disseminator, SendsNothingToAPeerThatIsNoTargetButAcknowledgements) {
  Disseminator node(config, 7, 2);
  node.set_targets(at(0ms), {0});
  node.take_effects(at(0ms));
  node.receive(at(1ms), 1, {.stream = {9, 1}, .from = 0, .to = 2, .elements = {Json(5)}, .ack_stream = {}, .ack = 0});
  node.learn(at(1ms), 1, Json(5));
  const auto outgoing = node.take_effects(at(11ms));
  EXPECT_EQ(texts(outgoing, 0), (std::vector<std::string>{"5"}));
  EXPECT_TRUE(texts(outgoing, 1).empty());
  const auto to_second = std::find_if(outgoing.begin(), outgoing.end(), [](const auto& each) { return each.to == 1; });
  ASSERT_NE(to_second, outgoing.end());
  EXPECT_EQ(to_second->delta.ack_stream, (Stream{9, 1}));
  EXPECT_EQ(to_second->delta.ack, 2u);
}

TEST(Disseminator, AcknowledgesOnlyWhatArrivedWithoutAGap) {
  Disseminator node(config, 7, 1);
  const auto ack_at = [&](Duration now) {
    const auto outgoing = node.take_effects(at(now));
    return outgoing.empty() ? UINT64_MAX : outgoing.front().delta.ack;
  };
  node.receive(at(0ms), 0, {.stream = {9, 1}, .from = 4, .to = 6, .elements = {}, .ack_stream = {}, .ack = 0});
  EXPECT_EQ(ack_at(10ms), 0u);
  node.receive(at(20ms), 0, {.stream = {9, 1}, .from = 0, .to = 3, .elements = {}, .ack_stream = {}, .ack = 0});
  EXPECT_EQ(ack_at(30ms), 3u);
  node.receive(at(40ms), 0, {.stream = {9, 1}, .from = 2, .to = 4, .elements = {}, .ack_stream = {}, .ack = 0});
  EXPECT_EQ(ack_at(50ms), 6u);
}

/// What the peer's life 9 says of how much it has of the stream that is `delta`'s.
Delta word(const Delta& delta, std::uint64_t ack, bool gap) {
  return {.stream = {9, 1}, .from = 0, .to = 0, .elements = {}, .ack_stream = delta.stream, .ack = ack, .gap = gap};
}

TEST(Disseminator, OfALifeItKnowsOnlyTheLastStream) {
  Disseminator node(config, 7, 1);
  const auto receive = [&](Duration now, std::uint64_t stream, std::uint64_t from, std::uint64_t to) {
    node.receive(at(now), 0,
                 {.stream = {9, stream}, .from = from, .to = to, .elements = {}, .ack_stream = {}, .ack = 0});
  };
  receive(0ms, 1, 0, 4);
  receive(1ms, 2, 0, 2);
  receive(2ms, 1, 4, 9);  // has come late
  const auto outgoing = node.take_effects(at(20ms));
  ASSERT_EQ(outgoing.size(), 1u);
  EXPECT_EQ(outgoing[0].delta.ack_stream, (Stream{9, 2}));
  EXPECT_EQ(outgoing[0].delta.ack, 2u);
}

TEST(Disseminator, WhoeverHasForgottenAStreamGetsItAnew) {
  Disseminator node(config, 7, 1);
  node.set_targets(at(0ms), {0});
  node.add(at(0ms), Json(1));
  const auto first = node.take_effects(at(0ms));
  node.receive(at(1ms), 0, answer(9, first.front().delta));
  node.add(at(200ms), Json(2));
  const auto second = node.take_effects(at(200ms));
  EXPECT_EQ(texts(second, 0), (std::vector<std::string>{"2"}));
  node.receive(at(201ms), 0, word(second.front().delta, 0, true));
  const auto anew = node.take_effects(at(201ms));
  EXPECT_EQ(texts(anew, 0), (std::vector<std::string>{"1", "2"}));
  EXPECT_NE(anew.front().delta.stream, second.front().delta.stream);
}

// However many lives a peer has led, the one that leads now hears and is heard; what is forgotten costs repetitions.
TEST(Disseminator, ForgetsLivesWithoutLosingAWord) {
  Disseminator node(config, 7, 1);
  node.set_targets(at(0ms), {0});
  node.add(at(0ms), Json(1));
  Duration now{0};
  for (Incarnation life = 100; life < 200; ++life) {
    now += 1ms;
    node.receive(at(now), 0, {.stream = {life, 1}, .from = 0, .to = 1, .elements = {}, .ack_stream = {}, .ack = 0});
  }
  // The first of them speaks again, behind what it had told before.
  now += 200ms;
  node.receive(at(now), 0, {.stream = {100, 1}, .from = 1, .to = 2, .elements = {}, .ack_stream = {}, .ack = 0});
  const auto outgoing = node.take_effects(at(now));
  ASSERT_EQ(outgoing.size(), 1u);
  EXPECT_EQ(texts(outgoing, 0), (std::vector<std::string>{"1"}));
  EXPECT_EQ(outgoing[0].delta.ack, 0u);
  EXPECT_TRUE(outgoing[0].delta.gap) << "which tells it to begin anew";
  now += 10ms;
  node.receive(at(now), 0, {.stream = {100, 2}, .from = 0, .to = 2, .elements = {}, .ack_stream = {}, .ack = 0});
  const auto answer = node.take_effects(at(now + 10ms));
  ASSERT_EQ(answer.size(), 1u);
  EXPECT_EQ(answer[0].delta.ack, 2u);
}

TEST(Disseminator, RemembersSoManyStretchesBehindAGap) {
  Disseminator node(config, 7, 1);
  const auto receive = [&](Duration now, std::uint64_t from, std::uint64_t to) {
    node.receive(at(now), 0, {.stream = {9, 1}, .from = from, .to = to, .elements = {}, .ack_stream = {}, .ack = 0});
  };
  for (std::uint64_t i = 1; i <= 10'000; ++i) receive(1ms, 2 * i, 2 * i + 1);
  for (std::uint64_t i = 0; i <= 10'000; ++i) receive(2ms, 2 * i, 2 * i + 2);
  const auto outgoing = node.take_effects(at(100ms));
  ASSERT_EQ(outgoing.size(), 1u);
  EXPECT_EQ(outgoing[0].delta.ack, 20'002u) << "what was forgotten has come again";
}

/// A stretch that a peer's life sends, one element each.
Delta stretch(std::uint64_t from, std::uint64_t to, bool chosen = false) {
  Delta delta{.stream = {9, 1}, .from = from, .to = to, .elements = {}, .ack_stream = {}, .ack = 0, .chosen = chosen};
  for (std::uint64_t i = from; i < to; ++i) delta.elements.emplace_back(static_cast<std::int64_t>(i));
  return delta;
}

TEST(Disseminator, LetsAnAcknowledgementWaitAsLongAsStretchesKeepComingButNotForEver) {
  Disseminator node(config, 7, 1);
  Duration last{0};
  for (std::uint64_t i = 0; i < 20; ++i) {
    const Duration now = 8ms * i;  // more often than ack_delay
    for (const auto& each : node.take_effects(at(now))) {
      EXPECT_EQ(each.delta.ack, i);
      EXPECT_EQ(now - last, 40ms);
      last = now;
    }
    node.receive(at(now), 0, stretch(i, i + 1));
  }
  EXPECT_EQ(last, 120ms);
}

TEST(Disseminator, RepeatsWhatWasLostWithTheNextStretchInsteadOfAlone) {
  Disseminator node(config, 7, 1);
  node.set_targets(at(0ms), {0});
  node.add(at(0ms), Json(1));
  node.take_effects(at(0ms));
  node.add(at(60ms), Json(2));
  EXPECT_EQ(texts(node.take_effects(at(60ms)), 0), (std::vector<std::string>{"2"}))
      << "the first may still be acknowledged";
  node.add(at(110ms), Json(3));
  EXPECT_EQ(texts(node.take_effects(at(110ms)), 0), (std::vector<std::string>{"1", "2", "3"}));
  EXPECT_TRUE(node.take_effects(at(209ms)).empty());
  EXPECT_EQ(node.owes_since(0), at(0ms));
}

TEST(Disseminator, RepeatsAtOnceButOnlyOnceWhatThePeerMissesInTheMiddle) {
  Disseminator node(config, 7, 1);
  node.set_targets(at(0ms), {0});
  node.add(at(0ms), Json(1));
  const auto lost = node.take_effects(at(0ms));
  node.add(at(20ms), Json(2));
  node.take_effects(at(20ms));
  Delta report = answer(9, lost.front().delta);
  report.ack = 0;
  report.gap = true;
  node.receive(at(30ms), 0, report);
  EXPECT_EQ(texts(node.take_effects(at(30ms)), 0), (std::vector<std::string>{"1", "2"}));
  node.receive(at(35ms), 0, report);
  EXPECT_TRUE(texts(node.take_effects(at(99ms)), 0).empty()) << "the repetition is under way";
}

TEST(Disseminator, ReportsAGapSoonerThanItAcknowledges) {
  Disseminator node(config, 7, 1);
  node.receive(at(0ms), 0, stretch(0, 1));
  node.receive(at(1ms), 0, stretch(2, 3));
  EXPECT_TRUE(node.take_effects(at(3ms)).empty()) << "the rest may just be late";
  const auto outgoing = node.take_effects(at(4ms));
  ASSERT_EQ(outgoing.size(), 1u);
  EXPECT_TRUE(outgoing[0].delta.gap);
  EXPECT_EQ(outgoing[0].delta.ack, 1u);
}

TEST(Disseminator, KeepsATimetableAndTellsHowEarlyWordsCameIn) {
  auto windows = config;
  windows.flush_delay = 80ms;
  windows.ack_delay = windows.announce_delay = 1s;
  Disseminator hub(windows, 7, 2);
  hub.keep_timetable(at(0ms));
  hub.set_targets(at(0ms), {0, 1});
  hub.add(at(0ms), Json(1));
  const auto first = hub.take_effects(at(20ms));  // after a quarter of a window
  EXPECT_EQ(texts(first, 0), (std::vector<std::string>{"1"}));
  EXPECT_EQ(texts(first, 1), (std::vector<std::string>{"1"}));
  hub.receive(at(70ms), 0, stretch(0, 2));
  hub.learn(at(70ms), 0, Json(2));
  for (const auto& each : hub.take_effects(at(99ms))) EXPECT_TRUE(each.delta.elements.empty());
  const auto second = hub.take_effects(at(100ms));
  EXPECT_EQ(texts(second, 1), (std::vector<std::string>{"2"}));
  hub.add(at(170ms), Json(3));
  const auto third = hub.take_effects(at(180ms));
  ASSERT_EQ(third.size(), 2u);
  EXPECT_EQ(third[0].delta.slack, 30ms);
}

TEST(Disseminator, DepartsOnceMoreForAFollowerThatJustMissedADeparture) {
  auto windows = config;
  windows.flush_delay = 160ms;
  windows.ack_delay = windows.announce_delay = windows.resend_after = 10s;
  Disseminator hub(windows, 7, 2);
  hub.keep_timetable(at(0ms));
  hub.set_targets(at(0ms), {0, 1});
  const auto departs_after = [&](Duration now, std::uint64_t position) {
    hub.receive(at(now), 0, stretch(position, position + 1));
    hub.learn(at(now), 0, Json(static_cast<std::int64_t>(now.count())));
    const Time next = hub.next_tick();
    hub.take_effects(next);
    return next - at(now);
  };
  hub.add(at(1'000ms), Json(1));  // the first departure is at 1040
  const auto first = hub.take_effects(at(1'040ms));
  hub.receive(at(1'100ms), 0, answer(9, first.front().delta));  // position 0
  EXPECT_EQ(departs_after(1'205ms, 1), 10ms) << "5 ms after that of 1200";
  EXPECT_EQ(departs_after(1'365ms, 2), 10ms) << "a machine that is busy makes more than one late";
  EXPECT_EQ(departs_after(1'525ms, 3), 155ms) << "always is a habit";
  EXPECT_EQ(departs_after(1'860ms, 4), 140ms) << "this one is not late but early";
  EXPECT_EQ(departs_after(2'005ms, 5), 10ms);
}

TEST(Disseminator, ServesWhoeverChoosesItUntilThatEnds) {
  auto mutual = config;
  mutual.reciprocal = true;
  Disseminator node(mutual, 7, 2);
  node.receive(at(0ms), 0, stretch(0, 1, true));
  node.add(at(1ms), Json(5));
  const auto served = node.take_effects(at(20ms));
  EXPECT_EQ(texts(served, 0), (std::vector<std::string>{"5"}));
  EXPECT_TRUE(texts(served, 1).empty());
  node.receive(at(30ms), 0, stretch(1, 2, false));
  node.add(at(31ms), Json(6));
  EXPECT_TRUE(texts(node.take_effects(at(50ms)), 0).empty());
}

TEST(Disseminator, AnswersAContactAtOnceButNotAnAnswer) {
  auto answering = config;
  answering.answers = true;
  for (const bool contacted : {true, false}) {
    Disseminator node(answering, 7, 1);
    node.add(at(0ms), Json(5));
    EXPECT_EQ(node.next_tick(), Time::max()) << "it speaks only when it is asked, or told to";
    node.receive(at(1ms), 0, stretch(0, 1, contacted));
    EXPECT_EQ(texts(node.take_effects(at(1ms)), 0),
              contacted ? std::vector<std::string>{"5"} : std::vector<std::string>{});
  }
}

TEST(Disseminator, ContactsOnlyWhoLacksSomethingThatWasNotSentLately) {
  Disseminator node(config, 7, 2);
  node.add(at(0ms), Json(5));
  EXPECT_EQ(node.lacking(at(0ms)), (std::vector<Peer>{0, 1}));
  node.contact(at(0ms), 1);
  const auto outgoing = node.take_effects(at(0ms));
  ASSERT_EQ(outgoing.size(), 1u);
  EXPECT_TRUE(outgoing[0].delta.chosen);
  EXPECT_EQ(node.lacking(at(99ms)), (std::vector<Peer>{0}));
  EXPECT_EQ(node.lacking(at(100ms)), (std::vector<Peer>{0, 1}));
  node.receive(at(101ms), 1, answer(9, outgoing[0].delta));
  EXPECT_EQ(node.lacking(at(200ms)), (std::vector<Peer>{0}));
}

TEST(Disseminator, SendsTheWholeLogWhenToldTo) {
  auto whole = config;
  whole.whole = true;
  Disseminator node(whole, 7, 1);
  node.set_targets(at(0ms), {0});
  node.add(at(0ms), Json(1));
  node.take_effects(at(0ms));
  node.add(at(10ms), Json(2));
  EXPECT_EQ(texts(node.take_effects(at(10ms)), 0), (std::vector<std::string>{"1", "2"}));
}

class TwoLives : public testing::Test {
 protected:
  static Disseminator::Config config() { return {.ack_delay = 100ms, .resend_after = 300ms}; }
  static bool sends_all(const std::vector<Disseminator::Outgoing>& outgoing, std::size_t elements) {
    return outgoing.size() == 1 && outgoing[0].delta.from == 0 && outgoing[0].delta.elements.size() == elements;
  }
  /// What a peer says that has received all of `delta`, or says first.
  static Delta ack(Incarnation life, std::uint64_t stream, const Delta& delta) {
    return {.stream = {life, stream}, .from = 0, .to = 1, .elements = {}, .ack_stream = delta.stream, .ack = delta.to};
  }

  Time now{};
  Disseminator node{config(), 7, 1};
};

TEST_F(TwoLives, WordsOfAnOldLifeNeverAcknowledgeForANewOne) {
  node.set_targets(now, {0});
  node.add(now, Json("x"));
  const auto first = node.take_effects(now);
  ASSERT_TRUE(sends_all(first, 1));
  const Delta said_by_the_old = ack(1, 1, first[0].delta);
  // The new life speaks first, then the delayed words of the old one arrive.
  node.receive(now, 0, {.stream = {2, 1}, .from = 0, .to = 1, .elements = {}, .ack_stream = {}, .ack = 0});
  node.receive(now, 0, said_by_the_old);
  now += 1s;
  EXPECT_TRUE(sends_all(node.take_effects(now), 1));
  // And once more in the other order: acknowledged by the old life, a new one appears.
  Disseminator other(config(), 7, 1);
  other.set_targets(now, {0});
  other.add(now, Json("x"));
  const auto sent = other.take_effects(now);
  other.receive(now, 0, ack(1, 1, sent[0].delta));
  now += 1s;
  other.take_effects(now);
  EXPECT_EQ(other.next_tick(), Time::max());
  other.receive(now, 0, {.stream = {2, 1}, .from = 0, .to = 1, .elements = {}, .ack_stream = {}, .ack = 0});
  EXPECT_TRUE(sends_all(other.take_effects(now), 1));
}

TEST_F(TwoLives, AnAcknowledgementOfAnotherLifesStreamMeansNothing) {
  node.set_targets(now, {0});
  node.add(now, Json("x"));
  auto sent = node.take_effects(now)[0].delta;
  auto wrong = ack(1, 1, sent);
  wrong.ack_stream.incarnation = 6;  // the life of this node before this one
  node.receive(now, 0, wrong);
  auto beyond = ack(1, 1, sent);
  beyond.ack = 1000;  // more than was ever sent
  node.receive(now, 0, beyond);
  now += 1s;
  EXPECT_TRUE(sends_all(node.take_effects(now), 1));
}

}  // namespace
}  // namespace mznode::dissemination

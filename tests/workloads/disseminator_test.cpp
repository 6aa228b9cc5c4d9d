#include "workloads/dissemination/disseminator.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace mznode::dissemination {
namespace {

constexpr Disseminator::Config config = {
    .relay = true, .flush_delay = 0ms, .ack_delay = 10ms, .resend_after = 100ms, .announce_delay = 0ms};

Time at(Duration since_start) { return Time(since_start); }

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
  const auto first = node.tick(at(0ms));
  EXPECT_EQ(texts(first, 0), (std::vector<std::string>{"1"}));
  EXPECT_TRUE(node.tick(at(99ms)).empty());
  EXPECT_EQ(texts(node.tick(at(100ms)), 0), (std::vector<std::string>{"1"}));
  node.receive(at(110ms), 0, answer(9, first.front().delta));
  node.tick(at(120ms));  // acknowledges the announcement
  EXPECT_FALSE(node.next_tick());
}

TEST(Disseminator, WhatIsAcknowledgedDoesNotPutOffTheResendingOfTheRest) {
  Disseminator node(config, 7, 1);
  node.set_targets(at(0ms), {0});
  node.add(at(0ms), Json(1));
  const auto first = node.tick(at(0ms));
  node.add(at(20ms), Json(2));
  node.tick(at(20ms));  // lost
  node.add(at(40ms), Json(3));
  node.tick(at(40ms));  // lost, too
  node.receive(at(90ms), 0, answer(9, first.front().delta));
  node.tick(at(100ms));  // acknowledges the announcement
  EXPECT_TRUE(texts(node.tick(at(119ms)), 0).empty());
  EXPECT_EQ(texts(node.tick(at(120ms)), 0), (std::vector<std::string>{"2", "3"}));
}

TEST(Disseminator, TellsANewLifeOfAPeerEverythingWhatTheOldOneToldItIncluded) {
  Disseminator node(config, 7, 1);
  node.set_targets(at(0ms), {0});
  node.add(at(0ms), Json(1));
  const auto first = node.tick(at(0ms));
  node.receive(at(1ms), 0, answer(9, first.front().delta, {Json(2)}));
  node.learn(at(1ms), 0, Json(2));
  EXPECT_TRUE(texts(node.tick(at(50ms)), 0).empty()) << "the peer has all";
  // The peer restarts with empty memory and announces itself.
  node.receive(at(60ms), 0, {.stream = {10, 1}, .from = 0, .to = 1, .elements = {}, .ack_stream = {}, .ack = 0});
  const auto refill = node.tick(at(60ms));
  EXPECT_EQ(texts(refill, 0), (std::vector<std::string>{"1", "2"}));
  EXPECT_NE(refill.front().delta.stream, first.front().delta.stream);
  // An acknowledgement of the old life that was late means nothing for the new one.
  Delta late = answer(9, first.front().delta);
  late.ack = 100;
  node.receive(at(61ms), 0, late);
  node.receive(at(62ms), 0, {.stream = {10, 1}, .from = 0, .to = 1, .elements = {}, .ack_stream = {}, .ack = 0});
  EXPECT_EQ(texts(node.tick(at(62ms)), 0), (std::vector<std::string>{"1", "2"}));
}

TEST(Disseminator, GoesOnWithWhatWasUnderWayWhenAPeerBecomesATargetAgain) {
  Disseminator node(config, 7, 1);
  node.set_targets(at(0ms), {0});
  node.add(at(0ms), Json(1));
  node.tick(at(0ms));  // lost
  node.set_targets(at(10ms), {});
  EXPECT_FALSE(node.next_tick());
  node.set_targets(at(20ms), {0});
  ASSERT_TRUE(node.next_tick());
  EXPECT_EQ(texts(node.tick(*node.next_tick()), 0), (std::vector<std::string>{"1"}));
}

TEST(Disseminator, SendsNothingToAPeerThatIsNoTargetButAcknowledgements) {
  Disseminator node(config, 7, 2);
  node.set_targets(at(0ms), {0});
  node.tick(at(0ms));
  node.receive(at(1ms), 1, {.stream = {9, 1}, .from = 0, .to = 2, .elements = {Json(5)}, .ack_stream = {}, .ack = 0});
  node.learn(at(1ms), 1, Json(5));
  const auto outgoing = node.tick(at(11ms));
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
    const auto outgoing = node.tick(at(now));
    return outgoing.empty() ? UINT64_MAX : outgoing.front().delta.ack;
  };
  node.receive(at(0ms), 0, {.stream = {9, 1}, .from = 4, .to = 6, .elements = {}, .ack_stream = {}, .ack = 0});
  EXPECT_EQ(ack_at(10ms), 0u);
  node.receive(at(20ms), 0, {.stream = {9, 1}, .from = 0, .to = 3, .elements = {}, .ack_stream = {}, .ack = 0});
  EXPECT_EQ(ack_at(30ms), 3u);
  node.receive(at(40ms), 0, {.stream = {9, 1}, .from = 2, .to = 4, .elements = {}, .ack_stream = {}, .ack = 0});
  EXPECT_EQ(ack_at(50ms), 6u);
}

}  // namespace
}  // namespace mznode::dissemination

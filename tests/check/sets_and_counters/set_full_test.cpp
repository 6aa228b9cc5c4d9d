#include "mznode/check/set_full.hpp"

#include <gtest/gtest.h>

#include "tests/check/shorthand.hpp"

namespace mznode::check {
namespace {

using nlohmann::ordered_json;

const CheckOptions linearizable{.linearizable = true};

TEST(SetFull, AnElementThatEveryLaterReadShowsIsStable) {
  const Verdict verdict = check_set_full(
      shorthand({"0 invoke add 1", "0 ok add 1", "1 invoke read", "1 ok read [1]", "nemesis info read [9,9]"}),
      linearizable);
  EXPECT_EQ(verdict.valid, Valid::yes);
  EXPECT_EQ(to_details(verdict)["valid?"], true);
  EXPECT_EQ(to_details(verdict)["attempt-count"], 1);
  EXPECT_EQ(to_details(verdict)["stable-count"], 1);
  EXPECT_EQ(to_details(verdict)["stale-count"], 0);
  EXPECT_EQ(to_details(verdict)["stable-latencies"], ordered_json::parse(R"({"0":0,"0.5":0,"0.95":0,"0.99":0,"1":0})"));
  EXPECT_FALSE(to_details(verdict).contains("lost-latencies"));
}

TEST(SetFull, AnElementThatTheLastReadMissesIsLost) {
  const Verdict verdict = check_set_full(
      shorthand({"0 invoke broadcast \"x\"", "0 ok broadcast \"x\"", "0 invoke broadcast 2", "0 ok broadcast 2",
                 "1 invoke read", "1 ok read [2,\"x\"]", "1 invoke read", "1 ok read [2]"}),
      defaults);
  EXPECT_EQ(verdict.valid, Valid::no);
  EXPECT_EQ(to_details(verdict)["lost"], ordered_json::parse(R"(["x"])"));
  EXPECT_EQ(to_details(verdict)["lost-count"], 1);
  // Known at 1 ms, shown for the last time by the read that began at 4 ms.
  EXPECT_EQ(to_details(verdict)["lost-latencies"]["1"], 3);
}

TEST(SetFull, AReadThatBeganBeforeTheElementWasKnownLosesNothing) {
  const Verdict verdict = check_set_full(
      shorthand({"1 invoke read", "0 invoke add 1", "0 ok add 1", "1 ok read []", "2 invoke add 2", "2 ok add 2"}),
      defaults);
  EXPECT_EQ(verdict.valid, Valid::unknown);
  EXPECT_EQ(to_details(verdict)["valid?"], "unknown");
  EXPECT_EQ(to_details(verdict)["never-read"], ordered_json::parse("[1,2]"));
}

TEST(SetFull, AnElementThatNobodyHadAddedIsAnErrorUnlessUpstreamIsFollowed) {
  const History history = shorthand({"0 invoke add 1", "0 ok add 1", "1 invoke read", R"(1 ok read [1,"y",4])",
                                     "0 invoke add 4", "0 ok add 4", "1 invoke read", "1 ok read [1,4]"});
  const Verdict verdict = check_set_full(history, defaults);
  EXPECT_EQ(verdict.valid, Valid::no);
  EXPECT_EQ(to_details(verdict)["unexpected"], ordered_json::parse(R"(["y",4])")) << "4 was shown before it was added";
  EXPECT_EQ(to_details(verdict)["unexpected-count"], 2);
  EXPECT_EQ(
      to_details(verdict)["explanation"][0],
      R"(the read of process 1 (operation 3) shows "y", which nobody had added; so do reads of 1 other elements)");
  EXPECT_EQ(check_set_full(history, compat).valid, Valid::yes);
  // One whose add goes on, failed or is unclear was sent.
  for (const std::string end : {"1 invoke read", "0 fail add 5", "0 info add 5"}) {
    const History sent =
        shorthand({"2 invoke add 1", "2 ok add 1", "0 invoke add 5", end == "1 invoke read" ? "3 invoke read" : end,
                   "1 invoke read", "1 ok read [1,5]"});
    EXPECT_EQ(to_details(check_set_full(sent, defaults))["unexpected-count"], 0) << end;
  }
}

TEST(SetFull, AStaleElementIsAnErrorOnlyUnderLinearizable) {
  const History history = shorthand({"0 invoke add 1", "0 ok add 1", "0 invoke add 2", "0 ok add 2", "1 invoke read",
                                     "1 ok read [2]", "1 invoke read", "1 ok read [1,2]"});
  const Verdict verdict = check_set_full(history, defaults);
  EXPECT_EQ(verdict.valid, Valid::yes);
  EXPECT_EQ(to_details(verdict)["stale"], ordered_json::parse("[1]"));
  EXPECT_EQ(to_details(verdict)["stable-latencies"], ordered_json::parse(R"({"0":0,"0.5":3,"0.95":3,"0.99":3,"1":3})"));
  ASSERT_EQ(to_details(verdict)["worst-stale"].size(), 1u);
  EXPECT_EQ(to_details(verdict)["worst-stale"][0]["stable-latency"], 3);
  EXPECT_EQ(to_details(verdict)["worst-stale"][0]["known"]["index"], 1);
  EXPECT_EQ(to_details(verdict)["worst-stale"][0]["last-absent"]["index"], 4);
  EXPECT_EQ(check_set_full(history, linearizable).valid, Valid::no);
}

TEST(SetFull, AReadMakesAnIndefiniteElementKnown) {
  const History lost = shorthand(
      {"0 invoke add 1", "0 info add 1", "1 invoke read", "1 ok read [1]", "1 invoke read", "1 ok read null"});
  EXPECT_EQ(check_set_full(lost, defaults).valid, Valid::no);
  const History unseen = shorthand({"0 invoke add 1", "0 info add 1", "1 invoke read", "1 ok read []"});
  EXPECT_EQ(to_details(check_set_full(unseen, defaults))["never-read-count"], 1);
}

TEST(SetFull, ADuplicateInOneReadIsAnErrorUnlessUpstreamIsFollowed) {
  const History history = shorthand({"0 invoke add 1", "0 ok add 1", "1 invoke read", "1 ok read [1,5,1,1.0]",
                                     "1 invoke read", "1 ok read [1,5,5,5]"});
  const Verdict verdict = check_set_full(history, defaults);
  EXPECT_EQ(verdict.valid, Valid::no);
  EXPECT_EQ(to_details(verdict)["duplicated"], ordered_json::parse(R"({"1":2,"5":3})"));
  EXPECT_EQ(to_details(verdict)["duplicated-count"], 2);
  EXPECT_EQ(check_set_full(history, compat).valid, Valid::yes);
  EXPECT_EQ(to_details(check_set_full(history, compat))["duplicated-count"], 0);
}

TEST(SetFull, ElementsOfEveryKindAreTheirValues) {
  const Verdict verdict =
      check_set_full(shorthand({"0 invoke add {\"a\":1,\"b\":2}", "0 ok add {\"b\":2,\"a\":1}", "0 invoke add -5",
                                "0 ok add -5", "0 invoke add 99999999999999999999", "0 ok add 99999999999999999999",
                                "0 invoke add 7000000", "0 ok add 7000000", "1 invoke read",
                                "1 ok read [7000000,{\"b\":2, \"a\":1},-5,99999999999999999999]"}),
                     linearizable);
  EXPECT_EQ(verdict.valid, Valid::yes);
  EXPECT_EQ(to_details(verdict)["stable-count"], 4);
}

TEST(SetFull, OfManyStaleElementsTheWorstEightAreDescribed) {
  std::vector<std::string> lines;
  std::string all;
  for (int i = 0; i < 10; ++i) {
    const std::string element = std::to_string(i);
    lines.push_back("0 invoke add " + element);
    lines.push_back("0 ok add " + element);
    all += (i == 0 ? "" : ",") + element;
  }
  for (const std::string& value : {std::string("[]"), "[" + all + "]"}) {
    lines.push_back("0 invoke read");
    lines.push_back("0 ok read " + value);
  }
  const Verdict verdict = check_set_full(shorthand(lines), defaults);
  EXPECT_EQ(to_details(verdict)["stale-count"], 10);
  ASSERT_EQ(to_details(verdict)["worst-stale"].size(), 8u);
  EXPECT_EQ(to_details(verdict)["worst-stale"][0]["element"], 0);
  EXPECT_EQ(to_details(verdict)["stable-latencies"]["0.5"], 11);
  EXPECT_EQ(to_details(verdict)["stable-latencies"]["0.95"], 19);
}

TEST(SetFull, OutcomesKnowAddsThatWereAcknowledgedWithNothing) {
  const auto known_of = [](const char* reply) {
    const auto outcomes =
        set_outcomes(shorthand({"0 invoke add 1", std::string("0 ok add ") + reply, "1 invoke read", "1 ok read [1]"}));
    return outcomes.size() == 1 ? outcomes.front().known_ns : -1;
  };
  EXPECT_EQ(known_of("1"), 1'000'000);
  EXPECT_EQ(known_of("null"), 1'000'000);
}

TEST(SetFull, AReadThatIsNoListIsRefused) {
  EXPECT_THROW(check_set_full(shorthand({"1 invoke read", "1 ok read 5"}), defaults), HistoryError);
}

}  // namespace
}  // namespace mznode::check

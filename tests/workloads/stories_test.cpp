#include <gtest/gtest.h>

#include "mznode/check/echo.hpp"
#include "mznode/workloads/story.hpp"
#include "tests/workloads/mutants/table.hpp"
#include "tests/workloads/script_of_a_run.hpp"

namespace mznode {
namespace {

using check::Operation;
using check::Type;

using story::lost;
using story::received;
using story::Script;
using story::text_of;

TEST(Stories, ALostElementIsFollowedToTheMessageThatWasLost) {
  const sim::Grudge grudge = {{"n0", {"n2"}}, {"n1", {"n2"}}, {"n2", {"n0", "n1"}}};
  const auto told = Script(3)
                        .fault({.fault = Fault::partition, .from = 0ms, .to = 3s, .unheard = grudge})
                        .answered(1000, 0, "broadcast", "11", "null")
                        .message(1000, "n0", "n1", R"({"type":"broadcast","message":11,"msg_id":7})", received)
                        .message(1000, "n0", "n2", R"({"type":"broadcast","message":11,"msg_id":8})", lost)
                        .message(4000, "n0", "n2", R"({"type":"ping","msg_id":11})", received)
                        .answered(5000, 1, "read", "null", "[11]")
                        .answered(6000, 2, "read", "null", "[]")
                        .told("broadcast");
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(
      text_of(told[0]),
      "11 is lost: the last reads of n2 lack it; the only message with it to n2 was lost: the partition {n0 n1} | "
      "{n2}\n"
      "1000 n0 acknowledges broadcast 11\n"
      "1000 n0 sends it to n2, but the message is lost: the partition {n0 n1} | {n2}\n"
      "1000 nobody sends it to n2 again\n"
      "6000 the last read of n2 lacks it\n");
  EXPECT_EQ(told[0].events[1].message, 1U);
  EXPECT_EQ(told[0].events[3].operation, 5);
}

// A heartbeat that counts to 11 and a time that is 11 tell nobody of the element 11.
TEST(Stories, ANumberThatStandsElsewhereIsNoElement) {
  Script script(3);
  for (int i = 0; i < 12; ++i) {
    const std::string number = std::to_string(i);
    script.answered(100 * i, 0, "broadcast", number, "null")
        .message(100 * i, "n0", "n1", R"({"type":"tell","element":)" + number + "}", received)
        .message(100 * i, "n0", "n2", R"({"type":"beat","since":)" + std::to_string(1 + 10 * i) + "}", received);
    if (i != 11) script.message(100 * i, "n0", "n2", R"({"type":"tell","element":)" + number + "}", received);
  }
  const auto told = script.answered(5000, 1, "read", "null", "[0,1,2,3,4,5,6,7,8,9,10,11]")
                        .answered(6000, 2, "read", "null", "[0,1,2,3,4,5,6,7,8,9,10]")
                        .told("broadcast");
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(text_of(told[0]),
            "11 is lost: the last reads of n2 lack it\n"
            "1100 n0 acknowledges broadcast 11\n"
            "- nobody is seen to send 11 to n2\n"
            "6000 the last read of n2 lacks it\n");
}

TEST(Stories, PartsOfHistoriesHaveThemToo) {
  const auto told = Script(2)
                        .begin_at(40)
                        .answered(500, 1, "write", "[1,3]", "[1,3]")
                        .answered(1000, 0, "write", "[1,4]", "[1,4]")
                        .answered(2000, 1, "read", "[1,null]", "[1,3]")
                        .told("lin-kv");
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(text_of(told[0]).rfind(
                "key 1: read 3, which n1 answered, fits no order; before it began, n0 had answered write 4\n", 0),
            0U)
      << text_of(told[0]);
  EXPECT_EQ(told[0].events.front().operation, 42);
}

TEST(Stories, WhatAKillTookIsTold) {
  const auto told = Script(2)
                        .answered(1000, 0, "add", "4", "4")
                        .fault({.fault = Fault::kill, .from = 2s, .to = 3s, .value = Json::parse(R"(["n0"])")})
                        .answered(5000, 0, "read", "null", "[]")
                        .answered(5000, 1, "read", "null", "[]")
                        .told("g-set");
  ASSERT_EQ(told.size(), 1U);
  const std::string text = text_of(told[0]);
  EXPECT_NE(text.find("2000 n0 is killed\n3000 n0 starts again"), std::string::npos) << text;
}

TEST(Stories, WithoutMessagesNothingIsSaidOfThem) {
  const auto told = Script(2)
                        .answered(1000, 0, "add", "4", "4")
                        .answered(5000, 0, "read", "null", "[4]")
                        .answered(6000, 1, "read", "null", "[]")
                        .told("g-set");
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(text_of(told[0]),
            "4 is lost: the last reads of n1 lack it\n"
            "1000 n0 acknowledges add 4\n"
            "6000 the last read of n1 lacks it\n");
}

TEST(Stories, AnIdThatIsGivenOutTwiceNamesBothNodes) {
  const auto told = Script(2)
                        .answered(1000, 0, "generate", "null", "17")
                        .fault({.fault = Fault::kill, .from = 2s, .to = 3s, .value = Json::parse(R"(["n0"])")})
                        .answered(4000, 0, "generate", "null", "17")
                        .told("unique-ids");
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(text_of(told[0]),
            "17 is given out 2 times; n0 gave it out before and after it was killed\n"
            "1000 n0 gives out 17\n"
            "2000 n0 is killed\n"
            "3000 n0 starts again, with nothing but what it had stored\n"
            "4000 n0 gives out 17 again\n");
}

TEST(Stories, AnIdFromAClockThatJumpedNamesTheJump) {
  const auto told = Script(1)
                        .answered(1000, 0, "generate", "null", "17")
                        .fault({.fault = Fault::skew, .from = 2s, .to = 9s, .value = Json::parse(R"(["n0"])")})
                        .answered(4000, 0, "generate", "null", "17")
                        .told("unique-ids");
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(text_of(told[0]),
            "17 is given out 2 times; n0 gave it out before and after its clock jumped\n"
            "1000 n0 gives out 17\n"
            "2000 the clock of n0 jumps\n"
            "4000 n0 gives out 17 again\n");
}

// What is 0 in each message is not the element 0.
TEST(Stories, ANumberThatIsAlwaysTheSameIsNoElement) {
  Script script(2);
  for (const std::string number : {"0", "1", "2"}) {
    script.answered(1000, 0, "add", number, "null")
        .message(1000, "n0", "n1", R"({"type":"forward","message":)" + number + R"(,"number":0})",
                 number == "0" ? lost : received);
  }
  const auto told =
      script.answered(5000, 0, "read", "null", "[0,1,2]").answered(6000, 1, "read", "null", "[1,2]").told("g-set");
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].title, "0 is lost: the last reads of n1 lack it; the only message with it to n1 was lost");
}

// Messages are counted from 0 as the elements are.
TEST(Stories, ACountOfMessagesIsNoElementWhereElementsAreCalledSo) {
  Script script(2);
  for (int i = 0; i < 4; ++i) {
    const std::string element = std::to_string(3 - i);
    script.answered(1000 + i, 0, "add", element, "null");
  }
  for (int i = 0; i < 4; ++i) {
    const std::string element = std::to_string(3 - i);
    const std::string number = std::to_string(i);
    script
        .message(2000, "n0", "n1", R"({"type":"forward","message":)" + element + R"(,"number":)" + number + "}",
                 element == "0" ? lost : received)
        .message(2000, "n0", "n1", R"({"type":"forwarded","number":)" + number + "}", received);
  }
  const auto told =
      script.answered(5000, 0, "read", "null", "[0,1,2,3]").answered(6000, 1, "read", "null", "[1,2,3]").told("g-set");
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].title, "0 is lost: the last reads of n1 lack it; the only message with it to n1 was lost");
}

TEST(Stories, AReadOfWhatWasRefusedNamesTheRefusal) {
  const auto told = Script(2)
                        .answered(1000, 0, "write", "[1,2]", "[1,2]")
                        .operation(2000, Type::invoke, 1, "cas", "[1,[2,3]]")
                        .operation(2000, Type::fail, 1, "cas", "[1,[2,3]]")
                        .answered(3000, 0, "read", "[1,null]", "[1,3]")
                        .told("lin-kv");
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].title,
            "key 1: read 3, which n0 answered, fits no order but one in which cas from 2 to 3, which n1 refused, took "
            "effect");
}

TEST(Stories, WhoAcknowledgedAndWasKilledIsNamedBeforeOthersThatLackIt) {
  const auto told = Script(2)
                        .answered(1000, 1, "add", "4", "null")
                        .fault({.fault = Fault::kill, .from = 2s, .to = 3s, .value = Json::parse(R"(["n1"])")})
                        .answered(5000, 0, "read", "null", "[]")
                        .answered(6000, 1, "read", "null", "[]")
                        .told("g-set");
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].title,
            "4 is lost: the last reads of n0, n1 lack it; n1 itself had acknowledged it, and was killed later");
}

TEST(Stories, ASumThatIsWrongSaysAsMuchOfTheCauseAsTheRunShows) {
  const auto title_of = [](const Script& script, const std::string& checker = "g-counter") {
    const auto told = script.told(checker);
    return told.empty() ? "" : told[0].title;
  };
  const auto begun = [] {
    return Script(2).answered(1000, 0, "add", "3", "null").answered(1100, 1, "add", "4", "null");
  };
  const auto read = [](Script script, std::int64_t process, const std::string& value) {
    script.operation(9000, Type::invoke, process, "read", "null").operation(9000, Type::ok, process, "read", value);
    script.mark_final();
    return script;
  };
  EXPECT_EQ(title_of(read(begun(), 0, "11")),
            "the last read of n0 is 11; right would be 7, it is 4 too much; that is more than was ever added: some of "
            "it is counted twice");
  EXPECT_EQ(title_of(read(begun(), 0, "1")),
            "the last read of n0 is 1; right would be 7, it is 6 too little; n0 alone had acknowledged 3");
  EXPECT_EQ(title_of(read(begun(), 0, "3")),
            "the last read of n0 is 3; right would be 7, it is 4 too little; the last add of n1 is what is missing");
  const auto signed_adds = [&] { return begun().answered(2000, 0, "add", "-9", "null"); };
  EXPECT_EQ(title_of(read(signed_adds().message(2000, "n1", "n0", R"({"type":"x"})", received).again(2100), 0, "5"),
                     "pn-counter"),
            "the last read of n0 is 5; right would be -2, it is 7 too much; 1 message to n0 came twice");
  EXPECT_EQ(title_of(read(signed_adds().message(2000, "n1", "n0", R"({"type":"x"})", lost), 0, "5"), "pn-counter"),
            "the last read of n0 is 5; right would be -2, it is 7 too much; 1 message to n0 was lost");
  // Its own add, which it cannot lack.
  EXPECT_EQ(title_of(read(signed_adds(), 0, "7"), "pn-counter"),
            "the last read of n0 is 7; right would be -2, it is 9 too much");
}

TEST(Stories, ACycleIsToldByWhatItMeans) {
  const auto told = Script(2)
                        .answered(1000, 0, "txn", R"([["append",1,7]])", R"([["append",1,7]])")
                        .operation(2000, Type::invoke, 1, "txn", R"([["r",1,null]])")
                        .operation(2001, Type::ok, 1, "txn", R"([["r",1,[]]])")
                        .operation(3000, Type::invoke, 0, "txn", R"([["r",1,null]])")
                        .operation(3001, Type::ok, 0, "txn", R"([["r",1,[7]]])")
                        .told("list-append");
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].title,
            "G-single-item-realtime: stale read: n1 misses what n0 had acknowledged before it was asked");
}

TEST(Stories, AStaleReadNamesWhoKnewAndWhoDidNot) {
  const auto told = Script(2)
                        .answered(500, 1, "write", "[1,3]", "[1,3]")
                        .answered(1000, 0, "write", "[1,4]", "[1,4]")
                        .message(1000, "n0", "n1", R"({"type":"put","key":1,"value":4})", lost)
                        .answered(2000, 1, "read", "[1,null]", "[1,3]")
                        .told("lin-kv");
  ASSERT_EQ(told.size(), 1U);
  const std::string text = text_of(told[0]);
  EXPECT_EQ(
      text.rfind("key 1: read 3, which n1 answered, fits no order; before it began, n0 had answered write 4\n", 0), 0U)
      << text;
  EXPECT_NE(text.find("the only message from n0 did not reach n1"), std::string::npos) << text;
}

TEST(Stories, ATestThatIsNotInvalidTellsNone) {
  EXPECT_TRUE(Script(1).answered(1000, 0, "echo", "\"a\"", "\"a\"").told("echo").empty());
  EXPECT_TRUE(Script(1).told("g-set").empty());
}

class StoriesOfMutants : public testing::TestWithParam<Mutant> {};

TEST_P(StoriesOfMutants, LeadToWhatTheyTell) {
  const Mutant& mutant = GetParam();
  for (std::uint64_t seed = 0; seed < 3; ++seed) {
    Trial trial = mutant.trial(seed);
    trial.keeps_packets = true;
    const Trial::Result result = trial.run(mutant.install);
    TestVerdict verdict;
    verdict.workload = result.workload;
    const auto told =
        stories(result.run, verdict, sim::node_names(trial.nodes), trial.nodes * trial.concurrency_per_node);
    // Replies that are wrong by themselves, each of which the verdict quotes, need no story.
    const bool needs_one = result.workload.valid == check::Valid::no &&
                           result.workload.found<check::EchoFinding>() == nullptr &&
                           result.workload.found<check::OtherThanAsked>() == nullptr;
    EXPECT_EQ(told.empty(), !needs_one) << seed << to_details(result.workload).dump(1);
    for (const Story& story : told) {
      EXPECT_FALSE(story.title.empty());
      EXPECT_FALSE(story.events.empty()) << story.title;
      for (const StoryEvent& event : story.events) {
        EXPECT_FALSE(event.text.empty()) << story.title;
        EXPECT_LT(event.operation.value_or(-1), std::ssize(result.run.history));
        EXPECT_LT(event.message.value_or(0), std::max<std::size_t>(1, result.run.packets.size()));
        EXPECT_LE(event.at.value_or(Duration::zero()), result.run.duration);
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Each, StoriesOfMutants, testing::ValuesIn(all_mutants()),
                         [](const auto& each) { return std::string(each.param.name); });

}  // namespace
}  // namespace mznode

#include <gtest/gtest.h>

#include "tests/workloads/script_of_a_run.hpp"

namespace mznode::story {
namespace {

constexpr auto killed = R"(["n0"])";

TEST(StoryCauses, WhoHasWhatAKilledNodeLacksAndSentItNoMoreIsNamed) {
  const auto told = Script(2)
                        .answered(1000, 0, "add", "4", "4")
                        .message(1100, "n0", "n1", R"({"type":"tell","element":4})", received)
                        .fault({.fault = Fault::kill, .from = 2s, .to = 3s, .value = Json::parse(killed)})
                        .message(4000, "n1", "n0", R"({"type":"tell","element":5})", received)
                        .answered(4100, 1, "add", "5", "5")
                        .answered(5000, 1, "read", "null", "[4,5]")
                        .answered(6000, 0, "read", "null", "[5]")
                        .told("g-set");
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].title,
            "4 is lost: the last reads of n0 lack it; n0 itself had acknowledged it, and was killed later; n1, which "
            "has it, has sent it to n0 no more");
}

TEST(StoryCauses, WhoWasToldAgainBehindItsDeathIsNotSaidToBeForgotten) {
  const auto told = Script(2)
                        .answered(1000, 0, "add", "4", "4")
                        .message(1100, "n0", "n1", R"({"type":"tell","element":4})", received)
                        .fault({.fault = Fault::kill, .from = 2s, .to = 3s, .value = Json::parse(killed)})
                        .message(4000, "n1", "n0", R"({"type":"tell","element":4})", received)
                        .answered(5000, 1, "read", "null", "[4]")
                        .answered(6000, 0, "read", "null", "[]")
                        .told("g-set");
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].title,
            "4 is lost: the last reads of n0 lack it; n0 itself had acknowledged it, and was killed later");
}

TEST(StoryCauses, WhatAKilledNodeHadToldNobodyIsNamed) {
  const auto told = Script(2)
                        .answered(900, 0, "add", "3", "3")
                        .message(950, "n0", "n1", R"({"type":"tell","element":3})", received)
                        .answered(1000, 0, "add", "4", "4")
                        .fault({.fault = Fault::kill, .from = 2s, .to = 3s, .value = Json::parse(killed)})
                        .answered(5000, 0, "read", "null", "[3]")
                        .answered(6000, 1, "read", "null", "[3]")
                        .told("g-set");
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].title,
            "4 is lost: the last reads of n0, n1 lack it; n0 itself had acknowledged it, and was killed later, before "
            "it had told anybody");
}

/// A node reads or changes "sum" of lin-kv, and hears of it in the same instant.
Script& asks(Script& script, std::int64_t ms, const std::string& node, int msg_id, const std::string& request,
             const std::string& answer) {
  const std::string id = std::to_string(msg_id);
  return script.message(ms, node, "lin-kv", R"({"type":)" + request + R"(,"key":"sum","msg_id":)" + id + "}", received)
      .message(ms, "lin-kv", node, R"({"type":)" + answer + R"(,"in_reply_to":)" + id + "}", received);
}

TEST(StoryCauses, WhoWroteOverWhatAnotherHadWrittenIsNamed) {
  const auto told_of_readers = [](const std::string& second) {
    Script script(2);
    asks(script, 1000, "n0", 1, R"("read")", R"("error","code":20)");
    if (second == "before") asks(script, 1100, "n1", 1, R"("read")", R"("error","code":20)");
    asks(script, 1200, "n0", 2, R"("write","value":3)", R"("write_ok")").answered(1200, 0, "add", "3", "3");
    if (second == "behind") asks(script, 1250, "n1", 1, R"("read")", R"("read_ok","value":3)");
    asks(script, 1300, "n1", 2, R"("write","value":4)", R"("write_ok")").answered(1300, 1, "add", "4", "4");
    return script.answered(5000, 0, "read", "null", "4").mark_final().told("g-counter");
  };
  const auto told = told_of_readers("before");
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(
      text_of(told[0]),
      "the last read of n0 is 4; right would be 7, it is 3 too little; n1 wrote \"sum\" of lin-kv over what n0 had "
      "written since n1 read it\n"
      "1100 n1 hears of \"sum\" of lin-kv: nothing\n"
      "1200 n0 asks for write, and that leaves 3\n"
      "1300 n1 writes 4 over it\n"
      "- n0 acknowledged 1 adds, 3 in all\n"
      "- n1 acknowledged 1 adds, 4 in all\n"
      "- n1 sent no message to n0\n"
      "5000 n0 answers the last read with 4, 3 too little\n");
  ASSERT_EQ(told_of_readers("behind").size(), 1U);
  EXPECT_EQ(told_of_readers("behind")[0].title.find("had written since"), std::string::npos) << "it knew";
}

TEST(StoryCauses, TheNumbersThatCameAgainOrNeverAreWhatASumIsWrongBy) {
  const auto title_of = [](sim::JournalEntry::Event fate, bool is_sent_again, const std::string& read) {
    Script script(2);
    int number = 0;
    for (const std::string delta : {"3", "-5", "4"}) {
      const std::string body = R"({"type":"told","delta":)" + delta + R"(,"place":)" + std::to_string(7 + number);
      script.answered(1000 + number, 1, "add", delta, "null")
          .message(1000 + number, "n1", "n0", body + R"(,"msg_id":1})", delta == "-5" ? fate : received);
      if (delta == "-5" && is_sent_again) script.message(1500, "n1", "n0", body + R"(,"msg_id":2})", received);
      ++number;
    }
    const auto told = script.answered(5000, 0, "read", "null", read).mark_final().told("pn-counter");
    return told.empty() ? "" : told[0].title;
  };
  EXPECT_EQ(title_of(received, true, "-3"),
            "the last read of n0 is -3; right would be 2, it is 5 too little; that is what came to n0 again: 1 message "
            "with -5 in all, which n1 had sent more than once");
  EXPECT_EQ(title_of(lost, false, "7"),
            "the last read of n0 is 7; right would be 2, it is 5 too much; that is what never came to n0: 1 lost "
            "message with -5 in all");
  EXPECT_EQ(title_of(lost, true, "2"), "") << "it came after all";
  EXPECT_EQ(title_of(received, true, "-4").find("came to n0 again"), std::string::npos) << "that is not the difference";
}

TEST(StoryCauses, AnAddThatWasMadeTwiceInAServiceIsNamed) {
  const auto title_of = [](const std::string& second_change, const std::string& read) {
    Script script(2);
    script.operation(1000, Type::invoke, 0, "add", "3");
    script.message(1000, "n0", "lin-kv", R"({"type":"cas","key":"sum","from":0,"to":3,"msg_id":1})", received)
        .message(1300, "lin-kv", "n0", R"({"type":"cas_ok","in_reply_to":1})", received);
    asks(script, 1400, "n0", 2, R"("cas",)" + second_change, R"("cas_ok")");
    const auto told = script.operation(1400, Type::ok, 0, "add", "3")
                          .answered(5000, 0, "read", "null", read)
                          .mark_final()
                          .told("pn-counter");
    return told.empty() ? "" : told[0].title;
  };
  EXPECT_EQ(
      title_of(R"("from":3,"to":6)", "6"),
      "the last read of n0 is 6; right would be 3, it is 3 too much; n0 made add 3 twice: the answer to its first "
      "cas took 0.300 s, and it sent another");
  EXPECT_EQ(title_of(R"("from":3,"to":5)", "5").find("twice:"), std::string::npos) << "that is another number";
}

TEST(StoryCauses, WhoAcknowledgedWithoutTheAnswerThatItHadAskedForIsNamed) {
  const auto title_of = [](sim::JournalEntry::Event fate) {
    const auto told = Script(2)
                          .operation(1000, Type::invoke, 1, "send", R"([["send","8",5]])")
                          .message(1000, "n1", "n0", R"({"type":"keep","key":"8","msg":5,"msg_id":4})", received)
                          .message(1010, "n0", "n1", R"({"type":"keep_ok","offset":0,"in_reply_to":4})", fate)
                          .operation(1050, Type::ok, 1, "send", R"([["send","8",[3,5]]])")
                          .answered(2000, 0, "poll", R"([["poll"]])", R"([["poll",{"8":[[0,5]]}]])")
                          .told("kafka");
    return told.empty() ? "" : told[0].title;
  };
  EXPECT_EQ(
      title_of(lost),
      "duplicate: message 5 of key 8 stands at several offsets, [0,3]; n1 acknowledged 5 without n0's answer: that "
      "was lost");
  EXPECT_EQ(title_of(received), "duplicate: message 5 of key 8 stands at several offsets, [0,3]");
}

TEST(StoryCauses, AReadOfAPartNamesTheMessageWithTheRest) {
  const auto told = Script(2)
                        .answered(1000, 0, "txn", R"([["w",77,5],["w",78,6]])", R"([["w",77,5],["w",78,6]])")
                        .message(1000, "n0", "n1", R"({"type":"wrote","set":[[78,6]]})", received)
                        .message(1000, "n0", "n1", R"({"type":"wrote","set":[[77,5]]})", lost)
                        .answered(2000, 1, "txn", R"([["r",77,null],["r",78,null]])", R"([["r",77,null],["r",78,6]])")
                        .told("txn-rw-register");
  ASSERT_FALSE(told.empty());
  EXPECT_NE(
      told[0].title.find("read skew: n1 saw 6 of key 78 of what n0 did, and missed 5 of key 77, which n0 had sent "
                         "in a message of its own that was lost"),
      std::string::npos)
      << told[0].title;
}

}  // namespace
}  // namespace mznode::story

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

}  // namespace
}  // namespace mznode::story

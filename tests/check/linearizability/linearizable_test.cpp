#include "mznode/check/linearizable.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "mznode/check/registry.hpp"
#include "tests/check/shorthand.hpp"

namespace mznode::check {
namespace {

using nlohmann::ordered_json;

Valid judge_register(const std::vector<std::string>& lines, const CheckOptions& options = defaults) {
  return find_checker("cas-register")->check(shorthand(lines), options).valid;
}

Verdict judge_map(const std::vector<std::string>& lines, const CheckOptions& options = defaults) {
  return find_checker("lin-kv")->check(shorthand(lines), options);
}

TEST(CasRegister, ReadsFindWhatWasWrittenLast) {
  EXPECT_EQ(judge_register({}), Valid::unknown) << "there is nothing to judge";
  EXPECT_EQ(judge_register({"0 invoke write 1", "0 ok write 1", "0 invoke read", "0 ok read 1"}), Valid::yes);
  EXPECT_EQ(judge_register({"0 invoke write 1", "0 ok write 1", "0 invoke read", "0 ok read 2"}), Valid::no);
  EXPECT_EQ(judge_register({"0 invoke read", "0 ok read 1", "0 invoke write 1", "0 ok write 1"}), Valid::no);
  EXPECT_EQ(judge_register({"0 invoke read", "1 invoke write 1", "1 ok write 1", "0 ok read 1"}), Valid::yes);
}

TEST(CasRegister, BeginsWithTheValueThatIsNamed) {
  CheckOptions from_zero;
  from_zero.initial_value = Json(0);
  const std::vector<std::string> lines = {"0 invoke read",  "0 ok read 0",   "0 invoke cas [0,5]",
                                          "0 ok cas [0,5]", "0 invoke read", "0 ok read 5"};
  EXPECT_EQ(judge_register(lines), Valid::no);
  EXPECT_EQ(judge_register(lines, from_zero), Valid::yes);
  from_zero.initial_value = Json(5);
  EXPECT_EQ(judge_register(lines, from_zero), Valid::no);
  // The value may be one that is written, too, and a read of null is not it.
  from_zero.initial_value = Json(0);
  from_zero.strict_null_reads = true;
  EXPECT_EQ(judge_register({"0 invoke read", "0 ok read null"}, from_zero), Valid::no);
  const std::vector<std::string> back = {"0 invoke write 1", "0 ok write 1",  "0 invoke write 0",
                                         "0 ok write 0",     "0 invoke read", "0 ok read 0"};
  EXPECT_EQ(judge_register(back, from_zero), Valid::yes);
  EXPECT_EQ(judge_map({R"(0 invoke read ["a",null])", R"(0 ok read ["a",0])", R"(0 invoke cas ["b",[0,2]])",
                       R"(0 ok cas ["b",[0,2]])"},
                      from_zero)
                .valid,
            Valid::yes);
}

TEST(CasRegister, RealTimeOrderCounts) {
  const std::vector<std::string> stale = {"0 invoke write 1", "0 ok write 1",    "1 invoke write 2",
                                          "1 ok write 2",     "2 invoke read 1", "2 ok read 1"};
  EXPECT_EQ(judge_register(stale), Valid::no);
  // The same while the second write goes on: the read may be before it.
  const std::vector<std::string> early = {"0 invoke write 1", "0 ok write 1", "1 invoke write 2",
                                          "2 invoke read 1",  "2 ok read 1",  "1 ok write 2"};
  EXPECT_EQ(judge_register(early), Valid::yes);
}

TEST(CasRegister, AnIndefiniteWriteTakesEffectLateOrNever) {
  const std::vector<std::string> open = {"0 invoke write 1", "0 ok write 1", "1 invoke write 2", "1 info write 2"};
  const auto then = [&](std::vector<std::string> more) {
    more.insert(more.begin(), open.begin(), open.end());
    return judge_register(more);
  };
  EXPECT_EQ(then({"0 invoke read", "0 ok read 1"}), Valid::yes);
  EXPECT_EQ(then({"0 invoke read", "0 ok read 2"}), Valid::yes);
  EXPECT_EQ(then({"0 invoke read", "0 ok read 1", "0 invoke read", "0 ok read 2"}), Valid::yes);
  EXPECT_EQ(then({"0 invoke read", "0 ok read 2", "0 invoke read", "0 ok read 1"}), Valid::no);
  EXPECT_EQ(then({"0 invoke cas [2, 3]", "0 ok cas [2, 3]", "0 invoke read", "0 ok read 2"}), Valid::no);
  // Without a completion it is the same.
  EXPECT_EQ(judge_register({"1 invoke write 2", "0 invoke read", "0 ok read 2"}), Valid::yes);
  EXPECT_EQ(judge_register({"1 invoke write 2", "0 invoke write 1", "0 ok write 1", "0 invoke read", "0 ok read 1"}),
            Valid::yes);
  // It does not take effect before it was invoked.
  EXPECT_EQ(judge_register({"0 invoke read", "0 ok read 2", "1 invoke write 2", "1 info write 2"}), Valid::no);
}

TEST(CasRegister, WhatFailedHadNoEffect) {
  const std::vector<std::string> failed = {"0 invoke write 1", "0 fail write 1", "0 invoke read", "0 ok read 1"};
  EXPECT_EQ(judge_register(failed), Valid::no);
  EXPECT_EQ(judge_register(
                {"0 invoke read", "0 fail read", "1 invoke read", "1 info read", "2 invoke write 1", "2 ok write 1"}),
            Valid::yes);
}

TEST(CasRegister, CompareAndSetFindsTheValueItExpects) {
  const auto after_write_1 = [](const std::string& cas, const std::string& read) {
    return judge_register({"0 invoke write 1", "0 ok write 1", "0 invoke cas " + cas, "0 ok cas " + cas,
                           "0 invoke read", "0 ok read " + read});
  };
  EXPECT_EQ(after_write_1("[1, 2]", "2"), Valid::yes);
  EXPECT_EQ(after_write_1("[1, 2]", "1"), Valid::no);
  EXPECT_EQ(after_write_1("[3, 2]", "2"), Valid::no);
  EXPECT_EQ(after_write_1("[1, 1]", "1"), Valid::yes);
  EXPECT_EQ(after_write_1("[3, 3]", "1"), Valid::no);
  // A register begins with null; an indefinite one that expects another value never takes effect.
  EXPECT_EQ(judge_register({"0 invoke cas [null, 1]", "0 ok cas [null, 1]"}), Valid::yes);
  EXPECT_EQ(judge_register({"0 invoke cas [2, 1]", "0 info cas [2, 1]", "1 invoke read", "1 ok read 1"}), Valid::no);
}

TEST(CasRegister, EqualWayOfWritingIsNotNeededForEqualValues) {
  EXPECT_EQ(judge_register({R"(0 invoke write {"a":1,"b":"x"})", R"(0 ok write {"a":1,"b":"x"})", "0 invoke read",
                            R"(0 ok read {"b":"\u0078","a":1})"}),
            Valid::yes);
  EXPECT_EQ(judge_register({"0 invoke write 1", "0 ok write 1", "0 invoke read", "0 ok read 1.0"}), Valid::no);
}

TEST(CasRegister, AReadOfNullIsBelievedUnlessStrict) {
  const std::vector<std::string> lost = {"0 invoke write 1", "0 ok write 1", "0 invoke read", "0 ok read null"};
  EXPECT_EQ(judge_register(lost), Valid::yes);
  EXPECT_EQ(judge_register(lost, {.strict_null_reads = true}), Valid::no);
  EXPECT_EQ(judge_register({"0 invoke read", "0 ok read null"}, {.strict_null_reads = true}), Valid::yes);
}

TEST(CasRegister, SaysUnknownWhenItGivesUp) {
  const std::vector<std::string> lines = {"0 invoke write 1", "1 invoke write 2", "0 ok write 1",
                                          "1 ok write 2",     "0 invoke read",    "0 ok read 1"};
  EXPECT_EQ(judge_register(lines), Valid::yes);
  for (const SearchLimits& limits : {SearchLimits{.steps = 1}, SearchLimits{.bytes = 1}}) {
    const Verdict verdict = check_cas_register(shorthand(lines), {.limits = limits});
    EXPECT_EQ(verdict.valid, Valid::unknown);
    EXPECT_EQ(to_details(verdict)["error"].get<std::string>().substr(0, 13), "gave up after");
  }
}

TEST(CasRegister, ManyOpenOperationsAreNoProblem) {
  // Two thousand writes whose outcome is open, of a hundred values, and a read of every value in turn.
  std::vector<std::string> lines;
  for (int i = 0; i < 2000; ++i) {
    const std::string write = " write " + std::to_string(i % 100);
    lines.push_back(std::to_string(10 + i) + " invoke" + write);
    lines.push_back(std::to_string(10 + i) + " info" + write);
  }
  for (int i = 0; i < 100; ++i) {
    lines.push_back("1 invoke read");
    lines.push_back("1 ok read " + std::to_string(i * 37 % 100));
  }
  EXPECT_EQ(judge_register(lines), Valid::yes);
  lines.push_back("1 invoke read");
  lines.push_back("1 ok read 100");
  EXPECT_EQ(judge_register(lines), Valid::no);
}

TEST(LinKv, EveryKeyIsARegisterOfItsOwn) {
  const Verdict verdict =
      judge_map({"0 invoke write [1, 5]", "0 ok write [1, 5]", "0 invoke write [\"a\", 6]", "0 ok write [\"a\", 6]",
                 "0 invoke read [1, null]", "0 ok read [1, 5]", "0 invoke read [\"a\", null]", "0 ok read [\"a\", 5]",
                 "nemesis info start \"x\""});
  EXPECT_EQ(verdict.valid, Valid::no);
  EXPECT_EQ(to_details(verdict)["failures"], ordered_json::parse(R"(["a"])"));
  EXPECT_EQ(to_details(verdict)["results"]["1"], ordered_json::parse(R"({"valid?": true, "op-count": 2})"));
  EXPECT_EQ(to_details(verdict)["results"]["a"]["op"]["index"], 7);
  EXPECT_EQ(to_details(verdict)["results"]["a"]["previous-ok"]["index"], 3);
}

TEST(LinKv, AKeyThatIsUnknownDoesNotHideOneThatIsInvalid) {
  std::vector<std::string> lines = {"0 invoke write [1, 1]", "1 invoke write [1, 2]", "0 ok write [1, 1]",
                                    "1 ok write [1, 2]",     "0 invoke read [1, 0]",  "0 ok read [1, 1]"};
  const CheckOptions hurried{.limits = {.steps = 1}};
  EXPECT_EQ(to_details(judge_map(lines, hurried))["error"], "gave up on the keys [1]");
  EXPECT_EQ(judge_map(lines, hurried).valid, Valid::unknown);
  lines.insert(lines.end(), {"0 invoke read [2, 0]", "0 ok read [2, 1]"});
  EXPECT_EQ(judge_map(lines, hurried).valid, Valid::no);
}

TEST(LinKv, WhatIsNoHistoryOfAMapIsUnknown) {
  const auto error = [](const std::vector<std::string>& lines, Valid valid = Valid::unknown) {
    const Verdict verdict = judge_map(lines);
    EXPECT_EQ(verdict.valid, valid);
    return to_details(verdict).value("error", "");
  };
  EXPECT_EQ(error({"0 invoke read 5"}), "operation 0: expected [key, value] as the value of read");
  EXPECT_EQ(error({"0 invoke read [1, 2, 3]"}), "operation 0: expected [key, value] as the value of read");
  // A reply about something else says more than that.
  EXPECT_EQ(error({"0 invoke read [1, null]", "0 ok read 7"}, Valid::no),
            "operation 1: expected [key, value] as the value of read");
  EXPECT_EQ(error({"0 invoke read [1, null]", "0 ok read [2, 7]"}, Valid::no),
            "operation 1: completes an operation on another key");
  EXPECT_EQ(error({"0 invoke cas [1, 7]"}), "operation 0: expected [from, to] as the value of cas");
  EXPECT_EQ(error({"0 invoke append [1, 7]"}), "operation 0: a register knows read, write and cas, and not append");
}

TEST(LinKv, ExplainsWhyNoOrderIsLeft) {
  const Verdict verdict =
      judge_map({"0 invoke write [1, 5]", "0 ok write [1, 5]", "1 invoke cas [1, [5, 4]]", "2 invoke read [1, null]",
                 "2 ok read [1, 5]", "1 ok cas [1, [5, 4]]", "0 invoke write [1, 6]", "3 invoke write [1, 7]",
                 "0 ok write [1, 6]", "2 invoke read [1, null]", "2 ok read [1, 4]"});
  EXPECT_EQ(verdict.valid, Valid::no);
  EXPECT_EQ(to_details(verdict)["explanation"], ordered_json::parse(R"json([
      "key 1: no order explains these operations (2 of 6), whatever the others did",
      "  6..8  process 0  write 6",
      "  9..10  process 2  read 4",
      "  the longest order, and what the register holds:",
      "    null",
      "    6 after write 6 (6)",
      "  then none of the others can go next:",
      "    read 4 (9) finds 4, but the register holds 6",
      "  the last to leave 4 was cas from 5 to 4 (2..5)"
  ])json"));
  EXPECT_EQ(to_details(verdict)["results"]["1"]["counterexample"], ordered_json::parse(R"({
      "operations": [
        {"operation": 6, "completion": 8, "process": 0, "text": "write 6", "required": true},
        {"operation": 9, "completion": 10, "process": 2, "text": "read 4", "required": true}
      ],
      "linearization": [{"operation": 6, "value": 6}],
      "value": 6,
      "stuck": 9,
      "blocked": [{"operation": 9, "reason": "finds 4, but the register holds 6"}]
  })"));
}

TEST(LinKv, ExplainsByWhatMayHaveHappened) {
  const Verdict verdict =
      judge_map({"0 invoke write [1, 2]", "0 ok write [1, 2]", "0 invoke write [1, 3]", "1 invoke write [1, 3]",
                 "1 info write [1, 3]", "2 invoke read [1, null]", "2 ok read [1, 3]", "2 invoke read [1, null]",
                 "2 ok read [1, 2]", "0 ok write [1, 3]"});
  EXPECT_EQ(to_details(verdict)["explanation"], ordered_json::parse(R"json([
      "key 1: no order explains these operations (3 of 5), whatever the others did",
      "  2..9  process 0  write 3  (may have taken effect or not)",
      "  5..6  process 2  read 3",
      "  7..8  process 2  read 2",
      "  the longest order, and what the register holds:",
      "    null",
      "    3 after write 3 (2)",
      "    3 after read 3 (5)",
      "  then none of the others can go next:",
      "    read 2 (7) finds 2, but the register holds 3",
      "  the last to leave 2 was write 2 (0..1)"
  ])json"));
}

TEST(LinKv, ExplainsAValueThatNobodyLeaves) {
  const Verdict verdict = judge_map({"0 invoke write [1, 5]", "0 info write [1, 5]", "1 invoke cas [1, [3, 4]]",
                                     "1 ok cas [1, [3, 4]]", "2 invoke cas [1, [5, 3]]", "2 ok cas [1, [5, 3]]"});
  EXPECT_EQ(to_details(verdict)["explanation"], ordered_json::parse(R"json([
      "key 1: no order explains this operation (1 of 3), whatever the others did",
      "  2..3  process 1  cas from 3 to 4",
      "  the longest order, and what the register holds:",
      "    null",
      "  then none of the others can go next:",
      "    cas from 3 to 4 (2) finds 3, but the register holds null",
      "  no operation leaves 3"
  ])json"));
}

}  // namespace
}  // namespace mznode::check

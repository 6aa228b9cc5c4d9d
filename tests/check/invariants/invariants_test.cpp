#include "mznode/check/invariants.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "mznode/check/registry.hpp"
#include "tests/check/shorthand.hpp"

namespace mznode::check {
namespace {

Verdict judge_rule(const char* checker, const std::vector<std::string>& lines, const CheckOptions& options = defaults) {
  return find_checker(checker)->check(shorthand(lines), options);
}

/// The kinds of violations that were found.
std::string violations_of(const Verdict& verdict) {
  std::string names;
  if (const auto* found = verdict.found<ViolationsFinding>()) {
    for (const auto& each : found->violations) names += (names.empty() ? "" : " ") + each.name;
  }
  return names;
}

/// Of values that one process reads, one after the other.
std::vector<std::string> reads_of(const std::vector<std::string>& values) {
  std::vector<std::string> lines;
  for (const std::string& value : values) {
    lines.push_back("0 invoke read");
    lines.push_back("0 ok read " + value);
  }
  return lines;
}

TEST(Bank, EveryReadShowsWhatTheFirstOneDoes) {
  EXPECT_EQ(judge_rule("bank", reads_of({R"({"0":60,"1":40})", R"({"0":0,"1":100})"})).valid, Valid::yes);
  const Verdict wrong =
      judge_rule("bank", reads_of({R"({"0":60,"1":40})", R"({"0":60,"1":41})", R"({"0":60,"1":39})"}));
  EXPECT_EQ(wrong.valid, Valid::no);
  EXPECT_EQ(violations_of(wrong), "wrong-total");
  EXPECT_EQ(wrong.found<ViolationsFinding>()->violations.front().count, 2u);
  EXPECT_EQ(wrong.explanation.at(1),
            "  the read of process 0 (operation 3) shows 101 in all, and not 100: {\"0\":60,\"1\":41}");
}

TEST(Bank, EachReadIsJudgedByTheFirstRuleThatItBreaks) {
  EXPECT_EQ(violations_of(judge_rule("bank", reads_of({R"({"0":1})", R"({"0":1,"2":5})"}))), "unexpected-key");
  EXPECT_EQ(violations_of(judge_rule("bank", reads_of({R"({"0":1,"1":0})", R"({"0":5,"1":null})"}))), "nil-balance");
  EXPECT_EQ(violations_of(judge_rule("bank", reads_of({R"({"0":1,"1":0})", R"({"0":2,"1":-1})"}))), "negative-value");
  EXPECT_EQ(violations_of(judge_rule("bank", reads_of({R"({"0":1,"1":0})", "null"}))), "wrong-total");
}

TEST(Bank, IsToldWhatThereIs) {
  const auto lines = reads_of({R"({"0":60,"1":40})", R"({"0":110,"1":-10})"});
  CheckOptions options;
  options.bank.negative_balances = true;
  EXPECT_EQ(judge_rule("bank", lines, options).valid, Valid::yes);
  options.bank.total_amount = 99;
  EXPECT_EQ(violations_of(judge_rule("bank", lines, options)), "wrong-total");
  options.bank.accounts = {"0", "2"};
  EXPECT_EQ(violations_of(judge_rule("bank", lines, options)), "unexpected-key");
}

TEST(Bank, AllOfItMayBeOwed) {
  CheckOptions options;
  options.bank.negative_balances = true;
  const auto lines = reads_of({R"({"0":5,"1":-10})", R"({"0":-4,"1":-1})"});
  const Verdict verdict = judge_rule("bank", lines, options);
  EXPECT_EQ(verdict.valid, Valid::yes);
  EXPECT_EQ(to_details(verdict)["total-amount"], -5);
}

TEST(Bank, OneReadAloneIsNotJudgedByItself) {
  const auto one = reads_of({R"({"0":60,"1":40})"});
  EXPECT_EQ(judge_rule("bank", one).valid, Valid::unknown);
  EXPECT_EQ(judge_rule("bank", one, compat).valid, Valid::yes);
  CheckOptions options;
  options.bank.total_amount = 100;
  EXPECT_EQ(judge_rule("bank", one, options).valid, Valid::yes);
  EXPECT_EQ(judge_rule("bank", {"0 invoke read", "0 info read"}).valid, Valid::unknown);
  EXPECT_EQ(judge_rule("bank", reads_of({"[1]", "[1]"})).valid, Valid::unknown);
}

TEST(LongFork, TwoReadsThatShowWritesInOppositeOrdersAreAFork) {
  const Verdict fork =
      judge_rule("long-fork", reads_of({R"([["r",0,1],["r",1,null]])", R"([["r",1,1],["r",0,null]])"}));
  EXPECT_EQ(violations_of(fork), "long-fork");
  EXPECT_EQ(fork.explanation.at(1),
            "  the read of process 0 (operation 1) shows key 0 without key 1, and the read of process 0 (operation 3) "
            "the other way round");
  EXPECT_EQ(judge_rule("long-fork", reads_of({R"([["r",0,1],["r",1,null]])", R"([["r",1,1],["r",0,1]])"})).valid,
            Valid::yes);
}

TEST(LongFork, GroupsAreJudgedByThemselves) {
  EXPECT_EQ(judge_rule("long-fork", reads_of({R"([["r",0,1],["r",1,null]])", R"([["r",2,null],["r",3,1]])"})).valid,
            Valid::yes);
  EXPECT_EQ(violations_of(judge_rule(
                "long-fork", reads_of({R"([["r",0,1],["r",1,null],["r",2,1]])", R"([["r",0,1],["r",1,1],["r",2,1]])",
                                       R"([["r",0,1],["r",1,1],["r",2,null]])"}))),
            "long-fork");
}

TEST(LongFork, KeysAreWrittenOnceAndReadsAreOfOneSize) {
  EXPECT_EQ(judge_rule("long-fork", {R"(0 invoke write [["w",0,1]])", R"(0 ok write [["w",0,1]])",
                                     R"(0 invoke write [["w",0,2]])", R"(0 ok write [["w",0,2]])"})
                .valid,
            Valid::unknown);
  CheckOptions three;
  three.group_size = 3;
  const auto two = reads_of({R"([["r",0,1],["r",1,null]])"});
  EXPECT_EQ(judge_rule("long-fork", two).valid, Valid::yes);
  EXPECT_EQ(judge_rule("long-fork", two, three).valid, Valid::unknown);
  EXPECT_EQ(judge_rule("long-fork", reads_of({R"([["r",0,1],["r",1,1]])", R"([["r",0,2],["r",1,null]])"})).valid,
            Valid::unknown);
  EXPECT_EQ(judge_rule("long-fork", reads_of({R"([["r",0,1],["r",1,1]])"})).valid, Valid::unknown);
  EXPECT_EQ(judge_rule("long-fork", reads_of({R"([["r",0,1],["r",1,1]])"}), compat).valid, Valid::yes);
}

TEST(LongFork, ReadsShowWhatWasWritten) {
  const auto with = [](const char* type) {
    return std::vector<std::string>{R"(0 invoke write [["w",0,1]])", std::string("0 ") + type + R"( write [["w",0,1]])",
                                    R"(1 invoke read [["r",0,null],["r",1,null]])",
                                    R"(1 ok read [["r",0,1],["r",1,null]])"};
  };
  EXPECT_EQ(judge_rule("long-fork", with("ok")).valid, Valid::yes);
  EXPECT_EQ(judge_rule("long-fork", with("info")).valid, Valid::yes);
  EXPECT_EQ(violations_of(judge_rule("long-fork", with("fail"))), "aborted-read");
  EXPECT_EQ(judge_rule("long-fork", with("fail"), compat).valid, Valid::yes);
  auto other = with("ok");
  other.back() = R"(1 ok read [["r",0,null],["r",1,1]])";
  EXPECT_EQ(violations_of(judge_rule("long-fork", other)), "unwritten-read");
}

TEST(Sequential, ALaterKeyComesWithAllEarlierOnes) {
  EXPECT_EQ(judge_rule("sequential", reads_of({R"([3,[null,"3_1","3_0"]])", R"([4,["4_2","4_1","4_0"]])"})).valid,
            Valid::yes);
  EXPECT_EQ(violations_of(judge_rule("sequential", reads_of({R"([3,["3_2",null,"3_0"]])"}))), "trailing-nil");
  EXPECT_EQ(judge_rule("sequential", reads_of({"[3,[null,null]]"})).valid, Valid::unknown);
  EXPECT_EQ(judge_rule("sequential", reads_of({R"([3,["3_0"]])"})).valid, Valid::unknown);
}

TEST(Sequential, KeysAreThoseOfTheGroupFromTheLastToTheFirst) {
  for (const char* read : {R"([3,["3_0","3_1"]])", R"([3,["4_1","4_0"]])", R"([3,["3_1","3_1"]])"}) {
    EXPECT_EQ(judge_rule("sequential", reads_of({read})).valid, Valid::unknown) << read;
    EXPECT_EQ(judge_rule("sequential", reads_of({read}), compat).valid, Valid::yes) << read;
    EXPECT_EQ(judge_rule("sequential", reads_of({read, R"([3,["3_1",null]])"})).valid, Valid::no) << read;
  }
}

TEST(Sequential, KeysWereWritten) {
  const auto with = [](const char* write) {
    auto lines = reads_of({R"([3,[null,"3_0"]])"});
    lines.insert(lines.begin(), std::string("1 invoke write ") + write);
    return lines;
  };
  EXPECT_EQ(judge_rule("sequential", with("3")).valid, Valid::yes);
  EXPECT_EQ(judge_rule("sequential", with(R"("3_0")")).valid, Valid::yes);
  EXPECT_EQ(violations_of(judge_rule("sequential", with("4"))), "unwritten-read");
  EXPECT_EQ(judge_rule("sequential", with("4"), compat).valid, Valid::yes);
  auto later = reads_of({R"([3,[null,"3_0"]])"});
  later.emplace_back("1 invoke write 3");
  EXPECT_EQ(violations_of(judge_rule("sequential", later)), "unwritten-read") << "before the first write of all";
}

TEST(Sequential, KeysAreNotThoseWhoseWriteFailed) {
  const auto with = [](const std::vector<std::string>& writes) {
    auto lines = writes;
    const auto read = reads_of({R"([3,[null,"3_0"]])"});
    lines.insert(lines.end(), read.begin(), read.end());
    return lines;
  };
  const auto failed = with({"1 invoke write 3", "1 fail write 3"});
  EXPECT_EQ(violations_of(judge_rule("sequential", failed)), "aborted-read");
  EXPECT_EQ(judge_rule("sequential", failed, compat).valid, Valid::yes);
  EXPECT_EQ(judge_rule("sequential", with({"1 invoke write 3", "1 fail write 3", "1 invoke write 3"})).valid,
            Valid::yes);
}

TEST(CausalReverse, ReadsShowNothingWhoseWriteFailed) {
  const std::vector<std::string> failed = {"0 invoke write 1", "0 ok write 1",  "0 invoke write 2",
                                           "0 fail write 2",   "1 invoke read", "1 ok read [1,2]"};
  auto again = failed;
  again.insert(again.begin(), {"2 invoke write 2", "2 info write 2"});
  for (const char* name : {"causal-reverse", "comments"}) {
    EXPECT_EQ(violations_of(judge_rule(name, failed)), "aborted-read");
    EXPECT_EQ(judge_rule(name, failed, compat).valid, Valid::yes);
    EXPECT_EQ(judge_rule(name, again).valid, Valid::yes) << "it may have been that of another process";
  }
}

TEST(CausalReverse, AWriteBringsAlongWhatWasAcknowledgedBeforeIt) {
  const std::vector<std::string> writes = {"0 invoke write 1", "0 ok write 1", "0 invoke write 2", "0 ok write 2"};
  const auto with = [&](const char* read) {
    auto lines = writes;
    lines.emplace_back("1 invoke read");
    lines.push_back(std::string("1 ok read ") + read);
    return lines;
  };
  for (const char* name : {"causal-reverse", "comments"}) {
    EXPECT_EQ(judge_rule(name, with("[1,2]")).valid, Valid::yes);
    const Verdict wrong = judge_rule(name, with("[2]"));
    EXPECT_EQ(violations_of(wrong), "missing");
    EXPECT_EQ(
        wrong.explanation.at(1),
        "  the read of process 1 (operation 5) shows 2, but not [1], which had been acknowledged before the write "
        "of process 0 (operation 2) began");
    EXPECT_EQ(judge_rule(name, with("[1]")).valid, Valid::unknown) << "nothing could be missing";
    EXPECT_EQ(violations_of(judge_rule(name, with("[1,2,3]"))), "unwritten-read");
    EXPECT_EQ(judge_rule(name, with("[1,2,3]"), compat).valid, Valid::yes);
  }
}

TEST(CausalReverse, KeysAreIndependent) {
  EXPECT_EQ(
      violations_of(judge_rule("causal-reverse", {"0 invoke write [0,1]", "0 ok write [0,1]", "0 invoke write [1,2]",
                                                  "0 ok write [1,2]", "0 invoke write [1,3]", "0 ok write [1,3]",
                                                  "1 invoke read [1,null]", "1 ok read [1,[2,3]]"})),
      "");
  EXPECT_EQ(
      violations_of(judge_rule("causal-reverse", {"0 invoke write [1,2]", "0 ok write [1,2]", "0 invoke write [1,3]",
                                                  "0 ok write [1,3]", "1 invoke read [1,null]", "1 ok read [1,[3]]"})),
      "missing");
}

TEST(Monotonic, RowsAreReadInTheOrderInWhichTheyWereAdded) {
  const auto with = [](const char* rows) {
    return std::vector<std::string>{"0 invoke add 0", R"(0 ok add {"val":0,"sts":10})",
                                    "0 invoke add 1", R"(0 ok add {"val":1,"sts":11})",
                                    "0 invoke read",  std::string("0 ok read ") + rows};
  };
  EXPECT_EQ(judge_rule("monotonic", with(R"([{"val":0,"sts":10},{"val":1,"sts":11}])")).valid, Valid::yes);
  EXPECT_EQ(violations_of(judge_rule("monotonic", with(R"([{"val":1,"sts":10},{"val":0,"sts":11}])"))),
            "value-reorders");
  EXPECT_EQ(violations_of(judge_rule("monotonic", with(R"([{"val":0,"sts":11},{"val":1,"sts":10}])"))),
            "order-by-errors");
  EXPECT_EQ(violations_of(judge_rule("monotonic", with(R"([{"val":0,"sts":10}])"))), "lost");
  EXPECT_EQ(
      violations_of(judge_rule("monotonic", with(R"([{"val":0,"sts":10},{"val":0,"sts":10},{"val":1,"sts":11}])"))),
      "duplicates value-reorders");
  EXPECT_EQ(judge_rule("monotonic", {"0 invoke add 0", "0 ok add 0"}).valid, Valid::unknown);
  EXPECT_EQ(judge_rule("monotonic", {"0 invoke add 0", "0 ok add 0"}, compat).valid, Valid::no);
  EXPECT_EQ(
      violations_of(judge_rule("monotonic", {"0 invoke add 0", "0 fail add 0", "0 invoke read", "0 ok read [0]"})),
      "revived");
}

TEST(Causal, EachOperationGoesOnFromTheOneBefore) {
  const auto history = [](const char* second_link, const char* last_value) {
    History operations =
        shorthand({"0 invoke read-init [0,null]", "0 ok read-init [0,0]", "0 invoke write [0,1]", "0 ok write [0,1]",
                   "0 invoke read [0,null]", std::string("0 ok read [0,") + last_value + "]"});
    const std::pair<const char*, const char*> links[] = {{"1", "\"init\""}, {"2", second_link}, {"3", "2"}};
    for (std::size_t i = 0; i < 3; ++i) {
      operations[2 * i + 1].other_fields = {{"position", Json::parse(links[i].first)},
                                            {"link", Json::parse(links[i].second)}};
    }
    return operations;
  };
  EXPECT_EQ(check_causal(history("1", "1"), defaults).valid, Valid::yes);
  EXPECT_EQ(violations_of(check_causal(history("7", "1"), defaults)), "inconsistent");
  const Verdict wrong = check_causal(history("1", "0"), defaults);
  EXPECT_EQ(wrong.explanation.at(1), "  the read of process 0 (operation 5) on key 0: can't read 0 from register 1");
}

TEST(Causal, WhatComesBehindAFaultOfAKeyIsNotJudged) {
  const Verdict verdict = judge_rule("causal", {"0 invoke write [0,2]", "0 ok write [0,2]", "0 invoke write [0,9]",
                                                "0 ok write [0,9]", "0 invoke write [1,1]", "0 ok write [1,1]"});
  EXPECT_EQ(verdict.valid, Valid::no);
  EXPECT_EQ(verdict.found<ViolationsFinding>()->violations.front().count, 1u);
  EXPECT_EQ(to_details(verdict)["op-count"], 2);
}

TEST(Adya, OneInsertAKeySucceeds) {
  EXPECT_EQ(judge_rule("adya", {"0 invoke insert [1,[null,1]]", "1 invoke insert [1,[2,null]]",
                                "0 ok insert [1,[null,1]]", "1 fail insert [1,[2,null]]"})
                .valid,
            Valid::yes);
  EXPECT_EQ(violations_of(judge_rule("adya", {"0 invoke insert [1,[null,1]]", "1 invoke insert [1,[2,null]]",
                                              "0 ok insert [1,[null,1]]", "1 ok insert [1,[2,null]]"})),
            "G2");
}

}  // namespace
}  // namespace mznode::check

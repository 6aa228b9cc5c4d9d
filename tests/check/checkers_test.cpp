#include <gtest/gtest.h>

#include "mznode/check/counter.hpp"
#include "mznode/check/echo.hpp"
#include "mznode/check/pn_counter.hpp"
#include "mznode/check/registry.hpp"
#include "mznode/check/stats.hpp"
#include "mznode/check/unique_ids.hpp"
#include "tests/check/shorthand.hpp"

namespace mznode::check {
namespace {

using nlohmann::ordered_json;

TEST(Echo, TheAnswerIsWhatWasSent) {
  EXPECT_EQ(check_echo(shorthand({"0 invoke echo \"hi\"", "0 ok echo \"hi\""}), defaults).valid, Valid::yes);
  EXPECT_EQ(check_echo(shorthand({"0 invoke echo [1]", R"(0 ok echo {"type":"echo_ok","echo":[1]})"}), defaults).valid,
            Valid::yes);
  const Verdict wrong = check_echo(shorthand({"0 invoke echo \"hi\"", "0 ok echo \"ho\""}), defaults);
  EXPECT_EQ(wrong.valid, Valid::no);
  EXPECT_EQ(to_details(wrong)["errors"][0][1], "hi");
  EXPECT_EQ(to_details(wrong)["errors"][0][3]["value"], "ho");
  EXPECT_EQ(check_echo(shorthand({"0 invoke echo \"hi\"", R"(0 ok echo {"echo":"ho"})"}), defaults).valid, Valid::no);
  EXPECT_EQ(check_echo(shorthand({"0 invoke echo \"hi\"", "0 info echo \"hi\""}), defaults).valid, Valid::no);
  EXPECT_EQ(check_echo(shorthand({"0 invoke echo \"hi\""}), defaults).valid, Valid::no);
}

TEST(UniqueIds, AnIdGivenTwiceIsAnError) {
  const Verdict distinct =
      check_unique_ids(shorthand({"0 invoke generate", "0 ok generate 1", "0 invoke generate", "0 ok generate 1.0",
                                  "0 invoke generate", "0 ok generate \"1\"", "0 invoke generate", "0 info generate"}),
                       defaults);
  EXPECT_EQ(distinct.valid, Valid::yes);
  EXPECT_EQ(to_details(distinct)["attempted-count"], 4);
  EXPECT_EQ(to_details(distinct)["acknowledged-count"], 3);
  EXPECT_EQ(to_details(distinct)["range"], ordered_json::parse(R"([1,"1"])"));

  const Verdict reused =
      check_unique_ids(shorthand({"0 invoke generate", "0 ok generate {\"n\":1,\"c\":[2]}", "1 invoke generate",
                                  "1 ok generate {\"c\":[2],\"n\":1}", "1 invoke generate", "1 ok generate \"z\""}),
                       defaults);
  EXPECT_EQ(reused.valid, Valid::no);
  EXPECT_EQ(to_details(reused)["duplicated-count"], 1);
  EXPECT_EQ(to_details(reused)["duplicated"].begin().value(), 2);
  EXPECT_EQ(to_details(check_unique_ids({}, defaults))["range"], ordered_json::parse("[null,null]"));
}

TEST(UniqueIds, NamesTheMostFrequentDuplicates) {
  std::vector<std::string> lines;
  for (int i = 0; i < 122; ++i) {
    lines.push_back("0 invoke generate");
    lines.push_back("0 ok generate " + std::to_string(i == 120 || i == 121 ? 3 : i / 2));
  }
  const Verdict verdict = check_unique_ids(shorthand(lines), defaults);
  EXPECT_EQ(to_details(verdict)["duplicated-count"], 60);
  EXPECT_EQ(to_details(verdict)["duplicated"].size(), 48u);
  EXPECT_EQ(to_details(verdict)["duplicated"].begin().key(), "3");
  EXPECT_EQ(to_details(verdict)["duplicated"]["3"], 4);
  EXPECT_FALSE(to_details(verdict)["duplicated"].contains("12"));
  EXPECT_TRUE(to_details(verdict)["duplicated"].contains("13"));
}

TEST(Checkers, BeginningsAreJudgedWhereNothingCanTakeThemBack) {
  std::string names;
  for (const Checker& checker : checkers()) {
    if (judges_prefixes(checker.name)) names += (names.empty() ? "" : " ") + std::string(checker.name);
  }
  EXPECT_EQ(names,
            "echo broadcast g-set set-full unique-ids lin-kv cas-register kv counter txn-list-append list-append "
            "txn-rw-register rw-register");
  EXPECT_FALSE(judges_prefixes("no such checker"));
}

TEST(Checkers, NothingToJudgeIsUnknown) {
  const History of_nemesis = shorthand({"nemesis info kill"});
  const History of_others = shorthand({"0 invoke frob 1", "0 ok frob 1"});
  for (const Checker& checker : checkers()) {
    for (const CheckOptions& options : {defaults, compat}) {
      EXPECT_EQ(checker.check({}, options).valid, Valid::unknown) << checker.name;
      EXPECT_EQ(checker.check(of_nemesis, options).valid, Valid::unknown) << checker.name;
    }
    EXPECT_NE(checker.check(of_others, defaults).valid, Valid::yes) << checker.name;
    EXPECT_TRUE(
        to_details(checker.check({}, defaults))["error"].get<std::string>().starts_with("there is nothing to judge"));
  }
}

TEST(Checkers, EntriesThatAreNoPairsAreUnknown) {
  const std::vector<std::vector<std::string>> cases = {
      {"0 ok generate 1"},
      {"0 invoke generate", "0 ok generate 1", "0 ok generate 2"},
      {"0 invoke generate", "0 invoke generate", "0 ok generate 1"},
      {"0 invoke generate", "1 ok generate 1"},
  };
  for (const Checker& checker : checkers()) {
    for (const auto& lines : cases) EXPECT_EQ(checker.check(shorthand(lines), defaults).valid, Valid::unknown);
  }
}

TEST(Checkers, OnlyTransactionsNeedNoFunctions) {
  History history = shorthand({R"(0 invoke txn [["w",1,1],["r",2,null]])", R"(0 ok txn [["w",1,1],["r",2,null]])",
                               R"(0 invoke txn [["w",2,1],["r",1,null]])", R"(0 ok txn [["w",2,1],["r",1,null]])"});
  for (Operation& operation : history) operation.f.clear();
  EXPECT_EQ(find_checker("rw-register")->check(history, defaults).valid, Valid::no);
  for (const Checker& checker : checkers()) {
    if (checker.needs_f) {
      EXPECT_EQ(checker.check(history, defaults).valid, Valid::unknown) << checker.name;
    }
  }
}

TEST(Counter, EveryReadLiesWithinItsBounds) {
  const History history =
      shorthand({"0 invoke add 2", "1 invoke read", "0 ok add 2", "2 invoke add 5", "1 ok read 7", "2 fail add 5",
                 "2 invoke add 4", "2 info add 4", "1 invoke read", "0 invoke add 1", "1 ok read 3"});
  const Verdict verdict = check_counter(history, defaults);
  EXPECT_EQ(verdict.valid, Valid::no);
  EXPECT_EQ(to_details(verdict)["reads"], ordered_json::parse("[[0,7,2],[2,3,7]]"));  // the add of 5 is known to fail
  EXPECT_EQ(to_details(verdict)["errors"], ordered_json::parse("[[0,7,2]]"));
}

TEST(Counter, BrokenBoundsAndValuesAreFound) {
  EXPECT_EQ(check_counter(shorthand({"0 invoke add 2", "0 ok add 2", "1 invoke read", "1 ok read 1"}), defaults).valid,
            Valid::no);
  const History text = shorthand({"1 invoke read", "1 ok read \"none\""});
  EXPECT_EQ(check_counter(text, defaults).valid, Valid::no);
  EXPECT_THROW(check_counter(text, compat), HistoryError);
  EXPECT_THROW(check_counter(shorthand({"0 invoke add -1"}), defaults), HistoryError);
  EXPECT_THROW(check_counter(shorthand({"0 invoke add 9223372036854775807", "1 invoke add 1"}), defaults),
               HistoryError);
}

TEST(PnCounter, FinalReadsAreSumsWithSomeIndefiniteAdds) {
  std::vector<std::string> lines = {"0 invoke add 10", "0 ok add 10",   "0 invoke add 5", "0 fail add 5",
                                    "0 invoke add -3", "0 info add -3", "1 invoke add 1", "1 info add 1",
                                    "2 invoke read",   "2 ok read 999", "!3 invoke read", "!3 ok read 8"};
  const Verdict verdict = check_pn_counter(shorthand(lines), defaults);
  EXPECT_EQ(verdict.valid, Valid::yes);
  EXPECT_EQ(to_details(verdict)["acceptable"], ordered_json::parse("[[7,8],[10,11]]"));
  EXPECT_EQ(to_details(verdict)["final-reads"], ordered_json::parse("[8]"));
  EXPECT_TRUE(to_details(verdict)["errors"].is_null());
  lines.insert(lines.end(), {"!3 invoke read", "!3 ok read 9"});
  const Verdict wrong = check_pn_counter(shorthand(lines), defaults);
  EXPECT_EQ(wrong.valid, Valid::no);
  EXPECT_EQ(to_details(wrong)["errors"][0]["value"], 9);
}

TEST(PnCounter, WhereUpstreamIsLenient) {
  const History unfinished = shorthand({"0 invoke add 3", "!1 invoke read", "!1 ok read 3"});
  EXPECT_EQ(check_pn_counter(unfinished, defaults).valid, Valid::yes);
  EXPECT_EQ(check_pn_counter(unfinished, compat).valid, Valid::no);
  const History unread = shorthand({"0 invoke add 3", "0 ok add 3"});
  EXPECT_EQ(check_pn_counter(unread, defaults).valid, Valid::unknown);
  EXPECT_EQ(check_pn_counter(unread, compat).valid, Valid::yes);
  const History fraction = shorthand({"!1 invoke read", "!1 ok read 0.0"});
  EXPECT_EQ(check_pn_counter(fraction, defaults).valid, Valid::no);
  EXPECT_THROW(check_pn_counter(fraction, compat), HistoryError);
}

TEST(PnCounter, GivesUpRatherThanRunForEver) {
  std::vector<std::string> lines;
  for (int i = 0; i < 40; ++i) {
    const std::string process = std::to_string(i);
    lines.push_back(process + " invoke add " + std::to_string(std::int64_t{3} << i));
    lines.push_back(process + " info add " + std::to_string(std::int64_t{3} << i));
  }
  const Verdict verdict = find_checker("pn-counter")->check(shorthand(lines), defaults);
  EXPECT_EQ(verdict.valid, Valid::unknown);
  EXPECT_NE(to_details(verdict)["error"].get<std::string>().find("too many"), std::string::npos);
}

TEST(Stats, EveryKindOfOperationNeedsAnOk) {
  const History history =
      shorthand({"0 invoke read", "0 ok read []", "0 invoke add 1", "0 fail add 1", "0 invoke add 1", "0 info add 1",
                 "1 invoke crash", "1 info crash", "nemesis info kill"});
  const Verdict verdict = check_stats(history);
  EXPECT_EQ(verdict.valid, Valid::no);
  EXPECT_EQ(to_details(verdict)["error"], "every kind of operation needs at least one ok, but has none: add");
  EXPECT_EQ(to_details(verdict)["count"], 4);
  EXPECT_EQ(to_details(verdict)["by-f"]["add"],
            ordered_json::parse(R"({"valid?":false,"count":2,"ok-count":0,"fail-count":1,"info-count":1})"));
  EXPECT_EQ(to_details(verdict)["by-f"]["read"]["valid?"], true);
  EXPECT_EQ(check_stats(shorthand({"0 invoke read", "0 ok read []", "1 invoke crash", "1 info crash"})).valid,
            Valid::yes);
}

TEST(Stats, CompareAndSetsThatRightlyFailedSayTooLittle) {
  History history = shorthand({"0 invoke read", "0 ok read 1", "0 invoke cas [1,2]", "0 fail cas [1,2]"});
  history.back().error = Json("precondition-failed");
  const Verdict verdict = check_stats(history);
  EXPECT_EQ(verdict.valid, Valid::unknown);
  EXPECT_NE(verdict.error.find("too little happened to say"), std::string::npos) << verdict.error;
  CheckOptions upstream;
  upstream.compat_jepsen = true;
  EXPECT_EQ(check_stats(history, upstream).valid, Valid::no);
  history.back().error = Json("net-timeout");
  EXPECT_EQ(check_stats(history).valid, Valid::no) << "that was no answer";
}

// One of two reads was answered: that neither of two writes was may be chance, that none of twenty was is none.
TEST(Stats, AKindThatMayHaveFailedByChanceSaysTooLittle) {
  const auto history_with = [](int writes, const char* error) {
    std::vector<std::string> lines = {"0 invoke read", "0 ok read 1", "0 invoke read", "0 fail read"};
    for (int i = 0; i < writes; ++i) lines.insert(lines.end(), {"0 invoke write 1", "0 fail write 1"});
    History history = shorthand(lines);
    for (std::size_t i = 3; i < history.size(); i += 2) history[i].error = Json(error);
    return history;
  };
  const Verdict verdict = check_stats(history_with(2, "temporarily-unavailable"));
  EXPECT_EQ(verdict.valid, Valid::unknown);
  EXPECT_NE(verdict.error.find("of write none succeeded, and few could"), std::string::npos) << verdict.error;
  EXPECT_EQ(check_stats(history_with(20, "temporarily-unavailable")).valid, Valid::no);
  EXPECT_EQ(check_stats(history_with(2, "not-supported")).valid, Valid::no) << "that was an answer";
  EXPECT_EQ(check_stats(history_with(2, "temporarily-unavailable"), {.compat_jepsen = true}).valid, Valid::no);
}

TEST(Availability, IsTheFractionOfInvocationsThatSucceeded) {
  std::vector<std::string> lines;
  for (int i = 0; i < 10; ++i) {
    lines.push_back("0 invoke read");
    lines.push_back(i == 0 ? "0 fail read" : "0 ok read");
  }
  const History history = shorthand(lines);
  EXPECT_EQ(check_availability(history, {}).valid, Valid::yes);
  EXPECT_EQ(to_details(check_availability(history, {}))["ok-fraction"], 0.9);
  EXPECT_EQ(check_availability(history, {.availability = 0.9}).valid, Valid::yes);
  EXPECT_EQ(check_availability(history, {.compat_jepsen = true, .availability = 0.9}).valid, Valid::no);
  const Verdict total = check_availability(history, {.availability = 1.0});
  EXPECT_EQ(total.valid, Valid::no);
  EXPECT_EQ(to_details(total)["error"], "9 of 10 operations succeeded, fewer than the availability asks for");
  EXPECT_EQ(check_availability({}, {.availability = 1.0}).valid, Valid::yes);
}

TEST(Perf, LatenciesByF) {
  const Verdict verdict = check_perf(
      shorthand({"0 invoke read", "1 invoke add 1", "1 ok add 1", "0 ok read []", "0 invoke read", "0 fail read"}));
  EXPECT_EQ(verdict.valid, Valid::yes);
  EXPECT_EQ(to_details(verdict)["latencies"]["read"]["1"], 3.0);
  EXPECT_EQ(to_details(verdict)["latencies"]["add"]["0"], 1.0);
  EXPECT_EQ(to_details(verdict)["all-latencies"]["0"], 1.0);
  EXPECT_EQ(to_details(verdict)["all-latencies"]["1"], 3.0);
}

TEST(Verdicts, TheWorstCounts) {
  EXPECT_EQ(worst(Valid::yes, Valid::unknown), Valid::unknown);
  EXPECT_EQ(worst(Valid::no, Valid::unknown), Valid::no);
  EXPECT_EQ(worst(Valid::yes, Valid::yes), Valid::yes);
  EXPECT_EQ(to_details(Verdict(Valid::yes)).dump(), R"({"valid?":true})");
  EXPECT_EQ(to_details(Verdict::unknown("because")).dump(), R"({"valid?":"unknown","error":"because"})");
}

TEST(Registry, FindsCheckersByName) {
  for (const char* name : {"echo", "broadcast", "g-set", "set-full", "unique-ids", "g-counter", "pn-counter", "counter",
                           "kafka", "txn-list-append", "list-append", "txn-rw-register", "rw-register"}) {
    ASSERT_NE(find_checker(name), nullptr) << name;
    EXPECT_FALSE(find_checker(name)->summary.empty());
  }
  EXPECT_EQ(find_checker("no-such-checker"), nullptr);
  // The name of the workload and that of Jepsen's checker mean different things.
  const History below =
      shorthand({"0 invoke add 2", "0 ok add 2", "1 invoke read", "1 ok read 0", "!1 invoke read", "!1 ok read 2"});
  EXPECT_EQ(find_checker("g-counter")->check(below, {}).valid, Valid::yes);
  EXPECT_EQ(find_checker("counter")->check(below, {}).valid, Valid::no);
}

TEST(Registry, AHistoryThatCannotBeJudgedIsUnknown) {
  const Verdict verdict = find_checker("set-full")->check(shorthand({"0 ok read [1]"}), {});
  EXPECT_EQ(verdict.valid, Valid::unknown);
  EXPECT_EQ(to_details(verdict)["error"], "operation 0: process 0 completes what it has not invoked");
}

TEST(Checkers, OperationsThatAreNotKnownAreNotPassedOver) {
  for (const char* name : {"echo", "unique-ids", "g-set", "broadcast", "set-full", "pn-counter", "counter"}) {
    const History history = shorthand({"0 invoke frob 1", "0 ok frob 1"});
    const Verdict verdict = find_checker(name)->check(history, defaults);
    EXPECT_EQ(verdict.valid, Valid::unknown) << name;
    EXPECT_TRUE(verdict.error.ends_with("this one is frob")) << verdict.error;
    EXPECT_EQ(find_checker(name)->check(history, compat).error.find("frob"), std::string::npos);
  }
}

TEST(Checkers, WithoutAnAnswerNothingIsTrue) {
  const Checker* checker = find_checker("cas-register");
  const History open = shorthand({"0 invoke read", "1 invoke write 1"});
  EXPECT_EQ(checker->check(open, defaults).valid, Valid::unknown);
  EXPECT_EQ(checker->check(open, defaults).error, "no operation was answered, so there is nothing to judge");
  EXPECT_EQ(checker->check(open, compat).valid, Valid::yes);
  for (const char* name : {"list-append", "rw-register"}) {
    const History alone = shorthand({"0 invoke txn [[\"r\",1,null]]", "0 ok txn [[\"r\",1,null]]"});
    const Verdict verdict = find_checker(name)->check(alone, defaults);
    EXPECT_EQ(verdict.valid, Valid::unknown);
    EXPECT_NE(verdict.error.find("no transaction depends on another one"), std::string::npos) << verdict.error;
  }
}

}  // namespace
}  // namespace mznode::check

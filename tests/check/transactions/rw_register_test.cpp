#include <gtest/gtest.h>

#include "tests/check/transactions/transactions.hpp"

namespace mznode::check {
namespace {

using Types = std::set<std::string>;

constexpr Assumptions writes_follow_reads{.wfr_keys = true};

Types found_in(const History& history, const std::string& models, Assumptions assume = {}) {
  return types(judged(history, "rw-register", models, assume, CompleteCheck::left_out));
}

TEST(RwRegister, WhatNeedsNoOrderOfVersions) {
  EXPECT_EQ(
      found_in(history_of({{0, 9, 0, R"([["w","x",1]])", "fail"}, {1, 8, 1, R"([["r","x",1]])"}}), "read-committed")
          .count("G1a"),
      1u);
  EXPECT_EQ(found_in(concurrent({R"([["w","x",1],["w","x",2]])", R"([["r","x",1]])"}), "read-committed").count("G1b"),
            1u);
  EXPECT_EQ(
      found_in(concurrent({R"([["w","x",1],["r","x",2]])", R"([["w","x",2]])"}), "serializable").count("internal"), 1u);
  EXPECT_EQ(found_in(concurrent({R"([["w","x",1],["r","y",1]])", R"([["w","y",1],["r","x",1]])"}), "read-committed"),
            Types{"G1c"});
  EXPECT_EQ(
      found_in(concurrent({R"([["r","x",null],["w","x",1]])", R"([["r","x",null],["w","x",2]])"}), "update-atomic")
          .count("lost-update"),
      1u);
}

TEST(RwRegister, AReadOfNilContradictsWhatItsTransactionReadsNext) {
  const History history = concurrent({R"([["r","x",null],["r","y",null],["r","x",3]])", R"([["w","x",3]])"});
  EXPECT_EQ(found_in(history, "read-atomic"), Types{"internal"});
  EXPECT_EQ(found_in(concurrent({R"([["r","x",null],["r","x",null]])", R"([["w","x",3]])"}), "read-atomic"), Types{});
  CheckOptions older{.compat_elle_0_2_2 = true};
  older.consistency_models = ConsistencyModels::parse("read-atomic");
  EXPECT_EQ(find_checker("rw-register")->check(history, older).valid, Valid::yes);
}

TEST(RwRegister, TheInitialValueComesFirst) {
  EXPECT_EQ(
      found_in(concurrent({R"([["r","x",null],["r","y",1]])", R"([["w","x",1],["w","y",1]])"}), "snapshot-isolation"),
      Types{"G-single-item"});
  EXPECT_EQ(
      found_in(concurrent({R"([["r","x",null],["w","y",1]])", R"([["r","y",null],["w","x",1]])"}), "serializable"),
      Types{"G2-item"});
}

/// As Elle's tests of :transaction-order, from 0.2.7 on.
TEST(RwRegister, VersionsFollowTheOrderThatTheDatabaseTells) {
  const auto told = [](std::vector<std::string> values, const std::vector<const char*>& places) {
    History history = concurrent(values);
    for (Operation& operation : history) {
      if (operation.type == Type::invoke) continue;
      const char* place = places.at(static_cast<std::size_t>(operation.process));
      operation.other_fields = {{"ts", Json::parse(place)}};
    }
    return history;
  };
  const auto judge = [](const History& history, const char* field) {
    CheckOptions options;
    options.complete = CompleteCheck::left_out;
    options.consistency_models = ConsistencyModels::parse("serializable");
    options.transaction_order = field;
    return find_checker("rw-register")->check(history, options);
  };
  const std::vector<std::string> two = {R"([["r","x",null],["w","y",2]])", R"([["w","x",3],["w","y",4]])"};
  EXPECT_EQ(judge(told(two, {"2", "1"}), "").valid, Valid::yes);
  EXPECT_EQ(types(judge(told(two, {"2", "1"}), "ts")), Types{"G-single-item"});
  EXPECT_EQ(judge(told(two, {"9", "10"}), "ts").valid, Valid::yes) << "in the order of numbers";
  EXPECT_EQ(judge(told(two, {"2", "null"}), "ts").valid, Valid::yes) << "nothing is told of the other one";
  const std::vector<std::string> four = {R"([["w","x",1],["w","y",2],["w","z",3]])", R"([["r","x",1],["w","y",5]])",
                                         R"([["r","z",3],["w","x",4]])", R"([["w","z",7],["w","y",8]])"};
  EXPECT_EQ(judge(told(four, {"1", "4", "2", "3"}), "").valid, Valid::yes);
  EXPECT_EQ(types(judge(told(four, {"1", "4", "2", "3"}), "ts")), Types{"G2-item"});
  // What contradicts it is left out.
  const std::vector<std::string> cycle = {R"([["w","x",1]])", R"([["r","x",1],["w","x",2]])"};
  CheckOptions follows;
  follows.assume.wfr_keys = true;
  follows.consistency_models = ConsistencyModels::parse("serializable");
  follows.transaction_order = "ts";
  const Verdict cyclic = find_checker("rw-register")->check(told(cycle, {"2", "1"}), follows);
  EXPECT_EQ(types(cyclic), (Types{"G1c", "cyclic-versions"}));
  EXPECT_EQ(judge(told(two, {"1", "1"}), "ts").error,
            "operation 3: expected a ts of its own, and not that of operation 2");
  EXPECT_EQ(judge(told(two, {"1", "\"b\""}), "ts").error,
            "operation 3: expected a number in ts, the place of the transaction among all");
  EXPECT_EQ(judge(told(two, {"1", "2"}), "commit").error,
            "no transaction has a field commit, beside those that every operation has, that tells their order");
}

TEST(RwRegister, WhatTellsTheOrderIsReadWithCare) {
  const auto judge = [](const std::string& fields) {
    CheckOptions options;
    options.transaction_order = "ts";
    return find_checker("rw-register")
        ->check(read_history("{:process 0, :type :invoke, :f :txn, :value [[:w :x 1]]}"
                             "{:process 0, :type :ok, :f :txn, :value [[:w :x 1]], " +
                             fields +
                             "}{:process 1, :type :invoke, :f :txn, :value [[:r :x nil]]}"
                             "{:process 1, :type :ok, :f :txn, :value [[:r :x 1]]}"),
                options);
  };
  EXPECT_EQ(judge(":ts 5").valid, Valid::yes);
  EXPECT_EQ(judge(":ts #x 5").error, "operation 1: expected a number in ts, the place of the transaction among all");
  EXPECT_THROW(judge(":ts 1, :ts 2"), HistoryError) << "one transaction has one place";
  EXPECT_EQ(judge(":ts 5, :note #x 5").valid, Valid::yes) << "what nobody reads may be anything";
}

TEST(RwRegister, WritesFollowReadsIfAssumed) {
  const History history =
      concurrent({R"([["w","x",1],["w","y",1]])", R"([["r","x",1],["w","x",2],["r","y",1],["w","y",2]])",
                  R"([["r","x",2],["r","y",1]])"});
  EXPECT_EQ(judged(history, "rw-register", "serializable", {}, CompleteCheck::left_out).valid, Valid::yes);
  // It needs no assumption: either way round, one of the reads contradicts the order.
  EXPECT_EQ(judged(history, "rw-register", "serializable").valid, Valid::no);
  EXPECT_EQ(found_in(history, "serializable", writes_follow_reads), Types{"G-single-item"});
  EXPECT_EQ(judged(history, "txn-rw-register", "serializable").valid, Valid::no);
}

TEST(RwRegister, NobodyReadsWhatItWritesOnlyLater) {
  const std::string ahead = R"([["r","x",5],["w","x",5]])";
  const auto judge = [](const History& history, bool as_upstream) {
    CheckOptions options{.compat_jepsen = as_upstream};
    options.consistency_models = ConsistencyModels::parse("read-committed");
    options.explain = true;
    return find_checker("txn-rw-register")->check(history, options);
  };
  // Elle notices it in company only: whoever else read that value comes before the write.
  EXPECT_EQ(judge(concurrent({ahead}), true).valid, Valid::yes);
  const History company = concurrent({ahead, R"([["r","x",5]])"});
  EXPECT_EQ(judge(company, true).valid, Valid::no);
  EXPECT_EQ(types(judge(company, true)), Types{"G1c"});
  const Verdict alone = judge(concurrent({ahead}), false);
  EXPECT_EQ(types(alone), Types{"G1c"});
  EXPECT_EQ(to_details(alone)["anomalies"]["G1c"][0]["explanation"][0],
            "T1 comes before itself: T1 set key \"x\" to 5, which T1 read.");
}

TEST(RwRegister, ATransactionThatComesBeforeItselfIsSomethingToSay) {
  const History one = concurrent({R"([["r","x",null],["w","x",1]])"});
  EXPECT_EQ(judged(one, "rw-register", "serializable").valid, Valid::yes);
  EXPECT_EQ(judged(one, "txn-rw-register", "serializable").valid, Valid::yes);
}

TEST(RwRegister, KeysMayBeAssumedSequentialOrLinearizable) {
  const auto history = [](int second_process) {
    return history_of({{0, 1, 0, R"([["w","x",1]])"},
                       {2, 3, second_process, R"([["w","x",2],["w","y",1]])"},
                       {0, 9, 2, R"([["r","x",1],["r","y",1]])"}});
  };
  const Assumptions sequential{.sequential_keys = true};
  const Assumptions of_linearizable_keys{.linearizable_keys = true};
  EXPECT_EQ(judged(history(0), "rw-register", "serializable").valid, Valid::yes);
  EXPECT_EQ(found_in(history(0), "serializable", sequential), Types{"G-single-item"});
  EXPECT_EQ(judged(history(1), "rw-register", "serializable", sequential).valid, Valid::yes);
  EXPECT_EQ(found_in(history(1), "serializable", of_linearizable_keys), Types{"G-single-item"});
}

TEST(RwRegister, LinearizableKeysOrderAllThatBeginsLaterAndElleWhatItComesTo) {
  // The last read shows what was overwritten before it began: 2 comes after 1, as the read of 2 shows, and before it.
  const auto history = [](bool has_bridge) {
    std::vector<TestTransaction> transactions = {{0, 1, 0, R"([["w","x",1]])"},
                                                 {2, 4, 1, R"([["r","x",1],["w","x",2]])"},
                                                 {6, 7, 0, R"([["r","x",2]])"},
                                                 {6, 7, 1, R"([["r","x",1]])"}};
    // From the first write, Elle comes to the read of 2 over a transaction that has nothing to do with the key.
    if (has_bridge) transactions.push_back({2, 5, 2, R"([["r","y",null]])"});
    return history_of(transactions);
  };
  const auto found = [](const History& judged_history, bool as_elle) {
    CheckOptions options;
    options.consistency_models = ConsistencyModels::parse("read-uncommitted");
    options.assume.linearizable_keys = true;
    options.complete = CompleteCheck::left_out;
    options.compat_elle_0_2_7 = as_elle;
    return types(find_checker("rw-register")->check(judged_history, options));
  };
  EXPECT_EQ(found(history(true), false), Types{"cyclic-versions"});
  EXPECT_EQ(found(history(true), true), Types{"cyclic-versions"});
  EXPECT_EQ(found(history(false), false), Types{"cyclic-versions"});
  EXPECT_EQ(found(history(false), true), Types{});
}

TEST(RwRegister, AnOrderThatContradictsItselfIsNotUsed) {
  const History history = concurrent({R"([["r","x",1],["w","x",2]])", R"([["r","x",2],["w","x",1]])"});
  const Verdict verdict = judged(history, "rw-register", "read-uncommitted", writes_follow_reads);
  EXPECT_EQ(types(verdict), Types{"cyclic-versions"});
  EXPECT_EQ(to_details(verdict)["anomalies"]["cyclic-versions"][0].dump(),
            R"({"key":"x","scc":[1,2],"sources":["initial-state","wfr-keys"]})");
}

TEST(RwRegister, TheWorkloadCountsUnknownAsInvalidUnlessItIsOfFewAnswers) {
  const History few = concurrent({R"([["w","x",1]])"});
  EXPECT_EQ(judged(few, "rw-register", "serializable").valid, Valid::unknown);
  const Verdict verdict = judged(few, "txn-rw-register", "serializable");
  EXPECT_EQ(verdict.valid, Valid::unknown);
  EXPECT_NE(verdict.error.find("too little happened to say: of 1 answered"), std::string::npos) << verdict.error;
  CheckOptions compat{.compat_jepsen = true};
  EXPECT_EQ(find_checker("txn-rw-register")->check(few, compat).valid, Valid::no);
  std::vector<std::string> many;
  for (int i = 0; i < 6; ++i) many.push_back(R"([["w",")" + std::to_string(i) + R"(",1]])");
  EXPECT_EQ(judged(concurrent(many), "txn-rw-register", "serializable").valid, Valid::no);
}

TEST(RwRegister, TheWorkloadRefusesAValueThatNobodyWroteUnlessUpstreamIsFollowed) {
  const History invented = concurrent({R"([["w","x",1],["r","y",7]])", R"([["r","x",1]])"});
  EXPECT_EQ(judged(invented, "rw-register", "read-committed", {}, CompleteCheck::left_out).valid, Valid::yes);
  EXPECT_EQ(judged(invented, "rw-register", "read-committed").valid, Valid::no);
  const Verdict verdict = judged(invented, "txn-rw-register", "read-committed");
  EXPECT_EQ(verdict.valid, Valid::no);
  EXPECT_EQ(to_details(verdict)["valid?"], false);
  EXPECT_EQ(to_details(verdict)["error"], R"(key "y" was read with 7, which no transaction wrote to it)");
  CheckOptions compat{.compat_jepsen = true};
  compat.consistency_models = ConsistencyModels::parse("read-committed");
  EXPECT_EQ(find_checker("txn-rw-register")->check(invented, compat).valid, Valid::yes);
  // One that is not known to have been written is no invention.
  const History open =
      shorthand({R"(0 invoke txn [["w","y",7]])", R"(1 invoke txn [["r","y",null]])", R"(1 ok txn [["r","y",7]])",
                 R"(2 invoke txn [["w","x",1]])", R"(2 ok txn [["w","x",1]])", R"(3 invoke txn [["r","x",null]])",
                 R"(3 ok txn [["r","x",1]])"});
  EXPECT_EQ(judged(open, "txn-rw-register", "read-committed").valid, Valid::yes);
}

TEST(RwRegister, ExplainsCyclesInWords) {
  const Verdict verdict = judged(concurrent({R"([["w","x",1],["r","y",1]])", R"([["w","y",1],["r","x",1]])"}),
                                 "rw-register", "read-committed");
  EXPECT_EQ(to_details(verdict)["anomalies"]["G1c"][0]["explanation"][0],
            "T1 comes before T2: T1 set key \"x\" to 1, which T2 read.");
}

TEST(RwRegister, ManyReadersOfTheInitialValueDoNotChangeTheVerdict) {
  std::vector<std::string> values(100, R"([["r","x",null]])");
  values.insert(values.end(),
                {R"([["w","x",1]])", R"([["r","x",1],["w","x",2],["w","y",1]])", R"([["r","x",null],["r","y",1]])"});
  EXPECT_EQ(found_in(concurrent(values), "snapshot-isolation", writes_follow_reads), Types{"G-single-item"});
}

TEST(RwRegister, SaysHowMuchWasOrderedWhereNoCompleteCheckStandsBehindIt) {
  const History history = concurrent(
      {R"([["w","x",1]])", R"([["w","x",2]])", R"([["r","x",1],["w","x",3]])", R"([["w","y",1]])", R"([["r","x",3]])"});
  const auto order = [&](CompleteCheck complete, Assumptions assume) {
    const Verdict verdict = judged(history, "rw-register", "serializable", assume, complete);
    EXPECT_EQ(verdict.valid, Valid::yes);
    const auto* found = verdict.found<VersionOrderFinding>();
    return found == nullptr ? std::string() : found->text();
  };
  EXPECT_EQ(order(CompleteCheck::left_out, {}), "0 % of versions ordered");
  // Of the versions of x, 1 comes before 3; nothing is known of 2. The only one of y needs no order.
  EXPECT_EQ(order(CompleteCheck::left_out, {.wfr_keys = true}), "66 % of versions ordered");
  EXPECT_EQ(order(CompleteCheck::where_affordable, {}), "");
}

}  // namespace
}  // namespace mznode::check

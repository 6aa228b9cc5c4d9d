// Compares the complete checkers with what the models mean, on small random histories, and with the labelled histories
// that lie next to the source tree, where they do.

#include "mznode/check/isolation.hpp"

#include <gtest/gtest.h>

#include <map>

#include "isolation/decision.hpp"
#include "isolation/polygraph.hpp"
#include "tests/check/isolation/isolation_oracle.hpp"
#include "tests/check/labels.hpp"
#include "transactions/registers.hpp"

namespace mznode::check {
namespace {

using isolation::Demand;
using isolation::Model;
using isolation::ModelVerdict;

ModelVerdict decided(const History& history, const Model& model, SearchLimits limits = {}) {
  txn::Transactions transactions;
  txn::RegisterReader(history).read(transactions);
  std::vector<isolation::ReadAnomaly> anomalies;
  const isolation::Commits commits = isolation::find_commits(history, transactions, anomalies);
  return isolation::decide(commits, anomalies, model, limits);
}

bool is_satisfied(const History& history, std::string_view model) {
  return decided(history, *isolation::find_model(model)).valid == Valid::yes;
}

std::string text_of(const History& history) {
  std::string text;
  for (const Operation& it : history) {
    text += std::to_string(it.process) + " " + std::string(type_name(it.type)) + " " + it.value.text() + "\n";
  }
  return text;
}

/// One of each kind of demand and order, whatever its names.
std::vector<Model> different_models() {
  std::vector<Model> models;
  for (const Model& model : isolation::models()) {
    const bool is_known = std::any_of(models.begin(), models.end(), [&](const Model& it) {
      return it.demand == model.demand && it.order == model.order;
    });
    if (!is_known) models.push_back(model);
  }
  return models;
}

/// Every link leads on from where the one before led to.
void expect_closed(const isolation::Cycle& cycle) {
  for (std::size_t i = 0; i < cycle.size(); ++i) {
    EXPECT_EQ(cycle[i].to, cycle[(i + 1) % cycle.size()].from);
  }
}

TEST(Isolation, AgreesWithEveryOrderOfSmallHistories) {
  const char* given = std::getenv("MZNODE_ISOLATION_ROUNDS");
  const int rounds = given != nullptr ? std::atoi(given) : 2000;
  oracle::Histories histories(11);
  const std::vector<Model> models = different_models();
  std::map<std::pair<std::string_view, std::string_view>, int> differences;  // of models, in what holds
  std::map<bool, int> explained;
  for (int round = 0; round < rounds && !HasFailure(); ++round) {
    const oracle::Txns txns = histories.next();
    const History history = oracle::history_of(txns);
    std::map<std::string_view, bool> holds;
    for (const Model& model : models) {
      const bool expected = oracle::satisfies(txns, model);
      const ModelVerdict decision = decided(history, model);
      EXPECT_EQ(decision.valid, expected ? Valid::yes : Valid::no) << "round " << round << ", " << model.name << "\n"
                                                                   << text_of(history);
      expect_closed(decision.cycle);
      if (!expected && decision.anomalies.empty()) ++explained[!decision.cycle.empty()];
      holds[model.name] = expected;
    }
    for (const auto& [a, a_holds] : holds) {
      for (const auto& [b, b_holds] : holds) {
        differences[{a, b}] += a_holds && !b_holds ? 1 : 0;
        if (isolation::implies(a, b)) {
          EXPECT_TRUE(!a_holds || b_holds) << a << " and " << b << "\n" << text_of(history);
        }
      }
    }
  }
  // No two models are the same to these histories, in the direction that can differ.
  for (std::size_t i = 0; i < models.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      EXPECT_GT((differences[{models[i].name, models[j].name}]) + (differences[{models[j].name, models[i].name}]), 0)
          << models[i].name << " and " << models[j].name;
    }
  }
  EXPECT_GT(explained[true], 100 * explained[false]);
}

TEST(Isolation, TellsTheModelsApartByTheirClassicalAnomalies) {
  const auto expect = [](const std::vector<TestTransaction>& transactions, std::string_view holds,
                         std::string_view broken) {
    const History history = history_of(transactions);
    EXPECT_TRUE(is_satisfied(history, holds)) << holds << "\n" << text_of(history);
    EXPECT_FALSE(is_satisfied(history, broken)) << broken << "\n" << text_of(history);
  };
  // A fractured read.
  expect({{0, 9, 0, R"([["w","x",1],["w","y",1]])"}, {0, 9, 1, R"([["r","x",null],["r","y",1]])"}},
         "monotonic-atomic-view", "read-atomic");
  // A transaction that vanishes after it was observed.
  expect({{0, 9, 0, R"([["w","x",1],["w","y",1]])"}, {0, 9, 1, R"([["r","y",1],["r","x",null]])"}}, "read-committed",
         "monotonic-atomic-view");
  // A violation of causality over two sessions.
  expect({{0, 1, 0, R"([["w","x",1]])"},
          {2, 3, 1, R"([["r","x",1]])"},
          {4, 5, 1, R"([["w","y",1]])"},
          {6, 7, 2, R"([["r","y",1],["r","x",null]])"}},
         "strong-session-read-atomic", "causal");
  // A long fork.
  expect({{0, 9, 0, R"([["w","x",1]])"},
          {0, 9, 1, R"([["w","y",1]])"},
          {0, 9, 2, R"([["r","x",1],["r","y",null]])"},
          {0, 9, 3, R"([["r","x",null],["r","y",1]])"}},
         "causal", "prefix");
  // A lost update.
  expect({{0, 9, 0, R"([["r","x",null],["w","x",1]])"}, {0, 9, 1, R"([["r","x",null],["w","x",2]])"}}, "prefix",
         "snapshot-isolation");
  // Write skew.
  expect({{0, 9, 0, R"([["r","x",null],["w","y",1]])"}, {0, 9, 1, R"([["r","y",null],["w","x",1]])"}},
         "snapshot-isolation", "serializable");
  // A stale read of one's own session, and of somebody else's past.
  expect({{0, 1, 0, R"([["w","x",1]])"}, {2, 3, 0, R"([["r","x",null]])"}}, "serializable",
         "strong-session-serializable");
  expect({{0, 1, 0, R"([["w","x",1]])"}, {2, 3, 1, R"([["r","x",null]])"}}, "strong-session-serializable",
         "strict-serializable");
}

TEST(Isolation, SessionGuarantees) {
  const History misses_own = history_of({{0, 1, 0, R"([["w","x",1]])"}, {2, 3, 0, R"([["r","x",null]])"}});
  EXPECT_FALSE(is_satisfied(misses_own, "read-your-writes"));
  EXPECT_FALSE(is_satisfied(misses_own, "PRAM"));
  EXPECT_TRUE(is_satisfied(misses_own, "monotonic-reads"));
  EXPECT_TRUE(is_satisfied(misses_own, "writes-follow-reads"));
  const History goes_back =
      history_of({{0, 1, 0, R"([["w","x",1]])"}, {2, 3, 1, R"([["r","x",1]])"}, {4, 5, 1, R"([["r","x",null]])"}});
  EXPECT_FALSE(is_satisfied(goes_back, "monotonic-reads"));
  EXPECT_TRUE(is_satisfied(goes_back, "read-your-writes"));
  const History out_of_order = history_of({{0, 1, 0, R"([["w","x",1]])"},
                                           {2, 3, 0, R"([["w","y",1]])"},
                                           {4, 5, 1, R"([["r","y",1]])"},
                                           {6, 7, 1, R"([["r","x",null]])"}});
  EXPECT_FALSE(is_satisfied(out_of_order, "PRAM"));
  EXPECT_TRUE(is_satisfied(out_of_order, "monotonic-reads"));
  EXPECT_TRUE(is_satisfied(out_of_order, "read-your-writes"));
}

TEST(Isolation, WhatElleCannotOrderIsFoundAndToldOfUnlessElleIsFollowed) {
  // Whoever wrote x first, one of the readers of both keys contradicts it; no read tells Elle which.
  const History history =
      concurrent({R"([["w","x",1],["w","y",1]])", R"([["w","x",2],["w","y",2]])", R"([["r","x",1],["r","y",2]])"});
  CheckOptions options;
  options.consistency_models = ConsistencyModels::parse("causal-cerone");
  options.complete = CompleteCheck::left_out;
  EXPECT_EQ(find_checker("rw-register")->check(history, options).valid, Valid::yes);
  options.complete = CompleteCheck::where_affordable;
  const Verdict verdict = find_checker("rw-register")->check(history, options);
  EXPECT_EQ(verdict.valid, Valid::no);
  const auto* finding = verdict.found<CompleteFinding>();
  ASSERT_NE(finding, nullptr);
  EXPECT_EQ(finding->reason(), "not causal-cerone");
  // Nothing that would imply it is said to hold.
  options.strongest_models = true;
  const Verdict told = find_checker("rw-register")->check(history, options);
  EXPECT_EQ(told.found<StrongestModelsFinding>()->models, (std::vector<std::string>{"strong-read-committed"}));
  const std::vector<std::string> expected = {
      "not causal-cerone: these transactions come before one another",
      R"(  T1 is operation 3 (process 0): [["w","x",1],["w","y",1]])",
      R"(  T2 is operation 4 (process 1): [["w","x",2],["w","y",2]])",
      R"(  T3 is operation 5 (process 2): [["r","x",1],["r","y",2]])",
      R"(  T1 comes before T2: T1 set key "y" to 1 before T2 set it to 2, which T3 read, seeing T1 (1).)",
      R"(  However, T2 comes before T1: T2 set key "x" to 2 before T1 set it to 1, which T3 read, seeing T2 (2). A contradiction!)",
      R"(  (1) T3 sees T1: T1 set key "x" to 1, which T3 read.)",
      R"(  (2) T3 sees T2: T2 set key "y" to 2, which T3 read.)"};
  EXPECT_EQ(finding->models.at(0).explanation, expected);
}

TEST(Isolation, ModelsWithoutACompleteCheckAreRefusedWhereItIsDemanded) {
  const History history = concurrent({R"([["w","x",1]])", R"([["r","x",1]])"});
  CheckOptions options;
  options.complete = CompleteCheck::demanded;
  options.consistency_models = ConsistencyModels::parse("cursor-stability");
  EXPECT_EQ(find_checker("rw-register")->check(history, options).error,
            "there is no complete check of cursor-stability; doc/checking.md names the models that have one");
  options.consistency_models = ConsistencyModels::parse("monotonic-writes");
  EXPECT_EQ(find_checker("rw-register")->check(history, options).valid, Valid::unknown);
  options.consistency_models = ConsistencyModels::parse("serializable");
  EXPECT_EQ(find_checker("rw-register")->check(history, options).valid, Valid::yes);
}

TEST(Isolation, ASearchThatIsGivenUpIsUnknownWhereItWasDemanded) {
  oracle::Histories histories(5);
  CheckOptions options;
  options.consistency_models = ConsistencyModels::parse("snapshot-isolation");
  options.limits.steps = 1;
  int given_up = 0;
  for (int round = 0; round < 500; ++round) {
    const History history = oracle::history_of(histories.next());
    options.complete = CompleteCheck::left_out;
    const Verdict inferred = find_checker("rw-register")->check(history, options);
    options.complete = CompleteCheck::demanded;
    const Verdict demanded = find_checker("rw-register")->check(history, options);
    if (inferred.valid != Valid::yes || demanded.valid != Valid::unknown) continue;
    EXPECT_EQ(demanded.error, "snapshot-isolation: gave up after 1 steps (--search-steps)");
    options.complete = CompleteCheck::where_affordable;
    const Verdict affordable = find_checker("rw-register")->check(history, options);
    EXPECT_EQ(affordable.valid, Valid::yes) << "Elle's verdict stands";
    EXPECT_TRUE(affordable.explanation.empty()) << "nothing is wrong";
    ++given_up;
  }
  EXPECT_GT(given_up, 0);
}

TEST(Isolation, ManyLostUpdatesOfOneKeyTakeEdgesInProportion) {
  constexpr std::uint32_t updates = 1000;
  std::vector<std::string> values;
  for (std::uint32_t i = 0; i < updates; ++i)
    values.push_back(R"([["r","x",null],["w","x",)" + std::to_string(i) + "]]");
  const History history = concurrent(values);
  txn::Transactions transactions;
  txn::RegisterReader(history).read(transactions);
  std::vector<isolation::ReadAnomaly> anomalies;
  const isolation::Commits commits = isolation::find_commits(history, transactions, anomalies);
  const isolation::Polygraph polygraph(commits, *isolation::find_model("serializable"));
  EXPECT_LT(polygraph.known().size(), 10 * updates);
  EXPECT_EQ(decided(history, *isolation::find_model("serializable")).valid, Valid::no);
}

TEST(Isolation, EveryCausalViolationThatLiesNextToTheTreeIsFound) {
  const auto histories = find_histories();
  const auto causal = histories.parent_path() / "cases" / "causal";
  if (histories.empty() || !std::filesystem::exists(causal)) {
    std::cout << "no ../shared/cases/causal: nothing to compare\n";
    return;
  }
  std::ifstream labels(causal / "expected.tsv");
  std::string name;
  std::string label;
  int compared = 0;
  for (; labels >> name >> label; ++compared) {
    EXPECT_EQ(is_satisfied(read_history(contents(causal / name)), "causal"), label == "true") << name;
  }
  EXPECT_GT(compared, 0);
  const History dgraph = read_history(contents(causal / "dgraph_si.edn"));
  EXPECT_FALSE(is_satisfied(dgraph, "causal"));
  EXPECT_FALSE(is_satisfied(dgraph, "strong-session-snapshot-isolation"));
  EXPECT_FALSE(is_satisfied(read_history(contents(causal / "pg_ser_bug.edn")), "strong-session-serializable"));
}

TEST(Complete, WhatTheInferenceDidNotRuleOutIsTestedBeforeItIsTold) {
  // Both transactions were seen in part, whichever came first.
  const History history =
      concurrent({R"([["w","x",1],["w","y",1]])", R"([["w","x",2],["w","y",2]])", R"([["r","x",1],["r","y",2]])"});
  CheckOptions options;
  options.strongest_models = true;
  options.consistency_models = ConsistencyModels::parse("read-committed");
  const Verdict verdict = find_checker("rw-register")->check(history, options);
  EXPECT_EQ(verdict.valid, Valid::yes);
  const auto* told = verdict.found<StrongestModelsFinding>();
  ASSERT_NE(told, nullptr);
  EXPECT_EQ(told->models, std::vector<std::string>{"strong-read-committed"});
  EXPECT_EQ(told->violated, std::vector<std::string>{"causal-cerone"});
}

}  // namespace
}  // namespace mznode::check

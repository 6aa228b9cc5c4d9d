#include <gtest/gtest.h>

#include "mznode/check/gloss.hpp"
#include "tests/check/transactions/transactions.hpp"

namespace mznode::check {
namespace {

using Types = std::set<std::string>;

Verdict judge(const History& history, const std::string& models) {
  return judged(history, "list-append", models);
}

/// What rules `models` out.
Types found(const History& history, const std::string& models = "serializable") {
  return types(judge(history, models));
}

bool is_found(const History& history, const std::string& type, const std::string& models) {
  const Verdict verdict = judge(history, models);
  return verdict.valid == Valid::no && types(verdict).contains(type);
}

TEST(ListAppend, AHistoryWithoutAnomaliesIsValid) {
  const History history = history_of({{0, 1, 0, R"([["append","x",1],["r","y",null]])"},
                                      {2, 3, 1, R"([["r","x",[1]],["append","x",2],["r","x",[1,2]]])"},
                                      {4, 5, 0, R"([["r","x",[1,2]],["append","y","a b"]])"},
                                      {6, 7, 1, R"([["r","y",["a b"]]])"}});
  const Verdict verdict = judge(history, "strict-serializable");
  EXPECT_EQ(verdict.valid, Valid::yes);
  EXPECT_EQ(to_details(verdict).dump(), R"({"valid?":true})");
}

TEST(ListAppend, G0) {
  const History history =
      concurrent({R"([["append","x",1],["append","y",1]])", R"([["append","x",2],["append","y",2]])",
                  R"([["r","x",[1,2]],["r","y",[2,1]]])"});
  EXPECT_EQ(found(history, "read-uncommitted"), Types{"G0"});
}

TEST(ListAppend, G1a) {
  const History history = history_of({{0, 9, 0, R"([["append","x",1]])", "fail"}, {1, 8, 1, R"([["r","x",[1]]])"}});
  EXPECT_TRUE(is_found(history, "G1a", "read-committed"));
  EXPECT_EQ(judge(history, "read-uncommitted").valid, Valid::unknown);  // nothing depends on anything
}

TEST(ListAppend, G1b) {
  const History history =
      concurrent({R"([["append","x",1],["append","x",2]])", R"([["r","x",[1]]])", R"([["r","x",[1,2]]])"});
  EXPECT_TRUE(found(history, "read-committed").contains("G1b"));
  // A transaction may read what it has not finished writing.
  EXPECT_FALSE(found(concurrent({R"([["append","x",1],["r","x",[1]],["append","x",2]])", R"([["r","x",[1,2]]])"}))
                   .contains("G1b"));
}

TEST(ListAppend, G1c) {
  const History history = concurrent({R"([["append","x",1],["r","y",[1]]])", R"([["append","y",1],["r","x",[1]]])"});
  EXPECT_EQ(found(history, "read-committed"), Types{"G1c"});
  EXPECT_EQ(judge(history, "read-uncommitted").valid, Valid::yes);
}

TEST(ListAppend, GSingle) {
  const History history = concurrent({R"([["r","x",null],["r","y",[1]]])", R"([["append","x",1],["append","y",1]])"});
  EXPECT_EQ(found(history, "snapshot-isolation"), Types{"G-single-item"});
  EXPECT_EQ(judge(history, "read-committed").valid, Valid::yes);
}

TEST(ListAppend, GNonadjacent) {
  const History long_fork = concurrent({R"([["r","a",null],["r","d",[1]]])", R"([["append","a",1],["append","b",1]])",
                                        R"([["r","b",[1]],["r","c",null]])", R"([["append","c",1],["append","d",1]])"});
  EXPECT_EQ(found(long_fork, "snapshot-isolation"), Types{"G-nonadjacent-item"});
}

TEST(ListAppend, G2ItemIsWriteSkew) {
  const History history = concurrent({R"([["r","x",null],["append","y",1]])", R"([["r","y",null],["append","x",1]])"});
  EXPECT_EQ(found(history), Types{"G2-item"});
  EXPECT_EQ(judge(history, "repeatable-read").valid, Valid::no);
  EXPECT_EQ(judge(history, "snapshot-isolation").valid, Valid::yes);
}

TEST(ListAppend, FormsOfG0AndG1cNeedAnOrder) {
  const History g0 = history_of(
      {{0, 1, 0, R"([["append","x",1]])"}, {2, 3, 0, R"([["append","x",2]])"}, {0, 9, 1, R"([["r","x",[2,1]]])"}});
  EXPECT_TRUE(is_found(g0, "G0-process", "strong-session-read-uncommitted"));
  EXPECT_TRUE(is_found(g0, "G0-realtime", "strong-read-uncommitted"));
  EXPECT_EQ(judge(g0, "serializable").valid, Valid::yes);
  const History g1c = history_of({{0, 1, 0, R"([["r","x",[1]]])"}, {2, 3, 0, R"([["append","x",1]])"}});
  EXPECT_TRUE(is_found(g1c, "G1c-process", "strong-session-read-committed"));
  EXPECT_TRUE(is_found(g1c, "G1c-realtime", "strong-read-committed"));
}

TEST(ListAppend, FormsOfGSingle) {
  const History own = history_of({{0, 1, 0, R"([["append","x",1]])"}, {2, 3, 0, R"([["r","x",null]])"}});
  EXPECT_EQ(found(own, "strong-session-snapshot-isolation"), Types{"G-single-item-process"});
  const History others = history_of({{0, 1, 0, R"([["append","x",1]])"}, {2, 3, 1, R"([["r","x",null]])"}});
  EXPECT_EQ(judge(others, "strong-session-serializable").valid, Valid::yes);  // nothing leads back
  EXPECT_EQ(found(others, "strict-serializable"), Types{"G-single-item-realtime"});
}

TEST(ListAppend, FormsOfGNonadjacent) {
  const History store_buffers = history_of({{0, 4, 0, R"([["append","y",1]])"},
                                            {5, 9, 0, R"([["r","x",null]])"},
                                            {0, 6, 1, R"([["append","x",1]])"},
                                            {7, 9, 1, R"([["r","y",null]])"}});
  EXPECT_EQ(found(store_buffers, "strong-session-serializable"), Types{"G-nonadjacent-item-process"});
  const History in_real_time = history_of({{0, 9, 0, R"([["append","y",1],["append","z",1]])"},
                                           {1, 8, 1, R"([["r","z",[1]],["r","x",null]])"},
                                           {2, 3, 2, R"([["append","x",1]])"},
                                           {4, 5, 3, R"([["r","y",null]])"}});
  EXPECT_EQ(found(in_real_time, "strict-serializable"), Types{"G-nonadjacent-item-realtime"});
}

TEST(ListAppend, FormsOfG2Item) {
  const auto history = [](int last_process) {
    return history_of({{0, 9, 1, R"([["append","x",1],["r","y",null]])"},
                       {1, 2, 0, R"([["append","y",1]])"},
                       {3, 4, last_process, R"([["r","x",null]])"}});
  };
  EXPECT_EQ(found(history(0), "strong-session-serializable"), Types{"G2-item-process"});
  EXPECT_EQ(judge(history(2), "strong-session-serializable").valid, Valid::yes);
  EXPECT_EQ(found(history(2), "strict-serializable"), Types{"G2-item-realtime"});
}

TEST(ListAppend, LostUpdate) {
  const History history = concurrent({R"([["r","x",null],["append","x",1]])", R"([["r","x",null],["append","x",2]])"});
  EXPECT_TRUE(is_found(history, "lost-update", "update-atomic"));
  EXPECT_EQ(judge(history, "read-atomic").valid, Valid::yes);
  // What a transaction reads first counts, also behind an append of its own, which a read of null has not seen.
  EXPECT_TRUE(is_found(
      concurrent({R"([["append","x",1],["r","x",null],["append","x",2]])", R"([["r","x",null],["append","x",3]])"}),
      "lost-update", "update-atomic"));
}

TEST(ListAppend, ReadsThatContradictEachOtherAreNoReadsOfOneVersion) {
  // Both updates have read a list that ends with 1, but not the same list.
  const History history =
      concurrent({R"([["append","x",1],["append","x",2],["append","x",3]])", R"([["r","x",[1]],["append","x",4]])",
                  R"([["r","x",[2]]])", R"([["r","x",[3,1]],["append","x",5]])"});
  const Types anomalies = found(history, "repeatable-read");
  EXPECT_TRUE(anomalies.contains("incompatible-order"));
  EXPECT_FALSE(anomalies.contains("lost-update"));
}

TEST(ListAppend, InternalAndFutureRead) {
  EXPECT_TRUE(is_found(concurrent({R"([["append","x",1],["r","x",null]])"}), "internal", "read-atomic"));
  EXPECT_TRUE(
      is_found(concurrent({R"([["append","x",2],["r","x",[1,2,3]]])", R"([["append","x",1],["append","x",3]])"}),
               "internal", "read-atomic"));
  EXPECT_TRUE(is_found(concurrent({R"([["r","x",[1]],["r","x",[1,2]]])", R"([["append","x",1],["append","x",2]])"}),
                       "internal", "read-atomic"));
  EXPECT_FALSE(is_found(concurrent({R"([["append","x",2],["r","x",[1,2]]])", R"([["append","x",1]])"}), "internal",
                        "read-atomic"));
  // To Elle an empty list is something, and nothing cannot follow it.
  EXPECT_TRUE(is_found(concurrent({R"([["r","x",[]],["r","x",null]])"}), "internal", "read-atomic"));
  EXPECT_TRUE(is_found(concurrent({R"([["r","x",null],["r","x",[]]])"}), "internal", "read-atomic"));
  EXPECT_FALSE(is_found(concurrent({R"([["r","x",null],["r","x",null]])"}), "internal", "read-atomic"));
  const auto later = concurrent({R"([["r","x",null],["r","x",[4]]])", R"([["append","x",4]])"});
  EXPECT_TRUE(is_found(later, "internal", "read-atomic"));
  EXPECT_TRUE(is_found(concurrent({R"([["r","x",[1]],["append","x",1]])"}), "future-read", "read-atomic"));
}

TEST(ListAppend, ContradictoryStates) {
  const std::string writes = R"([["append","x",1],["append","x",2]])";
  EXPECT_TRUE(is_found(concurrent({writes, R"([["r","x",[1,2]]])", R"([["r","x",[2,1]]])"}), "incompatible-order",
                       "read-committed"));
  EXPECT_TRUE(is_found(concurrent({writes, R"([["r","x",[1,2,1]]])"}), "duplicate-elements", "read-uncommitted"));
  EXPECT_TRUE(is_found(concurrent({writes, R"([["r","x",[1,2]]])", R"([["r","x",[2,2]]])"}), "duplicate-elements",
                       "read-uncommitted"));
  // The spelling of a list does not matter.
  EXPECT_EQ(judge(concurrent({writes, R"([["r","x",[1,2]]])", R"([["r","x",[ 1 , 2 ]]])"}), "serializable").valid,
            Valid::yes);
}

TEST(ListAppend, DirtyUpdate) {
  const History history = history_of({{0, 9, 0, R"([["append","x",1]])", "fail"},
                                      {1, 8, 1, R"([["append","x",2]])"},
                                      {2, 7, 2, R"([["r","x",[1,2]]])"}});
  EXPECT_TRUE(is_found(history, "dirty-update", "read-committed"));
  EXPECT_TRUE(is_found(history, "G1a", "read-committed"));
}

TEST(ListAppend, IndefiniteTransactionsMayHaveHappened) {
  const std::string append = R"([["append","x",1]])";
  EXPECT_EQ(
      judge(history_of({{0, 1, 0, append, "info"}, {2, 3, 1, R"([["r","x",[1]]])"}}), "strict-serializable").valid,
      Valid::yes);
  EXPECT_EQ(
      judge(history_of({{0, 1, 0, append, "info"}, {2, 3, 1, R"([["r","x",null]])"}, {4, 5, 2, R"([["r","x",[1]]])"}}),
            "strict-serializable")
          .valid,
      Valid::yes);
  const History open =
      shorthand({"0 invoke txn " + append, R"(1 invoke txn [["r","x",null]])", R"(1 ok txn [["r","x",[1]]])"});
  EXPECT_EQ(judge(open, "strict-serializable").valid, Valid::yes);
}

TEST(ListAppend, SaysWhenNothingCanBeSaid) {
  EXPECT_EQ(found(concurrent({R"([["append","x",1]])"})), Types{"empty-transaction-graph"});
  EXPECT_EQ(judge(concurrent({R"([["append","x",1]])"}), "serializable").valid, Valid::unknown);
  const Verdict unwritten = judge(concurrent({R"([["r","x",[7]]])", R"([["append","x",8]])"}), "serializable");
  EXPECT_EQ(to_details(unwritten)["error"], R"(key "x" was read with 7, which no transaction appended to it)");
  for (const char* value :
       {"5", "null", R"([["w","x",1]])", R"([["r","x"]])", R"([["append","x",1],["append","x",1]])"}) {
    const Verdict verdict = judge(concurrent({value}), "serializable");
    EXPECT_EQ(verdict.valid, Valid::unknown) << value;
    EXPECT_TRUE(to_details(verdict).contains("error")) << value;
  }
  EXPECT_EQ(judge(concurrent({R"([["r","x",5]])"}), "serializable").valid, Valid::no) << "no list is read";
}

TEST(ListAppend, ExplainsCyclesInWords) {
  const History history = history_of({{0, 1, 0, R"([["append","x",1]])"}, {2, 3, 1, R"([["r","x",null]])"}});
  const Verdict verdict = judge(history, "strict-serializable");
  const auto found = to_details(verdict)["anomalies"]["G-single-item-realtime"][0];
  EXPECT_EQ(found["explanation"][0],
            "T1 comes before T2: T1 read the initial state of key \"x\", before T2 appended 1 to key \"x\".");
  EXPECT_EQ(found["explanation"][1],
            "However, T2 comes before T1: T2 had completed (operation 1) 0.001 s before T1 began (operation 2). A "
            "contradiction!");
  EXPECT_EQ(found["cycle"][0]["index"], 3);
  EXPECT_EQ(found["steps"][0].dump(), R"({"type":"rw","key":"x","value":null,"value'":1})");
  EXPECT_EQ(found["steps"][1].dump(), R"({"type":"realtime","completed":1,"invoked":2})");
  EXPECT_EQ(to_details(verdict)["not"].dump(), R"(["strong-snapshot-isolation"])");
  EXPECT_EQ(to_details(verdict)["also-not"].dump(), R"(["strict-serializable"])");
}

std::vector<std::string> words(const Verdict& verdict) {
  return to_details(verdict)["explanation"];
}

TEST(ListAppend, SaysInWordsWhatWasFound) {
  const History stale = history_of({{0, 1, 0, R"([["append","x",1]])"}, {2, 3, 1, R"([["r","x",null]])"}});
  const std::vector<std::string> cycle = words(judge(stale, "strict-serializable"));
  ASSERT_EQ(cycle.size(), 6u);
  EXPECT_EQ(cycle[0], "G-single-item-realtime: these transactions come before one another");
  EXPECT_EQ(cycle[1], "  " + gloss("G-single-item-realtime"));
  EXPECT_EQ(cycle[2], R"(  T1 is operation 3 (process 1): [["r","x",null]])");
  EXPECT_TRUE(cycle[5].starts_with("  However, T2 comes before T1")) << cycle[5];
  const History aborted = history_of({{0, 9, 0, R"([["append","x",1]])", "fail"}, {1, 8, 1, R"([["r","x",[1]]])"}});
  EXPECT_EQ(
      words(judge(aborted, "read-committed"))[0],
      R"(G1a: operation 2 (process 1) read 1 from key "x", which operation 3 (process 0) appended, and that failed)");
}

TEST(ListAppend, TellsWhatStrongerModelsLose) {
  const History skew = concurrent(
      {R"([["append","x",1],["r","y",[]]])", R"([["append","y",1],["r","x",[]]])", R"([["r","x",[1]],["r","y",[1]]])"});
  CheckOptions options;
  options.consistency_models = ConsistencyModels::parse("snapshot-isolation");
  options.strongest_models = true;
  const Verdict verdict = find_checker("list-append")->check(skew, options);
  EXPECT_EQ(verdict.valid, Valid::yes);
  const auto* told = verdict.found<StrongestModelsFinding>();
  ASSERT_NE(told, nullptr);
  EXPECT_EQ(told->models, std::vector<std::string>{"strong-snapshot-isolation"});
  EXPECT_EQ(told->violated, std::vector<std::string>{"repeatable-read"});
  EXPECT_EQ(to_details(verdict)["stronger-models"]["anomaly-types"][0], "G2-item");
  const std::vector<std::string> lines = words(verdict);
  ASSERT_GT(lines.size(), 3u);
  EXPECT_EQ(lines[0], "the strongest that nothing rules out: strong-snapshot-isolation");
  EXPECT_EQ(lines[1], "ruled out: repeatable-read, and what implies it");
  EXPECT_EQ(lines[2], "G2-item: these transactions come before one another");
  EXPECT_EQ(lines[3], "  " + gloss("G2-item"));
  // Where the model that was asked for is violated, what holds is told all the same.
  options.consistency_models = ConsistencyModels::parse("serializable");
  const std::vector<std::string> of_no = words(find_checker("list-append")->check(skew, options));
  EXPECT_EQ(of_no.back(), "the strongest that nothing rules out: strong-snapshot-isolation");
}

TEST(ListAppend, ValuesThatNoTreeCanHoldAreShownAsTexts) {
  for (const char* value : {"1e400", R"("\ud800")"}) {
    const std::string element = value;
    const History history =
        history_of({{0, 1, 0, R"([["append","x",)" + element + "]]"}, {2, 3, 1, R"([["r","x",null]])"}});
    const std::vector<std::string> cycle = words(judge(history, "strict-serializable"));
    ASSERT_EQ(cycle.size(), 6u);
    EXPECT_TRUE(cycle[3].starts_with("  T2 is operation 1 (process 0): ")) << cycle[3];
    EXPECT_NE(cycle[3].find("append"), std::string::npos) << cycle[3];
  }
}

}  // namespace
}  // namespace mznode::check

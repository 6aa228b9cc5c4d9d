#include <gtest/gtest.h>

#include "mznode/json/codec.hpp"
#include "mznode/node/fake_runtime.hpp"
#include "mznode/workloads/registry.hpp"

namespace mznode::txn {
namespace {

/// One node of the strategy, whose service the test plays.
class TxnRootCas : public testing::Test {
 protected:
  void SetUp() override { world.init(node, "n1", {"n1", "n2"}); }

  void ask(std::string_view txn) {
    world.deliver("c1", R"({"type":"txn","msg_id":)" + std::to_string(++asked) + R"(,"txn":)" + std::string(txn) + "}");
  }
  SentMessage expect(std::string_view type, std::string_view key = "root") {
    SentMessage request = world.take();
    EXPECT_EQ(request.dest, "lin-kv");
    EXPECT_EQ(request.type, type) << request.body.text();
    EXPECT_EQ(request.body.value()["key"], key);
    return request;
  }
  static Json field(const SentMessage& message, const char* name) { return Json::from(message.body.value()[name]); }
  void show(const SentMessage& read, const Json& root) {
    world.reply(read, "read_ok", Json::from_valid("{\"value\":" + root.text() + "}"));
  }
  void show_nothing(const SentMessage& read) { world.reply_error(read, ErrorCode::key_does_not_exist); }
  void conflict(const SentMessage& cas) { world.reply_error(cas, ErrorCode::precondition_failed); }
  void expect_answer(std::string_view txn) {
    const SentMessage answer = world.take();
    EXPECT_EQ(answer.dest, "c1");
    ASSERT_EQ(answer.type, "txn_ok") << answer.body.text();
    EXPECT_EQ(field(answer, "txn"), Json::parse(txn));
  }
  void expect_error(ErrorCode code) {
    const SentMessage answer = world.take();
    EXPECT_EQ(answer.type, "error");
    EXPECT_EQ(field(answer, "code"), Json(static_cast<int>(code))) << answer.body.text();
  }
  /// The first commit of the node; the root that it made.
  Json commit_first() {
    ask(R"([["append",1,1]])");
    show_nothing(expect("read"));
    const SentMessage cas = expect("cas");
    world.reply(cas, "cas_ok");
    expect_answer(R"([["append",1,1]])");
    return field(cas, "to");
  }

  FakeRuntime world;
  Node node{world};
  std::unique_ptr<Strategy> strategy = [this] {
    const StrategyInfo& info = find_strategy(find_workload("txn-list-append"), "root-cas");
    return info.install(node, OptionValues(info.options, {}));
  }();
  int asked = 0;
};

TEST_F(TxnRootCas, ALoneWriterNeedsOneRequestATransaction) {
  const Json root = commit_first();
  ask(R"([["r",1,null],["append",1,2],["r",1,null]])");
  const SentMessage cas = expect("cas");
  EXPECT_EQ(field(cas, "from"), root);
  world.reply(cas, "cas_ok");
  expect_answer(R"([["r",1,[1]],["append",1,2],["r",1,[1,2]]])");
}

TEST_F(TxnRootCas, WhatWaitsSharesOneCommit) {
  commit_first();
  ask(R"([["append",1,2]])");
  const SentMessage first = expect("cas");
  ask(R"([["append",1,3]])");
  ask(R"([["r",1,null]])");
  EXPECT_TRUE(world.sent().empty());
  world.reply(first, "cas_ok");
  auto sent = world.take_all();
  ASSERT_EQ(sent.size(), 2u) << "an answer, and one commit for both";
  world.reply(sent[1].dest == "lin-kv" ? sent[1] : sent[0], "cas_ok");
  sent = world.take_all();
  ASSERT_EQ(sent.size(), 2u);
  EXPECT_EQ(field(sent[0], "txn"), Json::parse(R"([["r",1,[1,2]]])"));
  EXPECT_EQ(field(sent[1], "txn"), Json::parse(R"([["append",1,3]])"));
}

TEST_F(TxnRootCas, ReadsShareALookAtTheRootThatBeginsAfterTheyCame) {
  const Json root = commit_first();
  ask(R"([["r",1,null]])");
  const SentMessage first = expect("read");
  ask(R"([["r",1,null]])");
  ask(R"([["r",2,null]])");
  EXPECT_TRUE(world.sent().empty());
  show(first, root);
  const auto sent = world.take_all();
  ASSERT_EQ(sent.size(), 2u) << "an answer, and one look for both that came later";
  EXPECT_EQ(sent[0].type == "txn_ok" ? sent[1].type : sent[0].type, "read");
}

TEST_F(TxnRootCas, AfterAConflictItLooksAgainAndCommitsOnTopOfTheOthers) {
  const Json root = commit_first();
  ask(R"([["append",1,2]])");
  conflict(expect("cas"));
  world.run_until_idle(1s);
  auto others = root.value();
  others["commits"]["n2"] = "n2-x-1";
  others["recent"]["appended"][0][1] = {1, 7};
  show(expect("read"), Json::from(others));
  const SentMessage cas = expect("cas");
  EXPECT_EQ(field(cas, "from"), Json::from(others));
  EXPECT_EQ(Json::from(field(cas, "to").value()["recent"]["appended"][0][1]), Json::parse("[1,7,2]"));
  world.reply(cas, "cas_ok");
  expect_answer(R"([["append",1,2]])");
}

TEST_F(TxnRootCas, ACommitWithoutAnAnswerSucceededWhenALaterRootNamesIt) {
  commit_first();
  ask(R"([["append",1,2]])");
  auto later = field(expect("cas"), "to").value();
  world.advance(4s);
  later["commits"]["n2"] = "n2-x-1";
  show(expect("read"), Json::from(later));
  expect_answer(R"([["append",1,2]])");
}

TEST_F(TxnRootCas, ACommitWithoutAnAnswerFailedWhenTheRootIsAnother) {
  const Json root = commit_first();
  ask(R"([["append",1,2]])");
  expect("cas");
  world.advance(4s);
  auto others = root.value();
  others["commits"]["n2"] = "n2-x-1";
  show(expect("read"), Json::from(others));
  world.advance(499ms);
  EXPECT_TRUE(world.sent().empty() || world.sent()[0].type == "read") << "another attempt";
}

TEST_F(TxnRootCas, ACommitWithoutAnAnswerIsSentAgainWhileTheRootIsAsBefore) {
  const Json root = commit_first();
  ask(R"([["append",1,2]])");
  const SentMessage first = expect("cas");
  world.advance(4s);
  show(expect("read"), root);
  const SentMessage second = expect("cas");
  EXPECT_EQ(field(second, "from"), field(first, "from"));
  EXPECT_EQ(field(second, "to"), field(first, "to"));
  conflict(second);  // the first one has arrived at last
  show(expect("read"), field(first, "to"));
  expect_answer(R"([["append",1,2]])");
}

TEST_F(TxnRootCas, SaysConflictOnlyWhenEveryAttemptFailed) {
  commit_first();
  ask(R"([["append",1,2]])");
  auto others = Json::parse(R"({"commits":{},"branches":["","","","","","","","","","","","","","","",""],
                               "recent":{"written":[],"appended":[]}})")
                    .value();
  int attempts = 0;
  while (true) {
    auto sent = world.take_all();
    if (sent.empty()) {
      world.advance(1ms);
      continue;
    }
    ASSERT_EQ(sent.size(), 1u);
    if (sent[0].type == "error") {
      EXPECT_EQ(field(sent[0], "code"), Json(30));
      break;
    }
    ASSERT_LT(++attempts, 10'000);
    world.advance(100ms);
    others["commits"]["n2"] = "n2-x-" + std::to_string(attempts);
    if (sent[0].type == "cas") conflict(sent[0]);
    if (sent[0].type == "read") show(sent[0], Json::from(others));
  }
  EXPECT_GT(attempts, 10);
}

TEST_F(TxnRootCas, AnOutcomeThatStaysOpenIsNoConflict) {
  commit_first();
  ask(R"([["append",1,2]])");
  expect("cas");
  world.advance(4s);
  world.reply_error(expect("read"), ErrorCode::crash);
  expect_error(ErrorCode::crash);
}

TEST_F(TxnRootCas, MalformedTransactionsChangeNothing) {
  for (const char* txn : {R"([["x",1,2]])", R"([["r",1]])", R"([["append",1,2],["delete",1,null]])", "5", R"(["r"])"}) {
    ask(txn);
    expect_error(ErrorCode::malformed_request);
  }
  ask(R"([["w","register",5]])");
  show_nothing(expect("read"));
  const SentMessage cas = expect("cas");
  world.reply(cas, "cas_ok");
  expect_answer(R"([["w","register",5]])");
  // That the register holds no list is certain after a look at the root.
  ask(R"([["append","list",1],["append","register",6]])");
  world.run_until_idle(1s);
  show(expect("read"), field(cas, "to"));
  expect_error(ErrorCode::malformed_request);
  ask(R"([["r","list",null],["r","register",null]])");
  show(expect("read"), field(cas, "to"));
  expect_answer(R"([["r","list",null],["r","register",5]])");
}

}  // namespace
}  // namespace mznode::txn

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "mznode/node/fake_runtime.hpp"
#include "txn/txn.hpp"

namespace mznode::txn {
namespace {

/// The first node, which holds everything; the test is another node and a client.
class TxnSingle : public testing::Test {
 protected:
  void SetUp() override {
    world.init(node, "n1", {"n1", "n2"});
    session = open(7);
  }

  /// The session of a life of n2, as text.
  std::string open(int life) {
    world.deliver("n2", R"({"type":"open_forwards","msg_id":1,"life":)" + std::to_string(life) + "}");
    return nlohmann::json::parse(world.take().body.text()).at("session").dump();
  }
  /// What the first node answers to a transaction that n2 hands on.
  std::string hand_on(int number, const std::string& txn) {
    world.deliver("n2", R"({"type":"carry_out","msg_id":1,"session":)" + session + R"(,"oldest":1,"number":)" +
                            std::to_string(number) + R"(,"txn":)" + txn + "}");
    return world.take().body.text();
  }
  std::string read() {
    world.deliver("c1", R"({"type":"txn","msg_id":2,"txn":[["r",1,null]]})");
    return world.take().body.text();
  }

  std::string session;
  FakeRuntime world;
  Node node{world};
  std::unique_ptr<Strategy> strategy = [this] {
    const StrategyInfo info = single_strategy();
    return info.install(node, OptionValues(info.options, {}));
  }();
};

TEST_F(TxnSingle, CarriesATransactionOutOnceHoweverOftenItComes) {
  const std::string first = hand_on(1, R"([["r",1,null],["append",1,5]])");
  EXPECT_NE(first.find(R"([["r",1,null],["append",1,5]])"), std::string::npos) << first;
  hand_on(2, R"([["append",1,6]])");
  EXPECT_EQ(hand_on(1, R"([["r",1,null],["append",1,5]])"), first);
  EXPECT_NE(read().find(R"([["r",1,[5,6]]])"), std::string::npos);
}

TEST_F(TxnSingle, WhatALifeThatHasEndedAskedForComesTooLate) {
  hand_on(1, R"([["append",1,5]])");
  const std::string of_the_dead = std::exchange(session, open(8));
  hand_on(1, R"([["append",1,6]])");
  session = of_the_dead;
  EXPECT_NE(hand_on(1, R"([["append",1,5]])").find("its session is over"), std::string::npos);
  EXPECT_NE(hand_on(2, R"([["append",1,7]])").find("its session is over"), std::string::npos);
  EXPECT_NE(read().find(R"([["r",1,[5,6]]])"), std::string::npos);
}

TEST_F(TxnSingle, AThousandAppendsToOneKeyAreOneStepEach) {
  std::string txn = "[";
  std::string list;
  for (int element = 0; element < 1'000; ++element) {
    txn += (element == 0 ? "" : ",") + std::string(R"(["append",1,)") + std::to_string(element) + "]";
    list += (element == 0 ? "" : ",") + std::to_string(element);
  }
  hand_on(1, txn + "]");
  EXPECT_NE(read().find("[[\"r\",1,[" + list + "]]]"), std::string::npos);
}

TEST_F(TxnSingle, WhatItHasRefusedItRefusesAgainAlthoughItCouldBeDoneByThen) {
  hand_on(1, R"([["w",1,"register"]])");
  const std::string refusal = hand_on(2, R"([["append",1,5]])");
  EXPECT_NE(refusal.find("only a list can be appended to"), std::string::npos) << refusal;
  hand_on(3, R"([["w",1,[]]])");
  EXPECT_EQ(hand_on(2, R"([["append",1,5]])"), refusal);
  EXPECT_NE(read().find(R"([["r",1,[]]])"), std::string::npos);
}

}  // namespace
}  // namespace mznode::txn

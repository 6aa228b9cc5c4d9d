#include <gtest/gtest.h>

#include "mznode/node/fake_runtime.hpp"
#include "mznode/node/node.hpp"

namespace mznode {
namespace {

struct Question {
  std::string what;
  MZNODE_FIELDS(what)
};
struct Answer {
  std::string what;
  MZNODE_FIELDS(what)
};
/// What is carried, as a test brings it to the other side.
struct Box {
  std::string src;
  Json body;
  MZNODE_FIELDS(src, body)
};

/// Keeps what it is to carry, and notes what it is told.
struct KeepingCarrier final : Carrier {
  void note_request(std::string_view dest, std::uint64_t number) override {
    told.push_back("asks " + std::string(dest) + " " + std::to_string(number));
  }
  void note_arrival(std::string_view src, std::optional<std::uint64_t> number) override {
    told.push_back("hears " + std::string(src) + (number ? " reply to " + std::to_string(*number) : ""));
  }
  bool is_carrying() const override { return is_on; }
  void carry(std::string_view dest, Json body) override { carried.emplace_back(dest, std::move(body)); }

  bool is_on = true;
  std::vector<std::string> told;
  std::vector<std::pair<std::string, Json>> carried;
};

/// A node with a carrier.
struct Carrying {
  Carrying(const std::string& name, std::uint64_t seed) : world(seed), node(world) {
    node.set_carrier(carrier);
    node.on("ask", [](const Question& question) { return Answer{"re: " + question.what}; });
    node.on("ask_later", [this](Question question) { return later(std::move(question)); });
    node.on_peer("fail", [] { throw Error(ErrorCode::abort, "no"); });
    node.on_peer("box", [this](const Box& box) { node.deliver(box.src, box.body); });
    world.init(node, name, {"n1", "n2", "n3"});
  }
  Task<Answer> later(Question question) {
    co_await node.sleep(10ms);
    co_return Answer{"later: " + question.what};
  }
  void ask(const std::string& dest, const std::string& type = "ask") { node.spawn(await(dest, type)); }
  Task<> await(std::string dest, std::string type) {
    const Question question{"who?"};
    try {
      auto reply = co_await node.rpc(dest, type, question);
      outcome = reply.src + ": " + reply.as<Answer>().what;
    } catch (const Error& error) {
      outcome = error_name(error.code());
    }
  }
  /// Brings the only body that this node has given to its carrier.
  void bring_to(Carrying& other) {
    ASSERT_EQ(carrier.carried.size(), 1u);
    const auto [dest, body] = std::move(carrier.carried.front());
    carrier.carried.clear();
    EXPECT_EQ(dest, other.node.id());
    other.receive(node.id(), body);
  }
  void receive(const std::string& src, const Json& body) {
    world.deliver("n3", R"({"type":"box","src":")" + src + R"(","body":)" + body.text() + "}");
  }

  KeepingCarrier carrier;
  FakeRuntime world;
  Node node;
  std::string outcome;
};

class NodeCarrier : public testing::Test {
 protected:
  Carrying n1{"n1", 1};
  Carrying n2{"n2", 2};
};

TEST_F(NodeCarrier, RequestsAndRepliesEnterAsIfTheyHadComeStraight) {
  n1.ask("n2");
  n1.bring_to(n2);
  n2.bring_to(n1);
  EXPECT_EQ(n1.outcome, "n2: re: who?");
  n1.ask("n2", "ask_later");
  n1.bring_to(n2);
  EXPECT_TRUE(n2.carrier.carried.empty());
  n2.world.advance(10ms);
  n2.bring_to(n1);
  EXPECT_EQ(n1.outcome, "n2: later: who?");
  n1.ask("n2", "fail");
  n1.bring_to(n2);
  n2.bring_to(n1);
  EXPECT_EQ(n1.outcome, "abort");
  EXPECT_TRUE(n1.world.sent().empty());
  EXPECT_TRUE(n2.world.sent().empty());
}

TEST_F(NodeCarrier, ItIsToldOfWhatIsAskedAndWhatComesStraight) {
  n1.carrier.is_on = false;
  n1.ask("n2");
  n1.world.reply(n1.world.take(), "ask_ok", Json::parse(R"({"what":"x"})"));
  n1.world.deliver("n2", R"({"type":"ask","what":"x"})");
  n1.world.deliver("c1", R"({"type":"ask","what":"x"})");
  EXPECT_EQ(n1.outcome, "n2: x");
  EXPECT_EQ(n1.carrier.told, (std::vector<std::string>{"asks n2 1", "hears n2 reply to 1", "hears n2"}));
}

TEST_F(NodeCarrier, AReplyToWhatWasCarriedMayComeStraight) {
  n1.ask("n2");
  n2.carrier.is_on = false;
  n1.bring_to(n2);
  const SentMessage reply = n2.world.take();
  n1.world.deliver("n2", reply.body.text());
  EXPECT_EQ(n1.outcome, "n2: re: who?");
  EXPECT_EQ(n1.carrier.told, (std::vector<std::string>{"asks n2 1", "hears n2 reply to 1"}));
}

TEST_F(NodeCarrier, WhatIsNoBusinessOfItsGoesStraight) {
  n1.node.send("n2", "ask", Question{"who?"});  // expects no reply
  n1.ask("lin-kv");
  n1.world.deliver("c1", R"({"type":"ask","msg_id":1,"what":"x"})");
  n1.world.deliver("n2", R"({"type":"ask","msg_id":1,"what":"x"})");  // came straight
  EXPECT_TRUE(n1.carrier.carried.empty());
  EXPECT_EQ(n1.world.take_all().size(), 4u);
  // Nor is a client answered otherwise that counts as a carrier does.
  n1.world.deliver("c1", R"({"type":"ask","msg_id":4611686018427387904,"what":"x"})");
  EXPECT_EQ(n1.world.take().dest, "c1");
}

TEST_F(NodeCarrier, AReplyToAnotherLifeIsRefused) {
  n1.ask("n2");
  n1.bring_to(n2);
  ASSERT_EQ(n2.carrier.carried.size(), 1u);
  Carrying next{"n1", 3};
  next.ask("n2");  // the first request of this life, too
  n2.bring_to(next);
  EXPECT_EQ(next.outcome, "");
  EXPECT_TRUE(next.world.logged(LogLevel::warn, "this process has sent no such request"));
  next.bring_to(n2);
  n2.bring_to(next);
  EXPECT_EQ(next.outcome, "n2: re: who?");
}

TEST_F(NodeCarrier, AReplyThatIsCarriedAnswersNothingThatWentStraight) {
  n1.carrier.is_on = false;
  n1.ask("n2");
  n1.receive("n2", Json::parse(R"({"type":"ask_ok","in_reply_to":1,"what":"x"})"));
  EXPECT_EQ(n1.outcome, "");
  EXPECT_TRUE(n1.world.logged(LogLevel::warn, "this process has sent no such request"));
}

TEST_F(NodeCarrier, OfAnotherThanTheOneThatWasAskedAReplyIsDropped) {
  n1.ask("n2");
  n1.bring_to(n2);
  ASSERT_EQ(n2.carrier.carried.size(), 1u);
  n1.receive("n3", n2.carrier.carried.front().second);
  EXPECT_EQ(n1.outcome, "");
  n2.bring_to(n1);
  EXPECT_EQ(n1.outcome, "n2: re: who?");
}

TEST_F(NodeCarrier, WhatNobodyCarriesIsRefused) {
  for (const char* body : {R"({"type":"ask","what":"x"})", R"({"what":"x"})", R"({"type":"ask","msg_id":"x"})", "[]",
                           "7", R"({"type":"ask","in_reply_to":1.5})"}) {
    n1.receive("n2", Json::parse(body));
    EXPECT_TRUE(n1.world.logged(LogLevel::warn, "refused a message of type box")) << body;
    n1.world.clear_logs();
    n1.world.advance(2s);
  }
  EXPECT_TRUE(n1.world.sent().empty());
  EXPECT_TRUE(n1.carrier.carried.empty());
}

TEST_F(NodeCarrier, WhatIsCarriedIsFromAPeerLikeAnythingElse) {
  n1.receive("n9", Json::parse(R"({"type":"fail","msg_id":1})"));
  EXPECT_TRUE(n1.world.logged(LogLevel::warn, "n9 is none of them"));
}

}  // namespace
}  // namespace mznode

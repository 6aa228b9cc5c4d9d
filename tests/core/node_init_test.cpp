#include <gtest/gtest.h>

#include <array>
#include <nlohmann/json.hpp>

#include "mznode/node/fake_runtime.hpp"
#include "mznode/node/node.hpp"

namespace mznode {
namespace {

class NodeInit : public testing::Test {
 protected:
  static Task<> ask(Node* node) { co_await node->rpc("lin-kv", "read"); }

  FakeRuntime world;
  Node node{world};
};

TEST_F(NodeInit, TellsTheNodeWhoAndWhereItIs) {
  std::string seen;
  node.on_init([&] { seen = node.id(); });
  world.attach(node);
  world.deliver("c0", R"({"type":"init","msg_id":1,"node_id":"n2","node_ids":["n1","n2","n3"]})");
  const auto reply = world.take();
  EXPECT_EQ(reply.body.text(), R"({"type":"init_ok","in_reply_to":1})");
  EXPECT_EQ(reply.src, "n2");
  EXPECT_EQ(seen, "n2");
  EXPECT_EQ(node.node_ids(), (std::vector<std::string>{"n1", "n2", "n3"}));
  EXPECT_EQ(node.peers(), (std::vector<std::string>{"n1", "n3"}));
  EXPECT_TRUE(node.is_peer("n3"));
  EXPECT_FALSE(node.is_peer("n2"));
  EXPECT_TRUE(node.is_client("c1"));
  EXPECT_FALSE(node.is_client("n1"));
  EXPECT_FALSE(node.is_client("n2"));
  EXPECT_FALSE(node.is_client("lin-kv"));
}

TEST_F(NodeInit, HooksRunInOrderAndMessagesOfThemPrecedeTheReply) {
  std::string order;
  node.on_init([&] {
    order += 'a';
    node.send("n2", "hello");
  });
  node.on_init([&] { order += 'b'; });
  world.attach(node);
  world.deliver("c0", R"({"type":"init","msg_id":1,"node_id":"n1","node_ids":["n1","n2"]})");
  EXPECT_EQ(order, "ab");
  ASSERT_EQ(world.sent().size(), 2u);
  EXPECT_EQ(world.sent()[0].type, "hello");
  EXPECT_EQ(world.sent()[1].type, "init_ok");
}

TEST_F(NodeInit, AHookMayAddAHookAndPeriodicWork) {
  int hooks = 0;
  int ticks = 0;
  for (int i = 0; i < 20; ++i) {
    node.on_init([&] {
      ++hooks;
      node.every(1s, [&] { ++ticks; });
      node.on_init([&] { ++hooks; });
    });
  }
  world.init(node, "n1", {"n1"});
  EXPECT_EQ(hooks, 40);
  world.advance(1s);
  EXPECT_EQ(ticks, 20);
}

TEST_F(NodeInit, NobodySpeaksBeforeIt) {
  world.attach(node);
  EXPECT_THROW(node.send("lin-kv", "read"), std::logic_error);
  EXPECT_THROW(node.send("", "hello"), std::logic_error);
  node.spawn(ask(&node));
  EXPECT_TRUE(world.logged(LogLevel::error, "on_init"));
  EXPECT_TRUE(world.sent().empty());
}

TEST_F(NodeInit, MessagesBeforeItAreHeldAndAnsweredAfterIt) {
  std::vector<std::int64_t> seen;
  node.on("peer", [&](Request request) { seen.push_back(std::stoll(request.msg_id)); });
  world.attach(node);
  world.deliver("n2", R"({"type":"peer","msg_id":1})");
  world.deliver("n3", R"({"type":"peer","msg_id":2})");
  world.deliver("n3", R"({"msg_id":3})");
  world.deliver("n3", R"({"type":"reply","in_reply_to":1})");
  world.deliver_line("junk");
  EXPECT_TRUE(world.sent().empty());
  EXPECT_TRUE(seen.empty());
  world.deliver("c0", R"({"type":"init","msg_id":1,"node_id":"n1","node_ids":["n1","n2","n3"]})");
  EXPECT_EQ(seen, (std::vector<std::int64_t>{1, 2}));
  const auto sent = world.take_all();
  ASSERT_EQ(sent.size(), 4u);
  EXPECT_EQ(sent[0].type, "init_ok");
  EXPECT_EQ(sent[1].dest, "n2");
  EXPECT_EQ(sent[2].dest, "n3");
  EXPECT_EQ(sent[3].type, "error");
}

TEST_F(NodeInit, WhatIsHeldIsBounded) {
  int handled = 0;
  node.on("peer", [&] { ++handled; });
  world.attach(node);
  for (int i = 0; i < 10'050; ++i) world.deliver("n2", R"({"type":"peer"})");
  EXPECT_TRUE(world.logged(LogLevel::error, "too many arrived before init"));
  world.init(node, "n1", {"n1", "n2"});
  EXPECT_EQ(handled, 10'000);
}

TEST_F(NodeInit, ASecondOneIsAnsweredAndChangesNothing) {
  int hooks = 0;
  node.on_init([&] { ++hooks; });
  world.init(node, "n1", {"n1", "n2"});
  world.deliver("c0", R"({"type":"init","msg_id":2,"node_id":"n1","node_ids":["n1","n2"]})");
  EXPECT_EQ(world.take().type, "init_ok");
  world.deliver("c0", R"({"type":"init","msg_id":3,"node_id":"n2","node_ids":["n1","n2"]})");
  const auto reply = world.take();
  EXPECT_EQ(reply.body.value()["code"], 12);
  EXPECT_EQ(reply.src, "n1");
  EXPECT_EQ(node.id(), "n1");
  EXPECT_EQ(hooks, 1);
  EXPECT_TRUE(world.logged(LogLevel::warn, "a second init"));
}

TEST_F(NodeInit, AMalformedOneIsRefusedInTheNameOfTheAddressee) {
  world.attach(node);
  for (const char* body : {R"({"type":"init","msg_id":1})", R"({"type":"init","msg_id":1,"node_id":"n1"})",
                           R"({"type":"init","msg_id":1,"node_id":"n1","node_ids":["n2"]})",
                           R"({"type":"init","msg_id":"x","node_id":"n1","node_ids":["n1"]})",
                           R"({"type":"init","msg_id":1,"node_id":"","node_ids":[""]})"}) {
    world.deliver("c0", body);
    const auto reply = world.take();
    EXPECT_EQ(reply.src, "n1");
    EXPECT_EQ(reply.body.value()["code"], 12) << body;
  }
  world.init(node, "n1", {"n1"});
}

// Whoever is written to under such a name is nobody, or somebody else.
TEST_F(NodeInit, NamesThatNoNodeCanHaveAreRefusedInWords) {
  const std::vector<std::array<const char*, 3>> cases = {
      {"n1", R"(["n1",""])", "empty name"},      {"n1", R"(["","n1"])", "empty name"},
      {"n1", R"(["n1","n2","n1"])", "n1 twice"}, {"n1", R"(["n2","n1","n2"])", "n2 twice"},
      {"n1", R"(["n1","lin-kv"])", "service"},   {"seq-kv", R"(["seq-kv"])", "service"},
      {"n1", R"(["n1","lww-kv"])", "service"},   {"n1", R"(["lin-tso","n1"])", "service"},
      {"n1", R"(["n1","c7"])", "client"},        {"n1", "[]", "contain node_id n1"},
      {"", R"(["n1"])", "node_id\" is empty"}};
  world.attach(node);
  for (const auto& [id, ids, word] : cases) {
    const std::string body =
        R"({"type":"init","msg_id":1,"node_id":")" + std::string(id) + R"(","node_ids":)" + ids + "}";
    world.deliver("c0", body);
    const auto reply = world.take().body.value();
    EXPECT_EQ(reply["code"], 12) << body;
    EXPECT_NE(reply["text"].get<std::string>().find(word), std::string::npos) << body << " " << reply["text"];
    EXPECT_TRUE(node.id().empty());
  }
  world.deliver("c0", R"({"type":"init","msg_id":1,"node_id":"cat","node_ids":["cat","lin-kv-2","c"]})");
  EXPECT_EQ(world.take().type, "init_ok");
}

Task<> mark_later(Node* node, bool* mark) {
  co_await node->sleep(1s);
  *mark = true;
}

TEST_F(NodeInit, AFailingHookRefusesTheNodeForGood) {
  int hooks = 0;
  int ticks = 0;
  bool is_marked = false;
  node.every(1s, [&] { ++ticks; });
  node.on_init([&] {
    ++hooks;
    node.spawn(mark_later(&node, &is_marked));
  });
  node.on_init([] { throw Error(ErrorCode::not_supported, "not here"); });
  node.on("poke", [] {});
  world.attach(node);
  for (int i = 0; i < 2; ++i) {
    world.deliver("n2", R"({"type":"poke","msg_id":1})");
    world.deliver("c0", R"({"type":"init","msg_id":1,"node_id":"n1","node_ids":["n1","n2"]})");
    EXPECT_EQ(world.take().body.value()["code"], 10);
  }
  EXPECT_EQ(hooks, 1);
  EXPECT_TRUE(node.id().empty());
  // What the hooks before it have begun comes to nothing.
  world.advance(5s);
  EXPECT_EQ(ticks, 0);
  EXPECT_FALSE(is_marked);
}

TEST_F(NodeInit, TheTopologyGivesTheNeighbours) {
  world.init(node, "n1", {"n1", "n2", "n3"});
  EXPECT_EQ(node.neighbours(), (std::vector<std::string>{"n2", "n3"}));
  node.set_topology({{"n1", {"n3", "n9", "n1"}}, {"n3", {"n1"}}});
  EXPECT_EQ(node.neighbours(), (std::vector<std::string>{"n3"}));
  EXPECT_TRUE(world.logged(LogLevel::warn, "n9"));
  node.set_topology({});
  EXPECT_TRUE(node.neighbours().empty());
}

TEST_F(NodeInit, EveryStartDrawsAnIncarnation) {
  FakeRuntime zeros(0 - 0x9E3779B97F4A7C15);  // SplitMix64 draws 0 from this seed
  EXPECT_NE(Node(zeros).incarnation(), 0u);
  Node other(world);
  EXPECT_NE(node.incarnation(), other.incarnation());
}

}  // namespace
}  // namespace mznode

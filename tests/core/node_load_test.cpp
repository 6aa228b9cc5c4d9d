#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "mznode/node/fake_runtime.hpp"
#include "mznode/node/node.hpp"

// What waits is bounded: requests whose handlers wait, and requests of the node's own.
namespace mznode {
namespace {

struct Number {
  std::int64_t number = 0;
  MZNODE_FIELDS(number)
};

class NodeLoad : public testing::Test {
 protected:
  void SetUp() override {
    node.on("wait", this, &NodeLoad::wait);
    node.on("at_once", [this] { ++handled; });
    world.init(node, "n1", {"n1", "n2"});
  }

  Task<> wait() {
    ++handled;
    const Duration long_time = 3s;
    co_await node.sleep(long_time);
  }
  void ask(const char* src, std::size_t count, const std::string& padding = "") {
    const std::string body = R"({"type":"wait","msg_id":1,"padding":")" + padding + "\"}";
    for (std::size_t i = 0; i < count; ++i) world.deliver(src, body);
  }
  /// The codes of the errors among the replies, and 0 for those that are none.
  std::vector<int> answers() {
    std::vector<int> codes;
    for (const auto& message : world.take_all()) codes.push_back(message.body.value().value("code", 0));
    return codes;
  }

  FakeRuntime world;
  Node node{world};
  std::size_t handled = 0;
};

TEST_F(NodeLoad, OneRequestTooManyIsRefusedForCertain) {
  ask("c1", Node::max_open_requests);
  EXPECT_TRUE(world.sent().empty());
  ask("c2", 1);
  EXPECT_EQ(answers(), std::vector<int>{11});
  EXPECT_EQ(handled, Node::max_open_requests) << "its handler must not have been called";
  // What does not wait is handled all the same, and so is what nodes ask of each other.
  world.deliver("c1", R"({"type":"at_once","msg_id":2})");
  EXPECT_EQ(answers(), std::vector<int>{0});
  ask("n2", 1);
  EXPECT_EQ(handled, Node::max_open_requests + 2);
  world.advance(3s);
  EXPECT_EQ(answers(), std::vector<int>(Node::max_open_requests + 1, 0));
  // Those have made room.
  ask("c1", Node::max_open_requests);
  EXPECT_TRUE(world.sent().empty());
}

TEST_F(NodeLoad, NodesHaveABoundOfTheirOwn) {
  ask("n2", Node::max_open_requests + 1);
  EXPECT_EQ(answers(), std::vector<int>{11});
  ask("c1", 1);
  EXPECT_TRUE(world.sent().empty());
}

TEST_F(NodeLoad, BytesAreCountedAsWell) {
  const std::string half(Node::max_open_bytes / 2, 'x');
  ask("c1", 2, half);
  EXPECT_EQ(answers(), std::vector<int>{11});
  world.advance(3s);
  world.take_all();
  // One that is larger than the bound gets its turn.
  const std::string all(Node::max_open_bytes, 'x');
  ask("c1", 2, all);
  EXPECT_EQ(answers(), std::vector<int>{11});
}

TEST_F(NodeLoad, ARequestThatCannotBeDecodedTakesNoRoom) {
  node.on("typed", [this](Number) -> Task<> { return wait(); });
  for (std::size_t i = 0; i < Node::max_open_requests + 5; ++i) world.deliver("c1", R"({"type":"typed","msg_id":1})");
  EXPECT_EQ(answers(), std::vector<int>(Node::max_open_requests + 5, 12));
  ask("c1", Node::max_open_requests);
  EXPECT_TRUE(world.sent().empty());
}

TEST_F(NodeLoad, TooManyRequestsOfItsOwnAreNotSent) {
  struct Asker {
    static Task<> ask(Node* node, std::vector<ErrorCode>* failures) {
      try {
        co_await node->rpc("lin-kv", "read");
      } catch (const Error& error) {
        EXPECT_TRUE(error.is_received());
        failures->push_back(error.code());
      }
    }
  };
  std::vector<ErrorCode> failures;
  for (std::size_t i = 0; i < Node::max_calls + 3; ++i) node.spawn(Asker::ask(&node, &failures));
  EXPECT_EQ(world.take_all().size(), Node::max_calls);
  EXPECT_EQ(failures, std::vector<ErrorCode>(3, ErrorCode::temporarily_unavailable));
  world.advance(1s);
  EXPECT_EQ(failures.size(), Node::max_calls + 3);
  node.spawn(Asker::ask(&node, &failures));
  EXPECT_EQ(world.take_all().size(), 1u);
}

TEST_F(NodeLoad, OneRequestAsksForManyThingsSomeAtATime) {
  struct Asker {
    static Task<std::size_t> ask(Node* node, std::size_t number) {
      co_await node->rpc("lin-kv", "read");
      co_return number;
    }
    static Task<> ask_all(Node* node, std::vector<std::size_t>* results) {
      std::vector<Task<std::size_t>> tasks;
      for (std::size_t i = 0; i < 2 * Node::max_branches + 5; ++i) tasks.push_back(ask(node, i));
      auto all = co_await node->when_all(std::move(tasks));
      *results = std::move(all);
    }
  };
  std::vector<std::size_t> results;
  node.spawn(Asker::ask_all(&node, &results));
  for (const std::size_t expected : {Node::max_branches, Node::max_branches, std::size_t{5}}) {
    const auto asked = world.take_all();
    EXPECT_EQ(asked.size(), expected);
    for (const SentMessage& request : asked) world.reply(request, "read_ok");
  }
  ASSERT_EQ(results.size(), 2 * Node::max_branches + 5);
  for (std::size_t i = 0; i < results.size(); ++i) EXPECT_EQ(results[i], i);
}

}  // namespace
}  // namespace mznode

#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "lin_kv/lin_kv.hpp"
#include "mznode/node/fake_runtime.hpp"

namespace mznode::linearizable_kv {

struct Code {
  int code = -1;
  MZNODE_FIELDS(code)
};

/// The node n1 of a cluster, with a client c1; the test is all the other nodes.
class KvNode : public testing::Test {
 protected:
  explicit KvNode(StrategyInfo strategy_info) : info(std::move(strategy_info)) {}

  void start(const std::vector<std::string>& nodes) {
    const OptionValues options(info.options, {});
    node.set_client_timeout(1s);
    strategy = info.install(node, options);
    world.init(node, "n1", nodes);
  }
  void ask(int msg_id, const std::string& fields) {
    world.deliver("c1", R"({"msg_id":)" + std::to_string(msg_id) + "," + fields + "}");
  }
  void read(int msg_id) { ask(msg_id, R"("type":"read","key":1)"); }
  void write(int msg_id) { ask(msg_id, R"("type":"write","key":1,"value":2)"); }
  void cas(int msg_id, int from) {
    ask(msg_id, R"("type":"cas","key":1,"from":)" + std::to_string(from) + R"(,"to":3)");
  }
  /// The messages of a type that were sent since the last call, and all others forgotten.
  std::vector<SentMessage> sent(const std::string& type) {
    auto all = world.take_all();
    std::erase_if(all, [&](const SentMessage& message) { return message.type != type; });
    return all;
  }
  /// The code of the only error that the client has got; -1 when it got none.
  int error_code() {
    const auto errors = sent("error");
    if (errors.size() != 1 || errors[0].dest != "c1") return -1;
    return errors[0].as<Code>().code;
  }

  FakeRuntime world;
  const StrategyInfo info;
  std::unique_ptr<Strategy> strategy;  // the node's tasks use it until the end
  Node node{world};
};

}  // namespace mznode::linearizable_kv

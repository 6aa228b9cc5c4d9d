#include <gtest/gtest.h>

#include "mznode/node/fake_runtime.hpp"
#include "mznode/node/node.hpp"

namespace mznode {
namespace {

struct Part {
  std::uint64_t count = 0;
  MZNODE_FIELDS(count)
};
struct Told {
  std::uint64_t life = 0;
  std::uint64_t count = 0;
  std::optional<std::int64_t> offset;
  std::vector<Part> inner;
  MZNODE_FIELDS(life, count, offset, inner)
  MZNODE_IDENTITIES(life)
  void validate() const { demand(count != 13, "nobody counts to 13"); }
};

class NodePeer : public testing::Test {
 protected:
  void SetUp() override {
    node.on_peer("told", this, &NodePeer::hear);
    node.on_peer("slow", [](Told) -> Task<> { co_return; });
    world.init(node, "n1", {"n1", "n2"});
  }
  void hear(Told told) { got.push_back(told); }
  /// The code of the error that is answered; 0 when it is not one.
  int code(const std::string& src, const std::string& fields, const std::string& type = "told") {
    world.deliver(src, R"({"type":")" + type + R"(","msg_id":1,)" + fields + "}");
    const Json body = world.take().body;
    const std::string text = body.text();
    const auto at = text.find("\"code\":");
    return at == std::string::npos ? 0 : std::stoi(text.substr(at + 7));
  }

  FakeRuntime world;
  Node node{world};
  std::vector<Told> got;
};

const std::string sound = R"("life":18446744073709551615,"count":4611686018427387904,"inner":[])";

TEST_F(NodePeer, HearsItsPeersAndNobodyElse) {
  EXPECT_EQ(code("n2", sound), 0);
  EXPECT_EQ(code("n2", sound, "slow"), 0);
  for (const char* src : {"c1", "n1", "n3", "lin-kv"}) {
    EXPECT_EQ(code(src, sound), 12) << src;
    EXPECT_EQ(code(src, sound, "slow"), 12) << src;
  }
  EXPECT_EQ(got.size(), 1u);
}

TEST_F(NodePeer, IsToldNoNumbersThatAreNoCountsButForIdentities) {
  for (const char* fields :
       {R"("life":1,"count":4611686018427387905,"inner":[])", R"("life":1,"count":18446744073709551615,"inner":[])",
        R"("life":1,"count":-1,"inner":[])", R"("life":1,"count":1,"offset":-1,"inner":[])",
        R"("life":1,"count":1,"offset":9223372036854775807,"inner":[])",
        R"("life":1,"count":1,"inner":[{"count":1},{"count":9223372036854775808}])",
        R"("life":1,"count":13,"inner":[])", R"("life":1,"count":null,"inner":[])", R"("life":1,"inner":[])"}) {
    EXPECT_EQ(code("n2", fields), 12) << fields;
  }
  EXPECT_TRUE(got.empty());
}

TEST_F(NodePeer, LogsWhatItRefusesOnceASecondAtMost) {
  const auto refuse = [this] { world.deliver("c1", R"({"type":"told","life":1})"); };
  for (int i = 0; i < 100; ++i) refuse();
  EXPECT_TRUE(world.take_all().empty()) << "who gives no id is not answered";
  EXPECT_EQ(world.logs().size(), 1u);
  EXPECT_TRUE(world.logged(LogLevel::warn, "refused a message of type told from c1"));
  world.advance(1s);
  refuse();
  EXPECT_EQ(world.logs().size(), 2u);
  EXPECT_NE(world.logs().back().text.find("others since the last line like this: 99"), std::string::npos);
}

TEST(WithinReach, LeavesRoomToGrow) {
  EXPECT_NO_THROW(demand_within_reach("term", 5, 5));
  EXPECT_NO_THROW(demand_within_reach("term", 1, 5));
  EXPECT_NO_THROW(demand_within_reach("term", 5 + longest_leap, 5));
  EXPECT_THROW(demand_within_reach("term", 6 + longest_leap, 5), Error);
  EXPECT_NO_THROW(demand_within_reach("term", largest_count, largest_count - 1));
  EXPECT_THROW(demand_within_reach("term", largest_count + 1, largest_count), Error);
  EXPECT_THROW(demand_within_reach("term", UINT64_MAX, largest_count), Error);
}

}  // namespace
}  // namespace mznode

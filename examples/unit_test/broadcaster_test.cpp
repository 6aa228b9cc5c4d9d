// Nodes in the hands of a unit test: one that loses what it likes, by hand and by seed.
#include "broadcaster.hpp"

#include <mznode/testing.hpp>

namespace {

using std::chrono::seconds;

std::shared_ptr<void> install(mznode::Node& node) {
  return std::make_shared<Broadcaster>(node);
}

std::string read(mznode::Cluster& cluster, const std::string& node) {
  cluster.request("c1", node, R"({"type":"read","msg_id":9})");
  return cluster.take_replies("c1").back().body.text();
}

TEST(Broadcaster, TellsAgainWhatWasLost) {
  mznode::Cluster cluster({"n1", "n2"}, install);
  cluster.request("c1", "n1", R"({"type":"broadcast","msg_id":1,"message":7})");
  cluster.drop_all();
  cluster.advance(seconds(1));
  cluster.deliver_all();
  EXPECT_EQ(read(cluster, "n2"), R"({"type":"read_ok","in_reply_to":9,"messages":[7]})");
}

TEST(Broadcaster, TellsOnlyItsNeighbours) {
  mznode::Cluster cluster({"n1", "n2", "n3"}, install);
  for (const char* node : {"n1", "n2", "n3"}) {
    cluster.request("c1", node,
                    R"({"type":"topology","msg_id":1,"topology":{"n1":["n2"],"n2":["n1","n3"],"n3":["n2"]}})");
  }
  cluster.request("c1", "n1", R"({"type":"broadcast","msg_id":2,"message":7})");
  ASSERT_EQ(cluster.in_flight().size(), 1u);
  EXPECT_EQ(cluster.in_flight()[0].dest, "n2");
  cluster.deliver_all();
  EXPECT_EQ(read(cluster, "n3"), R"({"type":"read_ok","in_reply_to":9,"messages":[7]})");
}

TEST(Broadcaster, ReachesAllWhicheverMessagesAreLostAndDoubled) {
  for (const std::uint64_t seed : mznode::seeds(1, 200)) {
    mznode::Cluster cluster({"n1", "n2", "n3"}, install, seed);
    cluster.request("c1", "n1", R"({"type":"broadcast","msg_id":1,"message":7})");
    for (int i = 0; i < 5 && !cluster.in_flight().empty(); ++i) {
      cluster.duplicate(0);
      cluster.deliver_any();
      if (!cluster.in_flight().empty()) cluster.drop(cluster.in_flight().size() - 1);
    }
    cluster.advance(seconds(2));
    cluster.deliver_all();
    EXPECT_EQ(read(cluster, "n3"), R"({"type":"read_ok","in_reply_to":9,"messages":[7]})");
  }
}

}  // namespace

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "dissemination/disseminator.hpp"

namespace mznode::dissemination {
namespace {

/// A small cluster on a network that does what the seed says: it loses, repeats and delays messages, processes restart
/// with empty memory, and targets change.
class Cluster {
 public:
  struct Faults {
    bool relay = true;
    unsigned loss_percent = 0;
    unsigned duplicate_percent = 0;
    unsigned restart_percent = 0;
    bool retarget = false;
    Duration longest_delay = 50ms;
  };

  Cluster(std::uint64_t seed, std::size_t size, Faults faults) : state_(seed), faults_(faults), nodes_(size) {
    for (std::size_t i = 0; i < size; ++i) start(i);
  }

  std::uint64_t random(std::uint64_t bound) {
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    return (state_ >> 33) % bound;
  }

  /// Adds elements and causes faults for a while.
  void trouble(int steps) {
    for (int step = 0; step < steps; ++step) {
      const std::size_t node = random(nodes_.size());
      if (random(3) == 0) add(node);
      if (random(100) < faults_.restart_percent) start(node);
      if (faults_.retarget && random(10) == 0) target_some(node);
      run_until(now_ + Duration(static_cast<std::int64_t>(random(20'000'000))));
    }
  }

  /// Ends the faults and lets the cluster come to rest. Returns false when it does not within ten minutes.
  bool settle() {
    faults_.loss_percent = faults_.duplicate_percent = 0;
    if (faults_.retarget) {
      for (std::size_t i = 0; i < nodes_.size(); ++i) target_all(i);
    }
    const Time end = now_ + 10min;
    run_until(end);
    return network_.empty() && std::all_of(nodes_.begin(), nodes_.end(),
                                           [](const Node& node) { return node.protocol->next_tick() == Time::max(); });
  }

  /// The elements that at least one process knows.
  std::set<Json> held() const {
    std::set<Json> all;
    for (const Node& node : nodes_) all.insert(node.known.begin(), node.known.end());
    return all;
  }
  bool agrees() const {
    const auto all = held();
    return std::all_of(nodes_.begin(), nodes_.end(), [&](const Node& node) { return node.known == all; });
  }
  std::size_t messages() const { return messages_; }

  void add(std::size_t node) {
    const Json element(next_element_++);
    nodes_[node].known.insert(element);
    nodes_[node].protocol->add(now_, element);
  }
  void start(std::size_t node) {
    nodes_[node] = {};
    nodes_[node].protocol.emplace(Disseminator::Config{.relay = faults_.relay,
                                                       .flush_delay = random(2) * 10ms,
                                                       .ack_delay = 100ms,
                                                       .resend_after = 300ms,
                                                       .announce_delay = 100ms},
                                  ++incarnations_, nodes_.size() - 1);
    target_all(node);
  }
  void run_until(Time end) {
    for (;;) {
      Time next = network_.empty() ? Time::max() : network_.begin()->first.first;
      for (const Node& node : nodes_) next = std::min(next, node.protocol->next_tick());
      if (next > end) break;
      now_ = std::max(now_, next);
      while (!network_.empty() && network_.begin()->first.first <= now_) arrive();
      for (std::size_t i = 0; i < nodes_.size(); ++i) {
        for (auto& [peer, delta] : nodes_[i].protocol->take_effects(now_)) send(i, other(i, peer), delta);
      }
    }
    now_ = end;
  }

 private:
  struct Node {
    std::optional<Disseminator> protocol;
    std::set<Json> known;
  };
  struct Packet {
    std::size_t from;
    std::size_t to;
    Delta delta;
  };

  // Peers are numbered without the node itself.
  static std::size_t other(std::size_t node, Peer peer) { return peer < node ? peer : peer + 1; }
  static Peer peer_of(std::size_t node, std::size_t other) { return other < node ? other : other - 1; }

  void target_all(std::size_t node) {
    std::vector<Peer> all;
    for (Peer peer = 0; peer + 1 < nodes_.size(); ++peer) {
      // A relaying cluster is a ring; otherwise everybody talks to everybody.
      const std::size_t distance = (other(node, peer) + nodes_.size() - node) % nodes_.size();
      if (!faults_.relay || distance == 1 || distance == nodes_.size() - 1) all.push_back(peer);
    }
    nodes_[node].protocol->set_targets(now_, all);
  }
  void target_some(std::size_t node) {
    std::vector<Peer> some;
    for (Peer peer = 0; peer + 1 < nodes_.size(); ++peer) {
      if (random(2) == 0) some.push_back(peer);
    }
    nodes_[node].protocol->set_targets(now_, some);
  }
  void send(std::size_t from, std::size_t to, const Delta& delta) {
    ++messages_;
    const auto copies =
        (random(100) < faults_.loss_percent ? 0u : 1u) + (random(100) < faults_.duplicate_percent ? 1u : 0u);
    for (unsigned copy = 0; copy < copies; ++copy) {
      const Duration delay(
          static_cast<std::int64_t>(random(static_cast<std::uint64_t>(faults_.longest_delay.count())) + 1));
      network_.emplace(std::pair(now_ + delay, ++packets_), Packet{from, to, delta});
    }
  }
  void arrive() {
    const Packet packet = std::move(network_.begin()->second);
    network_.erase(network_.begin());
    Node& node = nodes_[packet.to];
    const Peer from = peer_of(packet.to, packet.from);
    node.protocol->receive(now_, from, packet.delta);
    for (const Json& element : packet.delta.elements) {
      if (node.known.insert(element).second) node.protocol->learn(now_, from, element);
    }
  }

  std::uint64_t state_;
  Faults faults_;
  std::vector<Node> nodes_;
  Time now_{};
  std::map<std::pair<Time, std::uint64_t>, Packet> network_;
  std::uint64_t packets_ = 0;
  std::size_t messages_ = 0;
  Incarnation incarnations_ = 0;
  std::int64_t next_element_ = 0;
};

void expect_convergence(Cluster::Faults faults, std::uint64_t seeds) {
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    Cluster cluster(seed, 2 + seed % 4, faults);
    cluster.trouble(100);
    const auto held = cluster.held();
    const bool silent = cluster.settle();
    ASSERT_TRUE(silent) << "still talking after ten minutes, seed " << seed;
    ASSERT_TRUE(cluster.agrees()) << "the nodes differ, seed " << seed;
    const auto kept = cluster.held();
    for (const Json& element : held)
      ASSERT_TRUE(kept.contains(element)) << "lost " << element.text() << ", seed " << seed;
  }
}

TEST(DisseminatorConverges, OnAGoodNetwork) {
  expect_convergence({}, 100);
}
TEST(DisseminatorConverges, WithoutRelayToo) {
  expect_convergence({.relay = false}, 100);
}
TEST(DisseminatorConverges, DespiteLossDuplicationAndReordering) {
  expect_convergence({.loss_percent = 30, .duplicate_percent = 30, .longest_delay = 500ms}, 200);
  expect_convergence({.relay = false, .loss_percent = 30, .duplicate_percent = 30, .longest_delay = 500ms}, 200);
}
TEST(DisseminatorConverges, DespiteRestarts) {
  expect_convergence({.restart_percent = 10}, 200);
  expect_convergence({.loss_percent = 20, .duplicate_percent = 20, .restart_percent = 10, .longest_delay = 1s}, 400);
}
TEST(DisseminatorConverges, DespiteChangesOfTheTopology) {
  expect_convergence({.loss_percent = 20, .retarget = true, .longest_delay = 200ms}, 200);
  expect_convergence({.relay = false, .loss_percent = 20, .retarget = true, .longest_delay = 200ms}, 200);
}

TEST(DisseminatorSilence, ComesAfterOneDeltaAndOneAcknowledgementALink) {
  Cluster cluster(1, 2, {});
  ASSERT_TRUE(cluster.settle());
  const std::size_t before = cluster.messages();
  cluster.add(0);
  ASSERT_TRUE(cluster.settle());
  EXPECT_EQ(cluster.messages() - before, 2u);
}

TEST(DisseminatorRefill, ARestartedProcessGetsBackWhatOnlyItHadSaid) {
  Cluster cluster(1, 2, {});
  cluster.add(0);
  ASSERT_TRUE(cluster.settle());
  cluster.start(0);
  ASSERT_TRUE(cluster.settle());
  EXPECT_EQ(cluster.held().size(), 1u);
  EXPECT_TRUE(cluster.agrees());
}

}  // namespace
}  // namespace mznode::dissemination

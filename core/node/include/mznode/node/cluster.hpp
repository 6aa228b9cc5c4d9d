#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "mznode/node/fake_runtime.hpp"
#include "mznode/node/node.hpp"

namespace mznode {

/// Several nodes in memory, for tests, with the network between them in the test's hands: what a node sends lies in
/// flight until the test delivers or drops it, in any order, by hand or by seed. Time moves when it is told to.
///
///     Cluster cluster({"n1", "n2"}, [](Node& node) { return std::make_shared<Broadcaster>(node); });
///     cluster.request("c1", "n1", R"({"type":"broadcast","msg_id":1,"message":7})");
///     cluster.drop_all();
///     cluster.advance(1s);  // the node sends again
///     cluster.deliver_all();
///     cluster.request("c1", "n2", R"({"type":"read","msg_id":2})");
///     EXPECT_EQ(cluster.take_replies("c1").back().body.text(),
///     R"({"type":"read_ok","in_reply_to":2,"messages":[7]})");
class Cluster {
 public:
  /// Sets a node up; what it returns lives as long as the node.
  using Installer = std::function<std::shared_ptr<void>(Node&)>;

  /// Starts the nodes of these ids and initialises them. `seed` gives the nodes' chance and that of deliver_any().
  Cluster(std::vector<std::string> ids, Installer install, std::uint64_t seed = 1);

  /// A message of a client, which arrives at once. `body` is the text of a JSON object.
  void request(std::string_view client, std::string_view node, std::string_view body);
  /// What the nodes have said to a client since the last time, oldest first.
  std::vector<SentMessage> take_replies(std::string_view client);

  /// What nodes sent to each other and to services, oldest first.
  const std::vector<SentMessage>& in_flight() const { return in_flight_; }
  /// Delivers a message in flight, by its place; what it makes the node send joins those in flight. To a node that is
  /// dead, or to a service, it is lost. Throws std::out_of_range.
  void deliver(std::size_t place = 0);
  /// Delivers a message again: it stays in flight.
  void duplicate(std::size_t place);
  void drop(std::size_t place);
  void drop_all() { in_flight_.clear(); }
  /// Delivers one that the seed draws. False when none is in flight.
  bool deliver_any();
  /// Delivers, oldest first, until none is in flight. Throws std::logic_error when that does not end.
  void deliver_all();
  /// Drops what is in flight between two nodes, in either direction.
  void drop_between(std::string_view a, std::string_view b);
  /// Answers a request to a service that is in flight, and takes it out.
  void answer(std::size_t place, std::string_view type, const Json& fields = Json::from_valid("{}"));

  /// Moves the time of all nodes on; their timers run in the order of their times.
  void advance(Duration duration);
  Time now() const { return now_; }

  /// Ends a node's process: its memory is gone, what it has synced to its storage stays.
  void kill(const std::string& node);
  /// Starts and initialises it again.
  void start(const std::string& node);
  bool is_alive(const std::string& node) const { return lives_.at(node).node != nullptr; }
  /// What the node's process runs in, for its logs and storage.
  FakeRuntime& world(const std::string& node) { return *lives_.at(node).world; }

 private:
  struct Life {
    std::unique_ptr<FakeRuntime> world;
    std::shared_ptr<void> installed;
    std::unique_ptr<Node> node;
  };

  const SentMessage& at(std::size_t place) const { return in_flight_.at(place); }
  SentMessage take(std::size_t place);
  void hand_over(const SentMessage& message);
  /// Moves what the node sent to where it waits.
  void collect(const std::string& node);

  std::vector<std::string> ids_;
  Installer install_;
  FakeRuntime chance_;
  Time now_{};
  std::map<std::string, Life, std::less<>> lives_;
  std::vector<SentMessage> in_flight_;
  /// Of every client that has asked something.
  std::map<std::string, std::vector<SentMessage>, std::less<>> replies_;
};

}  // namespace mznode

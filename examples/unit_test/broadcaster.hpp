#pragma once

// The class of ../broadcast.cpp in a header, as a program and its tests would share it.
#include <mznode/mznode.hpp>
#include <set>

struct Broadcast {
  mznode::Json message;
  MZNODE_FIELDS(message)
  static constexpr bool idempotent = true;
};
struct ReadOk {
  std::vector<mznode::Json> messages;
  MZNODE_FIELDS(messages)
};
struct TopologyMessage {
  mznode::Topology topology;
  MZNODE_FIELDS(topology)
};

class Broadcaster {
 public:
  explicit Broadcaster(mznode::Node& node) : node_(node) {
    node.on("topology", [&node](TopologyMessage request) { node.set_topology(request.topology); });
    node.on("read", [this] { return ReadOk{{seen_.begin(), seen_.end()}}; });
    node.on("broadcast", this, &Broadcaster::take);
  }

 private:
  void take(Broadcast broadcast, mznode::Request request) {
    if (!seen_.insert(broadcast.message).second) return;
    for (const std::string& neighbour : node_.neighbours()) {
      if (neighbour != request.src) node_.spawn(pass_on(neighbour, broadcast));
    }
  }
  mznode::Task<> pass_on(std::string neighbour, Broadcast broadcast) {
    const mznode::RetryPolicy for_a_day{.deadline = std::chrono::hours(24)};
    co_await node_.retry(neighbour, "broadcast", broadcast, for_a_day);
  }

  mznode::Node& node_;
  std::set<mznode::Json> seen_;
};

// Step 3: collect what is new for a while; one message and one answer then serve all of it.
#include <map>
#include <mznode/mznode.hpp>
#include <set>

using namespace mznode;

struct Broadcast {
  Json message;
  MZNODE_FIELDS(message)
};
struct ReadOk {
  std::vector<Json> messages;
  MZNODE_FIELDS(messages)
};
struct TopologyMessage {
  Topology topology;
  MZNODE_FIELDS(topology)
};
struct Gossip {
  std::vector<Json> messages;
  MZNODE_FIELDS(messages)
};

class Broadcaster {
 public:
  explicit Broadcaster(Node& node) : node_(node) {
    node.on("topology", [&node](TopologyMessage request) { node.set_topology(request.topology); });
    node.on("read", [this] { return ReadOk{{seen_.begin(), seen_.end()}}; });
    node.on("broadcast", [this](Broadcast request) { add(request.message, {}); });
    node.on("gossip", [this](Gossip gossip, Request request) {
      for (const Json& message : gossip.messages) add(message, request.src);
    });
    node.every(window, [this] { flush(); });
  }

 private:
  static constexpr Duration window = 200ms;

  void add(const Json& message, const std::string& from) {
    if (!seen_.insert(message).second) return;
    for (const std::string& neighbour : node_.neighbours()) {
      if (neighbour != from) untold_[neighbour].insert(message);
    }
  }
  void flush() {
    for (const auto& [neighbour, messages] : untold_) {
      if (!messages.empty()) node_.spawn(tell(neighbour, {{messages.begin(), messages.end()}}));
    }
  }
  Task<> tell(std::string neighbour, Gossip gossip) {
    // Without an answer this throws: the messages stay untold, and the next window repeats them.
    co_await node_.rpc(neighbour, "gossip", gossip);
    for (const Json& message : gossip.messages) untold_[neighbour].erase(message);
  }

  Node& node_;
  std::set<Json> seen_;
  std::map<std::string, std::set<Json>> untold_;
};

int main() {
  return run<Broadcaster>();
}

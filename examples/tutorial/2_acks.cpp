// Step 2: ask for an answer, and repeat until it comes.
#include <mznode/mznode.hpp>
#include <set>

using namespace mznode;

struct Broadcast {
  Json message;
  MZNODE_FIELDS(message)
  static constexpr bool idempotent = true;  // a set does not mind to hear twice
};
struct ReadOk {
  std::vector<Json> messages;
  MZNODE_FIELDS(messages)
};
struct TopologyMessage {
  Topology topology;
  MZNODE_FIELDS(topology)
};

class Broadcaster {
 public:
  explicit Broadcaster(Node& node) : node_(node) {
    node.on("topology", [&node](TopologyMessage request) { node.set_topology(request.topology); });
    node.on("read", [this] { return ReadOk{{seen_.begin(), seen_.end()}}; });
    node.on("broadcast", this, &Broadcaster::take);
  }

 private:
  void take(Broadcast broadcast, Request request) {
    if (!seen_.insert(broadcast.message).second) return;
    for (const std::string& neighbour : node_.neighbours()) {
      if (neighbour != request.src) node_.spawn(tell(neighbour, broadcast));
    }
  }
  Task<> tell(std::string neighbour, Broadcast broadcast) {
    const RetryPolicy outlasts_partitions{.deadline = 24h};
    co_await node_.retry(neighbour, "broadcast", broadcast, outlasts_partitions);
  }

  Node& node_;
  std::set<Json> seen_;
};

int main() {
  return run<Broadcaster>();
}

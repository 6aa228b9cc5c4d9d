// Step 4: a hub in the middle spares messages. When it does not answer, the next node takes its place.
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
struct Gossip {
  std::vector<Json> messages;
  /// The receiver is asked to tell all others, which makes it a hub.
  bool relay = false;
  MZNODE_FIELDS(messages, relay)
};

class Broadcaster {
 public:
  explicit Broadcaster(Node& node) : node_(node) {
    node.on("topology", [] {});  // the hub is a topology of our own
    node.on("read", [this] { return ReadOk{{seen_.begin(), seen_.end()}}; });
    node.on("broadcast", [this](Broadcast request) { add(request.message); });
    node.on("gossip", [this](Gossip gossip, Request request) {
      for (const Json& message : gossip.messages) {
        if (seen_.insert(message).second && gossip.relay) tell_all_but(request.src, message);
      }
    });
    node.every(window, [this] { flush(); });
  }

 private:
  static constexpr Duration window = 200ms;

  const std::string& hub() const { return node_.node_ids()[hub_]; }

  void add(const Json& message) {
    if (!seen_.insert(message).second) return;
    if (hub() == node_.id()) {
      tell_all_but("", message);
    } else {
      untold_[hub()].insert(message);
    }
  }
  void tell_all_but(const std::string& source, const Json& message) {
    for (const std::string& peer : node_.peers()) {
      if (peer != source) untold_[peer].insert(message);
    }
  }

  void flush() {
    for (const auto& [peer, messages] : untold_) {
      if (!messages.empty()) node_.spawn(tell(peer, {{messages.begin(), messages.end()}, peer == hub()}));
    }
  }
  Task<> tell(std::string peer, Gossip gossip) {
    try {
      co_await node_.rpc(peer, "gossip", gossip);
      for (const Json& message : gossip.messages) untold_[peer].erase(message);
    } catch (const Error&) {
      // Whoever is no hub stays untold until it answers.
      if (gossip.relay && peer == hub()) fail_over();
    }
  }
  /// What the old hub was not told, or did not confirm, goes to the next one too. It may be this node itself.
  void fail_over() {
    const std::set<Json> untold = untold_[hub()];
    hub_ = (hub_ + 1) % node_.node_ids().size();
    for (const Json& message : untold) {
      if (hub() == node_.id()) {
        tell_all_but("", message);
      } else {
        untold_[hub()].insert(message);
      }
    }
  }

  Node& node_;
  std::size_t hub_ = 0;
  std::set<Json> seen_;
  std::map<std::string, std::set<Json>> untold_;
};

int main() {
  return run<Broadcaster>();
}

#include "broadcast/serve.hpp"

namespace mznode::broadcast {
namespace {

/// As ReadOk, without a copy of what may be long.
struct Elements {
  const Json& messages;
  MZNODE_FIELDS(messages)
};

}  // namespace

void serve(Node& node, dissemination::Gossip& gossip) {
  node.on("broadcast", [&gossip](Broadcast request) { gossip.add(request.message); });
  node.on("read", [&gossip] { return Elements{gossip.elements().to_json()}; });
}

void ignore_topology(Node& node) {
  node.on("topology", [](TopologyMessage) {});
}

}  // namespace mznode::broadcast

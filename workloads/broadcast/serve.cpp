#include "workloads/broadcast/serve.hpp"

namespace mznode::broadcast {

void serve(Node& node, dissemination::Gossip& gossip) {
  node.on("broadcast", [&gossip](Broadcast request) { gossip.add(request.message); });
  node.on("read", [&gossip] { return ReadOk{gossip.elements().to_json()}; });
}

void ignore_topology(Node& node) {
  node.on("topology", [](TopologyMessage) {});
}

}  // namespace mznode::broadcast

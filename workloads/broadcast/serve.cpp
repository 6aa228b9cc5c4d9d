#include "broadcast/serve.hpp"

namespace mznode::broadcast {
namespace {

/// As ReadOk, without a copy of what may be long.
struct Elements {
  const Json& messages;
  MZNODE_FIELDS(messages)
};

}  // namespace

void serve(Node& node, dissemination::Replicator& replicator) {
  node.on("broadcast", [&replicator](Broadcast request) { replicator.add(request.message); });
  node.on("read", [&replicator] { return Elements{replicator.elements().to_json()}; });
}

void serve_without_topology(Node& node, dissemination::Replicator& replicator) {
  serve(node, replicator);
  node.on("topology", [](TopologyMessage) {});
}

}  // namespace mznode::broadcast

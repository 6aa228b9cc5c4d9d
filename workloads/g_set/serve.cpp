#include "g_set/serve.hpp"

namespace mznode::g_set {
namespace {

/// As ReadOk, without a copy of what may be long.
struct Elements {
  const Json& value;
  MZNODE_FIELDS(value)
};

}  // namespace

void serve(Node& node, dissemination::Gossip& gossip) {
  node.on("add", [&gossip](Add request) { gossip.add(request.element); });
  node.on("read", [&gossip] { return Elements{gossip.elements().to_json()}; });
}

}  // namespace mznode::g_set

#include "g_set/serve.hpp"

namespace mznode::g_set {
namespace {

/// As ReadOk, without a copy of what may be long.
struct Elements {
  const Json& value;
  MZNODE_FIELDS(value)
};

}  // namespace

void serve(Node& node, dissemination::Replicator& replicator) {
  node.on("add", [&replicator](Add request) { replicator.add(request.element); });
  node.on("read", [&replicator] { return Elements{replicator.elements().to_json()}; });
}

}  // namespace mznode::g_set

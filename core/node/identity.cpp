#include "mznode/node/identity.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <stdexcept>

#include "mznode/json/error.hpp"

namespace mznode {
namespace {

/// Throws Error malformed_request unless the names could be those of a cluster: what is sent to a name must reach that
/// node and nobody else, and Maelstrom stops listening to a node that writes to somebody who does not exist.
void demand_cluster(const InitMessage& init) {
  const auto refuse = [](const std::string& why) { throw Error(ErrorCode::malformed_request, why); };
  if (init.node_id.empty()) refuse("field \"node_id\" is empty; give the node a name");
  std::set<std::string_view> known;
  for (const std::string& name : init.node_ids) {
    if (name.empty()) refuse("field \"node_ids\" has an empty name; give every node one");
    if (!known.insert(name).second)
      refuse("field \"node_ids\" has " + name + " twice; give every node a name of its own");
    if (is_service_name(name) || is_client_name(name)) {
      refuse("field \"node_ids\": no node can be called " + name + ", which is the name of a " +
             (is_service_name(name) ? "service" : "client"));
    }
  }
  if (!known.contains(init.node_id)) refuse("field \"node_ids\": expected it to contain node_id " + init.node_id);
}

}  // namespace

void Identity::adopt(InitMessage init) {
  demand_cluster(init);
  id_ = std::move(init.node_id);
  node_ids_ = std::move(init.node_ids);
  std::copy_if(node_ids_.begin(), node_ids_.end(), std::back_inserter(peers_),
               [this](const std::string& name) { return name != id_; });
}

void Identity::forget() {
  id_.clear();
  node_ids_.clear();
  peers_.clear();
}

bool Identity::is_peer(std::string_view name) const {
  return std::find(peers_.begin(), peers_.end(), name) != peers_.end();
}

bool Identity::is_client(std::string_view name) const {
  return name != id_ && !is_peer(name) && !is_service_name(name);
}

void Identity::demand_reachable(std::string_view dest) const {
  if (id_.empty()) throw std::logic_error("nothing can be sent before init; let on_init do it");
  const bool known = dest == id_ || is_peer(dest) || is_service_name(dest) || (dest.size() > 1 && dest.front() == 'c');
  // Maelstrom stops listening to a node that writes to somebody who does not exist. The error counts as received: that
  // a peer is missing does not tell the client that nothing of its request took effect.
  if (!known) throw Error::received(ErrorCode::node_not_found, "there is no node " + std::string(dest));
}

std::vector<std::string> Identity::set_topology(const Topology& topology) {
  std::vector<std::string> strangers;
  std::vector<std::string> neighbours;
  if (const auto row = topology.find(id_); row != topology.end()) {
    for (const auto& name : row->second) (is_peer(name) ? neighbours : strangers).push_back(name);
  }
  neighbours_ = std::move(neighbours);
  return strangers;
}

}  // namespace mznode

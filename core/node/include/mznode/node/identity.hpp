#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mznode/node/names.hpp"
#include "mznode/node/topology.hpp"

namespace mznode {

/// Owns who a node is and whom it knows: what `init` told it, the topology, and what tells its life from others.
class Identity {
 public:
  explicit Identity(std::uint64_t incarnation) : incarnation_(incarnation) {}

  /// Takes the names over. Throws Error malformed_request unless they could be those of a cluster.
  void adopt(InitMessage init);
  /// It is nobody again.
  void forget();
  bool is_known() const { return !id_.empty(); }
  /// True for the names that it has been told.
  bool matches(const InitMessage& init) const { return init.node_id == id_ && init.node_ids == node_ids_; }

  const std::string& id() const { return id_; }
  const std::vector<std::string>& node_ids() const { return node_ids_; }
  const std::vector<std::string>& peers() const { return peers_; }
  bool is_peer(std::string_view name) const;
  bool is_client(std::string_view name) const;
  /// Throws what Node::send promises to throw.
  void demand_reachable(std::string_view dest) const;

  const std::vector<std::string>& neighbours() const { return neighbours_ ? *neighbours_ : peers_; }
  /// Takes this node's row of a topology; returns the names in it that are none of peers, which are left out.
  std::vector<std::string> set_topology(const Topology& topology);

  std::uint64_t incarnation() const { return incarnation_; }
  std::uint64_t next_count() { return ++count_; }

 private:
  std::uint64_t incarnation_;
  std::uint64_t count_ = 0;
  std::string id_;
  std::vector<std::string> node_ids_;
  std::vector<std::string> peers_;
  std::optional<std::vector<std::string>> neighbours_;
};

}  // namespace mznode

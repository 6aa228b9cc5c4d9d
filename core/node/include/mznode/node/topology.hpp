#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace mznode {

/// Who a node gossips with: a row of neighbours for every node, as in Maelstrom's `topology` message.
using Topology = std::map<std::string, std::vector<std::string>>;

// The builders below follow Maelstrom (src/maelstrom/workload/broadcast.clj) where it has a topology of that name, so
// that `--topology` means the same everywhere.

/// Each node with the ones before and after it.
Topology line_topology(const std::vector<std::string>& nodes);
/// A line whose ends meet.
Topology ring_topology(const std::vector<std::string>& nodes);
/// Rows and columns of a square that is as small as can hold all nodes, filled row by row.
Topology grid_topology(const std::vector<std::string>& nodes);
/// A balanced tree, filled level by level; `arity` children a node, at least 1.
Topology tree_topology(const std::vector<std::string>& nodes, std::size_t arity);
/// The first node with all others.
Topology star_topology(const std::vector<std::string>& nodes);
/// Every node with every other.
Topology total_topology(const std::vector<std::string>& nodes);

}  // namespace mznode

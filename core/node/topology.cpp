#include "mznode/node/topology.hpp"

#include <cassert>

namespace mznode {

Topology line_topology(const std::vector<std::string>& nodes) {
  Topology topology;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    auto& neighbours = topology[nodes[i]];
    if (i > 0) neighbours.push_back(nodes[i - 1]);
    if (i + 1 < nodes.size()) neighbours.push_back(nodes[i + 1]);
  }
  return topology;
}

Topology ring_topology(const std::vector<std::string>& nodes) {
  Topology topology = line_topology(nodes);
  if (nodes.size() > 2) {
    topology[nodes.front()].push_back(nodes.back());
    topology[nodes.back()].push_back(nodes.front());
  }
  return topology;
}

Topology grid_topology(const std::vector<std::string>& nodes) {
  std::size_t side = 0;
  while (side * side < nodes.size()) ++side;
  Topology topology;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    auto& neighbours = topology[nodes[i]];
    if (i + side < nodes.size()) neighbours.push_back(nodes[i + side]);
    if (i >= side) neighbours.push_back(nodes[i - side]);
    if (i % side + 1 < side && i + 1 < nodes.size()) neighbours.push_back(nodes[i + 1]);
    if (i % side > 0) neighbours.push_back(nodes[i - 1]);
  }
  return topology;
}

Topology tree_topology(const std::vector<std::string>& nodes, std::size_t arity) {
  assert(arity >= 1);
  Topology topology;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    auto& neighbours = topology[nodes[i]];
    if (i > 0) neighbours.push_back(nodes[(i - 1) / arity]);
    for (std::size_t child = i * arity + 1; child <= i * arity + arity && child < nodes.size(); ++child) {
      neighbours.push_back(nodes[child]);
    }
  }
  return topology;
}

Topology star_topology(const std::vector<std::string>& nodes) {
  Topology topology;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    auto& neighbours = topology[nodes[i]];
    if (i > 0) {
      neighbours.push_back(nodes.front());
      topology[nodes.front()].push_back(nodes[i]);
    }
  }
  return topology;
}

Topology total_topology(const std::vector<std::string>& nodes) {
  Topology topology;
  for (const auto& node : nodes) {
    auto& neighbours = topology[node];
    for (const auto& other : nodes) {
      if (other != node) neighbours.push_back(other);
    }
  }
  return topology;
}

}  // namespace mznode

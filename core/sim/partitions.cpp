#include "partitions.hpp"

#include <algorithm>

#include "mznode/json/codec.hpp"

namespace mznode::sim {
namespace {

using Names = std::vector<std::string>;

/// Both directions of all links between the first `count` nodes and the others.
Grudge split_at(const Names& nodes, std::size_t count) {
  Grudge grudge;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    for (std::size_t k = 0; k < nodes.size(); ++k) {
      if ((i < count) != (k < count)) grudge[nodes[i]].insert(nodes[k]);
    }
  }
  return grudge;
}

/// For up to five nodes: on a random ring each node hears the majority around it.
Grudge perfect_ring(const Names& shuffled) {
  const std::size_t n = shuffled.size();
  const std::size_t majority = n / 2 + 1;
  Grudge grudge;
  for (std::size_t first = 0; first < n; ++first) {
    std::set<std::string> heard;
    for (std::size_t i = 0; i < majority; ++i) heard.insert(shuffled[(first + i) % n]);
    const std::string& middle = shuffled[(first + majority / 2) % n];
    for (const auto& node : shuffled) {
      if (!heard.contains(node)) grudge[middle].insert(node);
    }
  }
  return grudge;
}

/// For more: links are added between the least connected nodes until each has a majority.
Grudge stochastic_ring(const Names& nodes, Random& random) {
  const std::size_t majority = nodes.size() / 2 + 1;
  std::map<std::string, std::set<std::string>> connected;
  for (const auto& node : nodes) connected[node].insert(node);
  const auto degree = [&](const std::string& node) { return connected[node].size(); };
  for (;;) {
    Names order = nodes;
    random.about("which link is added").shuffle(order);
    std::stable_sort(order.begin(), order.end(), [&](const auto& a, const auto& b) { return degree(a) < degree(b); });
    const std::string& a = order.front();
    if (degree(a) >= majority) break;
    const auto b =
        std::find_if(order.begin(), order.end(), [&](const auto& node) { return !connected[a].contains(node); });
    connected[a].insert(*b);
    connected[*b].insert(a);
  }
  Grudge grudge;
  for (const auto& node : nodes) {
    for (const auto& other : nodes) {
      if (!connected[node].contains(other)) grudge[node].insert(other);
    }
  }
  return grudge;
}

}  // namespace

const std::vector<PartitionShape>& partition_shapes() {
  static const std::vector<PartitionShape> all = {PartitionShape::one, PartitionShape::majority,
                                                  PartitionShape::minority_third, PartitionShape::majorities_ring};
  return all;
}

std::string partition_shape_name(PartitionShape shape) {
  switch (shape) {
    case PartitionShape::one: return "one";
    case PartitionShape::majority: return "majority";
    case PartitionShape::minority_third: return "minority-third";
    case PartitionShape::majorities_ring: return "majorities-ring";
  }
  return "?";
}

Grudge make_grudge(PartitionShape shape, const Names& nodes, Random& random) {
  Names shuffled = nodes;
  random.about("who is on which side").shuffle(shuffled);
  switch (shape) {
    case PartitionShape::one: return split_at(shuffled, 1);
    case PartitionShape::majority: return split_at(shuffled, nodes.size() / 2);
    case PartitionShape::minority_third: return split_at(shuffled, (nodes.size() - 1) / 3);
    case PartitionShape::majorities_ring:
      constexpr std::size_t largest_perfect_ring = 5;
      return nodes.size() <= largest_perfect_ring ? perfect_ring(shuffled) : stochastic_ring(shuffled, random);
  }
  return {};
}

Grudge make_one_way_grudge(const Names& nodes, Random& random) {
  Grudge grudge;
  if (nodes.size() < 2) return grudge;
  Names shuffled = nodes;
  random.about("who is on which side").shuffle(shuffled);
  const std::size_t deaf = 1 + random.about("how many are deaf").below(nodes.size() - 1);
  for (std::size_t i = 0; i < deaf; ++i) {
    for (std::size_t k = deaf; k < nodes.size(); ++k) grudge[shuffled[i]].insert(shuffled[k]);
  }
  return grudge;
}

bool Partition::cuts(std::string_view src, std::string_view dest) const {
  const auto found = grudge_.find(std::string(dest));
  return found != grudge_.end() && found->second.contains(std::string(src));
}

Json grudge_value(const Grudge& grudge) {
  std::map<std::string, std::vector<std::string>> value;
  for (const auto& [node, unheard] : grudge) value[node].assign(unheard.begin(), unheard.end());
  return to_json(value);
}

}  // namespace mznode::sim

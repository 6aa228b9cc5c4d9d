#include "mznode/node/topology.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

namespace mznode {
namespace {

std::vector<std::string> names(std::size_t count) {
  std::vector<std::string> nodes;
  for (std::size_t i = 0; i < count; ++i) nodes.push_back("n" + std::to_string(i));
  return nodes;
}

/// A topology as a set of numbered edges, each once: what it is, without the order of neighbours.
using Edges = std::set<std::pair<std::size_t, std::size_t>>;
Edges edges(const Topology& topology) {
  Edges result;
  for (const auto& [node, neighbours] : topology) {
    for (const auto& other : neighbours) {
      const std::size_t a = std::stoul(node.substr(1));
      const std::size_t b = std::stoul(other.substr(1));
      result.emplace(std::min(a, b), std::max(a, b));
    }
  }
  return result;
}

/// Checks what holds for every useful topology: rows for all nodes and nobody else, no loops, no repetitions,
/// symmetric, connected, and at most `max_degree` neighbours.
void expect_sound(const Topology& topology, std::size_t count, std::size_t max_degree) {
  ASSERT_EQ(topology.size(), count);
  for (const auto& [node, neighbours] : topology) {
    EXPECT_LE(neighbours.size(), max_degree) << node;
    EXPECT_EQ(std::set<std::string>(neighbours.begin(), neighbours.end()).size(), neighbours.size()) << node;
    for (const auto& other : neighbours) {
      EXPECT_NE(other, node);
      ASSERT_TRUE(topology.contains(other));
      const auto& back = topology.at(other);
      EXPECT_NE(std::find(back.begin(), back.end(), node), back.end()) << node << " " << other;
    }
  }
  std::set<std::string> reached;
  std::vector<std::string> open = {"n0"};
  while (!open.empty()) {
    const std::string node = open.back();
    open.pop_back();
    if (!reached.insert(node).second) continue;
    open.insert(open.end(), topology.at(node).begin(), topology.at(node).end());
  }
  EXPECT_EQ(reached.size(), count);
}

/// Maelstrom's grid: the side is the ceiling of the square root; node i stands at (i / side, i mod side).
Edges upstream_grid(std::size_t count) {
  const auto side = static_cast<std::size_t>(std::ceil(std::sqrt(static_cast<double>(count))));
  Edges result;
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t k = i + 1; k < count; ++k) {
      const std::size_t rows = k / side - i / side;
      const auto columns = std::max(k % side, i % side) - std::min(k % side, i % side);
      if (rows + columns == 1) result.emplace(i, k);
    }
  }
  return result;
}

class Topologies : public testing::TestWithParam<std::size_t> {};

TEST_P(Topologies, Line) {
  const Topology line = line_topology(names(GetParam()));
  expect_sound(line, GetParam(), 2);
  Edges expected;
  for (std::size_t i = 1; i < GetParam(); ++i) expected.emplace(i - 1, i);
  EXPECT_EQ(edges(line), expected);
}

TEST_P(Topologies, Ring) {
  const Topology ring = ring_topology(names(GetParam()));
  expect_sound(ring, GetParam(), 2);
  EXPECT_EQ(edges(ring).size(), GetParam() > 2 ? GetParam() : GetParam() - 1);
}

TEST_P(Topologies, Grid) {
  const Topology grid = grid_topology(names(GetParam()));
  expect_sound(grid, GetParam(), 4);
  EXPECT_EQ(edges(grid), upstream_grid(GetParam()));
}

TEST_P(Topologies, Tree) {
  for (const std::size_t arity : std::initializer_list<std::size_t>{1, 2, 3, 4, 30}) {
    const Topology tree = tree_topology(names(GetParam()), arity);
    expect_sound(tree, GetParam(), arity + 1);
    Edges expected;
    for (std::size_t child = 1; child < GetParam(); ++child) expected.emplace((child - 1) / arity, child);
    EXPECT_EQ(edges(tree), expected) << arity;
  }
}

TEST_P(Topologies, Star) {
  const Topology star = star_topology(names(GetParam()));
  expect_sound(star, GetParam(), GetParam() - 1);
  EXPECT_EQ(edges(star).size(), GetParam() - 1);
  EXPECT_EQ(star.at("n0").size(), GetParam() - 1);
}

TEST_P(Topologies, Total) {
  const Topology total = total_topology(names(GetParam()));
  expect_sound(total, GetParam(), GetParam() - 1);
  EXPECT_EQ(edges(total).size(), GetParam() * (GetParam() - 1) / 2);
}

INSTANTIATE_TEST_SUITE_P(UpToTwentySixNodes, Topologies, testing::Range<std::size_t>(1, 27));

TEST(TopologyOfTwentyFive, GridIsFiveByFive) {
  const Topology grid = grid_topology(names(25));
  const auto row = [&](const char* node) {
    const auto& neighbours = grid.at(node);
    return std::set<std::string>(neighbours.begin(), neighbours.end());
  };
  EXPECT_EQ(row("n0"), (std::set<std::string>{"n1", "n5"}));
  EXPECT_EQ(row("n4"), (std::set<std::string>{"n3", "n9"}));
  EXPECT_EQ(row("n12"), (std::set<std::string>{"n7", "n11", "n13", "n17"}));
  EXPECT_EQ(row("n20"), (std::set<std::string>{"n15", "n21"}));
  EXPECT_EQ(row("n24"), (std::set<std::string>{"n19", "n23"}));
  EXPECT_EQ(edges(grid).size(), 40u);
}

TEST(TopologyOfNobody, IsEmpty) {
  EXPECT_TRUE(line_topology({}).empty());
  EXPECT_TRUE(ring_topology({}).empty());
  EXPECT_TRUE(grid_topology({}).empty());
  EXPECT_TRUE(tree_topology({}, 4).empty());
  EXPECT_TRUE(star_topology({}).empty());
  EXPECT_TRUE(total_topology({}).empty());
}

}  // namespace
}  // namespace mznode

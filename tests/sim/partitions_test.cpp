#include "partitions.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

namespace mznode::sim {
namespace {

std::vector<std::string> nodes_named(std::size_t count) {
  std::vector<std::string> nodes;
  for (std::size_t i = 0; i < count; ++i) nodes.push_back("n" + std::to_string(i));
  return nodes;
}

bool hears(const Grudge& grudge, const std::string& node, const std::string& other) {
  const auto found = grudge.find(node);
  return found == grudge.end() || !found->second.contains(other);
}

bool both_ways(const Grudge& grudge, const std::string& a, const std::string& b) {
  return hears(grudge, a, b) && hears(grudge, b, a);
}

/// How many nodes `node` hears, itself included.
std::size_t heard_by(const Grudge& grudge, const std::string& node, const std::vector<std::string>& nodes) {
  std::size_t count = 0;
  for (const auto& other : nodes) count += hears(grudge, node, other) ? 1 : 0;
  return count;
}

/// Calls `check` for clusters of 1 to 25 nodes with many draws of one shape.
void for_each_draw(PartitionShape shape,
                   const std::function<void(const Grudge&, const std::vector<std::string>&)>& check) {
  for (std::size_t n = 1; n <= 25; ++n) {
    const auto nodes = nodes_named(n);
    Random random(n, 1);
    for (int draw = 0; draw < 20; ++draw) {
      const Grudge grudge = make_grudge(shape, nodes, random);
      for (const auto& node : nodes)
        EXPECT_TRUE(hears(grudge, node, node)) << "a node of " << n << " is deaf to itself";
      check(grudge, nodes);
    }
  }
}

/// The size of the smaller side of a split, which must be complete and in both directions.
std::size_t smaller_side(const Grudge& grudge, const std::vector<std::string>& nodes) {
  std::vector<std::string> with_first;
  for (const auto& node : nodes) {
    if (both_ways(grudge, nodes[0], node)) with_first.push_back(node);
  }
  for (const auto& a : nodes) {
    for (const auto& b : nodes) {
      const bool same_side = both_ways(grudge, nodes[0], a) == both_ways(grudge, nodes[0], b);
      EXPECT_EQ(hears(grudge, a, b), same_side);
    }
  }
  return std::min(with_first.size(), nodes.size() - with_first.size());
}

TEST(Partitions, OneCutsASingleNodeOff) {
  for_each_draw(PartitionShape::one, [](const Grudge& grudge, const auto& nodes) {
    EXPECT_EQ(smaller_side(grudge, nodes), nodes.size() == 1 ? 0u : 1u);
  });
}

TEST(Partitions, MajorityCutsTheSmallerHalfOff) {
  for_each_draw(PartitionShape::majority, [](const Grudge& grudge, const auto& nodes) {
    EXPECT_EQ(smaller_side(grudge, nodes), nodes.size() / 2);
  });
}

TEST(Partitions, MinorityThirdCutsLessThanAThirdOffAndOfThreeNodesNobody) {
  for_each_draw(PartitionShape::minority_third, [](const Grudge& grudge, const auto& nodes) {
    const std::size_t cut = smaller_side(grudge, nodes);
    EXPECT_EQ(cut, (nodes.size() - 1) / 3);
    EXPECT_LT(3 * cut, nodes.size());
    if (nodes.size() <= 3) {
      EXPECT_TRUE(grudge.empty());
    }
  });
}

TEST(Partitions, OnTheRingEveryNodeHearsAMajority) {
  for_each_draw(PartitionShape::majorities_ring, [](const Grudge& grudge, const auto& nodes) {
    for (const auto& node : nodes) EXPECT_GE(heard_by(grudge, node, nodes), nodes.size() / 2 + 1);
  });
}

TEST(Partitions, OnTheRingOfThreeNodesOnlyOneWayLinksAreLeft) {
  const auto nodes = nodes_named(3);
  Random random(1, 1);
  for (int draw = 0; draw < 50; ++draw) {
    const Grudge grudge = make_grudge(PartitionShape::majorities_ring, nodes, random);
    int one_way = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      const auto& a = nodes[i];
      const auto& b = nodes[(i + 1) % 3];
      EXPECT_FALSE(both_ways(grudge, a, b));
      one_way += hears(grudge, a, b) != hears(grudge, b, a) ? 1 : 0;
    }
    EXPECT_EQ(one_way, 3);
  }
}

TEST(Partitions, OnTheRingOfFourAndMoreEveryNodeKeepsATwoWayMajority) {
  for_each_draw(PartitionShape::majorities_ring, [](const Grudge& grudge, const auto& nodes) {
    if (nodes.size() < 4) return;
    for (const auto& node : nodes) {
      std::size_t linked = 0;
      for (const auto& other : nodes) linked += both_ways(grudge, node, other) ? 1 : 0;
      EXPECT_GE(linked, nodes.size() / 2 + 1) << nodes.size();
    }
  });
}

TEST(Partitions, OfFiveNodesOnTheRingNoTwoHearTheSameMajority) {
  const auto nodes = nodes_named(5);
  Random random(1, 1);
  for (int draw = 0; draw < 50; ++draw) {
    const Grudge grudge = make_grudge(PartitionShape::majorities_ring, nodes, random);
    std::set<std::set<std::string>> majorities;
    for (const auto& node : nodes) majorities.insert(grudge.at(node));
    EXPECT_EQ(majorities.size(), 5u);
  }
}

TEST(Partitions, EveryNodeIsChosenNowAndThen) {
  const auto nodes = nodes_named(5);
  Random random(1, 1);
  std::set<std::string> cut_off;
  for (int draw = 0; draw < 100; ++draw) {
    for (const auto& [node, unheard] : make_grudge(PartitionShape::one, nodes, random)) {
      if (unheard.size() == 4) cut_off.insert(node);
    }
  }
  EXPECT_EQ(cut_off.size(), 5u);
}

TEST(Partitions, OneWayCutsOnlyOneDirection) {
  for (std::size_t n = 1; n <= 25; ++n) {
    const auto nodes = nodes_named(n);
    Random random(n, 1);
    for (int draw = 0; draw < 20; ++draw) {
      const Grudge grudge = make_one_way_grudge(nodes, random);
      EXPECT_EQ(grudge.empty(), n == 1);
      for (const auto& a : nodes) {
        for (const auto& b : nodes) EXPECT_TRUE(hears(grudge, a, b) || hears(grudge, b, a));
      }
    }
  }
}

TEST(Partitions, APartitionCutsWhatItsGrudgeNames) {
  const Partition partition(Grudge{{"n1", {"n2"}}});
  EXPECT_TRUE(partition.cuts("n2", "n1"));
  EXPECT_FALSE(partition.cuts("n1", "n2"));
  EXPECT_FALSE(partition.cuts("n3", "n1"));
}

}  // namespace
}  // namespace mznode::sim

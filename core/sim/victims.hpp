#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mznode/sim/random.hpp"

namespace mznode::sim {

/// Whom a kill or a pause may strike (Jepsen, nemesis/combined.clj, node-specs).
enum class VictimSet : std::uint8_t {
  /// Any number of nodes, each number as often as any other.
  some,
  one,
  /// The largest number below a third.
  minority_third,
  /// One less than a majority.
  minority,
  majority,
  all,
};

/// The sets that have anybody in them among so many nodes. A third of fewer than four nodes is nobody, and so is a
/// minority of fewer than three; Jepsen draws these, too, and then strikes nobody.
std::vector<VictimSet> victim_sets(std::size_t nodes);

/// Nodes of one of these sets, drawn with equal chances; never nobody. `nodes` is not empty.
std::vector<std::string> choose_victims(const std::vector<std::string>& nodes, Random& random);

}  // namespace mznode::sim

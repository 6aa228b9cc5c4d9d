#include "victims.hpp"

#include <algorithm>
#include <iterator>

namespace mznode::sim {
namespace {

/// How many of `nodes` a set has; of `some`, which varies, the least.
std::size_t least_size(VictimSet set, std::size_t nodes) {
  switch (set) {
    case VictimSet::some:
    case VictimSet::one: return 1;
    case VictimSet::minority_third: return (nodes - 1) / 3;
    case VictimSet::minority: return nodes / 2;
    case VictimSet::majority: return nodes / 2 + 1;
    case VictimSet::all: return nodes;
  }
  return 0;
}

}  // namespace

std::vector<VictimSet> victim_sets(std::size_t nodes) {
  constexpr VictimSet all[] = {VictimSet::some,     VictimSet::one,      VictimSet::minority_third,
                               VictimSet::minority, VictimSet::majority, VictimSet::all};
  std::vector<VictimSet> sets;
  std::copy_if(std::begin(all), std::end(all), std::back_inserter(sets),
               [nodes](VictimSet set) { return least_size(set, nodes) > 0; });
  return sets;
}

std::vector<std::string> choose_victims(const std::vector<std::string>& nodes, Random& random) {
  const VictimSet set = random.about("how many victims").pick(victim_sets(nodes.size()));
  std::vector<std::string> victims = nodes;
  random.about("who they are").shuffle(victims);
  victims.resize(set == VictimSet::some ? 1 + random.about("how many victims").below(nodes.size())
                                        : least_size(set, nodes.size()));
  return victims;
}

}  // namespace mznode::sim

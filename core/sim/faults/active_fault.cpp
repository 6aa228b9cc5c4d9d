#include "faults/active_fault.hpp"

#include <algorithm>

#include "victims.hpp"

namespace mznode::sim {

Json share_of_messages(std::uint64_t percent, const std::string& fate) {
  return Json(std::to_string(percent) + " % of messages " + fate);
}

std::vector<std::string> draw_victims(FaultWorld& world, Random& random) {
  std::vector<std::string> victims = choose_victims(world.nodes, random);
  victims.resize(std::min(victims.size(), world.most_victims));
  for (const std::string& node : victims) ++world.times_struck[node];
  return victims;
}

}  // namespace mznode::sim

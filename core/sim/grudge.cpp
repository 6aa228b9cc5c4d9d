#include "mznode/sim/grudge.hpp"

#include <algorithm>

namespace mznode::sim {

std::string unheard_text(const Grudge& unheard, const std::vector<std::string>& nodes) {
  const auto hears = [&](const std::string& node, const std::string& other) {
    const auto found = unheard.find(node);
    return found == unheard.end() || !found->second.contains(other);
  };
  const auto are_together = [&](const std::string& node, const std::string& other) {
    return hears(node, other) && hears(other, node);
  };
  std::map<std::string, std::string> groups;  // by the first of its nodes
  bool are_groups = true;
  for (const std::string& node : nodes) {
    const auto first =
        std::find_if(nodes.begin(), nodes.end(), [&](const auto& each) { return are_together(node, each); });
    std::string& group = groups[*first];
    group += (group.empty() ? "" : " ") + node;
    for (const std::string& other : nodes) {
      const bool is_cut_both_ways = hears(node, other) == hears(other, node);
      are_groups = are_groups && is_cut_both_ways && are_together(node, other) == are_together(*first, other);
    }
  }
  std::string text;
  if (are_groups) {
    for (const auto& [first, group] : groups) text += (text.empty() ? "{" : " | {") + group + "}";
    return text;
  }
  for (const auto& [node, others] : unheard) {
    std::string list;
    for (const std::string& other : others) list += (list.empty() ? "" : ", ") + other;
    if (!list.empty()) text += (text.empty() ? "" : "; ") + node + " does not hear " + list;
  }
  return text;
}

}  // namespace mznode::sim

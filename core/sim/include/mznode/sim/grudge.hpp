#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

namespace mznode::sim {

/// Who does not hear whom: for each node, the nodes whose messages it drops (Jepsen, nemesis.clj, "grudge").
using Grudge = std::map<std::string, std::set<std::string>>;

/// The groups that hear one another, such as "{n0 n3} | {n1 n2}". Where a grudge makes no groups, because links are cut
/// in one direction or everybody hears others, node by node: "n0 does not hear n1; …".
std::string unheard_text(const Grudge& unheard, const std::vector<std::string>& nodes);

}  // namespace mznode::sim

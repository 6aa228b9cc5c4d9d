#pragma once

#include <map>
#include <set>
#include <string>

namespace mznode::sim {

/// Who does not hear whom: for each node, the nodes whose messages it drops (Jepsen, nemesis.clj, "grudge").
using Grudge = std::map<std::string, std::set<std::string>>;

}  // namespace mznode::sim

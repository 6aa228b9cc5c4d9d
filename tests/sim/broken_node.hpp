#pragma once

#include <string>

namespace mznode::sim {

/// A program that breaks every rule of nodes, by its first argument.
inline const std::string broken_node = MZNODE_BROKEN_NODE;

}  // namespace mznode::sim

#pragma once

#include <cstddef>

#include "mznode/json/strong_number.hpp"

namespace mznode {

/// A node, by its place in the list of all nodes of the cluster.
using Member = StrongNumber<struct MemberKind, std::size_t>;
/// Tells apart the memories that a node has had: a process that lost its memory has another one, a process that found
/// it on its disk has the same. On the wire it is called `life`.
using MemoryId = StrongNumber<struct MemoryKind>;

}  // namespace mznode

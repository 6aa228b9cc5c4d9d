#pragma once

#include "mznode/json/strong_number.hpp"

namespace mznode {

/// Tells apart the memories that a node has had: a process that lost its memory has another one, a process that found
/// it on its disk has the same. On the wire it is called `life`.
using MemoryId = StrongNumber<struct MemoryKind>;

}  // namespace mznode

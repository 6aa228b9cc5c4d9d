#pragma once

#include "mznode/json/strong_number.hpp"

namespace mznode {

/// Tells apart the processes that a node has been (Node::incarnation). On the wire it is called `life`.
using Incarnation = StrongNumber<struct IncarnationKind>;

}  // namespace mznode

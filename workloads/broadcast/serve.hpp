#pragma once

#include "broadcast/broadcast.hpp"
#include "dissemination/gossip.hpp"

namespace mznode::broadcast {

/// Answers `broadcast` and `read` from the elements of `gossip`.
void serve(Node& node, dissemination::Gossip& gossip);

/// Answers `topology` for strategies that have a plan of their own.
void ignore_topology(Node& node);

}  // namespace mznode::broadcast

#pragma once

#include "dissemination/gossip.hpp"
#include "g_set/g_set.hpp"

namespace mznode::g_set {

/// Answers `add` and `read` from the elements of `gossip`.
void serve(Node& node, dissemination::Gossip& gossip);

}  // namespace mznode::g_set

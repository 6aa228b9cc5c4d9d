#pragma once

#include "dissemination/replicator.hpp"
#include "g_set/g_set.hpp"

namespace mznode::g_set {

/// Answers `add` and `read` from the elements of `replicator`.
void serve(Node& node, dissemination::Replicator& replicator);

}  // namespace mznode::g_set

#pragma once

#include "broadcast/broadcast.hpp"
#include "dissemination/replicator.hpp"

namespace mznode::broadcast {

/// Answers `broadcast` and `read` from the elements of `replicator`.
void serve(Node& node, dissemination::Replicator& replicator);

/// Answers `topology`, too, for strategies that have a plan of their own.
void serve_without_topology(Node& node, dissemination::Replicator& replicator);

}  // namespace mznode::broadcast

#pragma once

#include <string>
#include <vector>

#include "mznode/sim/runner.hpp"

namespace mznode {

/// What the nodes of a run did that may be why it is not valid, a line each for a person, what says most first: nodes
/// that answered nothing, error replies (counted, and quoted), strings in the place of the numbers that were sent.
/// `workers` is the number of clients; each works on one node, in turn.
std::vector<std::string> symptoms(const sim::RunResult& run, const std::vector<std::string>& nodes,
                                  std::size_t workers);

}  // namespace mznode

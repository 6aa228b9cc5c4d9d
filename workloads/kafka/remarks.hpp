#pragma once

#include <string>
#include <vector>

#include "mznode/sim/runner.hpp"

namespace mznode::kafka {

/// What the messages of a run show that Maelstrom's checker has no eye for, a line each: committed offsets that a node
/// lists lower than it may, and nodes whose polls show less than they themselves acknowledged. Nothing of a run that
/// kept no messages, nor of one with kills, after which a node may know less.
std::vector<std::string> remarks(const sim::RunResult& run);

}  // namespace mznode::kafka

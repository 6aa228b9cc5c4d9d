#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "mznode/sim/runner.hpp"

namespace mznode {

/// What the nodes of a run did that may be why it is not valid, a line each for a person, what says most first: strings
/// in the place of the numbers that were sent, 0 in the place of nothing, nodes that answered nothing or nothing for a
/// while, kinds of operations that nobody answers.
/// `workers` is the number of clients; each works on one node, in turn.
std::vector<std::string> symptoms(const sim::RunResult& run, const std::vector<std::string>& nodes,
                                  std::size_t workers);

/// The error replies that a right node would not have given, counted and quoted, a line each.
std::vector<std::string> error_replies(const check::History& history);

/// A line on nodes that say the same again and again; nothing unless they send far more messages between servers than
/// any way to tell all nodes everything needs, of so many operations and in the time that they took (sim::storm_bound).
/// Also of runs that are valid.
std::optional<std::string> storm(const sim::RunResult& run, const std::vector<std::string>& nodes,
                                 std::size_t operations);

}  // namespace mznode

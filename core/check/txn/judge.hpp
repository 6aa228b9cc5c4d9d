#pragma once

#include <string>

#include "core/check/txn/evidence.hpp"
#include "core/check/txn/findings.hpp"
#include "core/check/verdict.hpp"

namespace mznode::check::txn {

/// Adds the anomalies that are cycles of the graph, or that it has no edges, which says nothing about anything, or that
/// the search for one of the `prohibited` ones was given up.
void find_cycle_anomalies(const Graph& graph, const Priority& priority, const Names& prohibited,
                          const Evidence& evidence, Findings& findings);

/// The verdict on what was found: Elle's result, where these anomalies must not occur.
Verdict judge(Findings findings, const Names& prohibited);

}  // namespace mznode::check::txn

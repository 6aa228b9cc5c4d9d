#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "anomalies/anomaly_list.hpp"
#include "anomalies/evidence.hpp"
#include "mznode/check/verdict.hpp"

namespace mznode::check::txn {

/// Adds the anomalies that are cycles of the graph, or that it and the loops have no edges, which says nothing about
/// anything, or that the search for one of the `prohibited` ones was given up.
void find_cycle_anomalies(const Graph& graph, const Loops& loops, const Priority& priority, const Names& prohibited,
                          const Evidence& evidence, AnomalyList& anomalies);

/// The strongest models that a history satisfies in which this was found and no more, with the cycles of its graph in
/// the process and in the realtime order; and what rules out stronger ones, unless one of the `prohibited` was found.
StrongestModelsFinding strongest_models_of(AnomalyList anomalies, const CycleReport& by_process,
                                           const CycleReport& by_realtime, const Names& prohibited,
                                           const Evidence& evidence);

/// The verdict on what was found: Elle's result, where these anomalies must not occur.
Verdict judge(AnomalyList anomalies, const Names& prohibited);

}  // namespace mznode::check::txn

#pragma once

#include <string>

#include "core/check/txn/evidence.hpp"
#include "core/check/txn/findings.hpp"
#include "core/check/verdict.hpp"

namespace mznode::check::txn {

/// Adds the anomalies that are cycles of the graph, or that it has no edges, which says nothing about anything.
void find_cycle_anomalies(const Graph& graph, const Priority& priority, const Evidence& evidence, Findings& findings);

/// The verdict on what was found: Elle's result, for the models.
Verdict judge(Findings findings, const ConsistencyModels& models);

}  // namespace mznode::check::txn

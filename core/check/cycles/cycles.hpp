#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "cycles/path_search.hpp"
#include "mznode/check/txn/models.hpp"

namespace mznode::check::txn {

/// A cycle of transactions that shows an anomaly.
struct CycleCase {
  std::string_view anomaly;
  Cycle cycle;
};

struct CycleReport {
  /// One of each kind that occurs, for each strongly connected component of the graph.
  std::vector<CycleCase> cases;
  /// Anomalies of which the search was given up, so that they may be missing.
  Names given_up;
};

/// Finds the cycles that are anomalies (Adya, "Weak Consistency", section 4.4; Cerone and Gotsman, "Analysing Snapshot
/// Isolation", PODC 2016, for G-nonadjacent): G0, G1c, G-single-item, G-nonadjacent-item and G2-item, and the form of
/// each that needs the process or the realtime order, whichever the graph has.
///
/// A step counts as what explains it first in the order of `priority`, and as an order only if no dependency explains
/// it. Where a model forbids a cycle that none of these explains so, it is reported as …-cycle-exists. In both, names
/// are given as Elle gives them.
CycleReport find_cycles(const Graph& graph, const Priority& priority);

/// What kind of anomaly a cycle with these steps is, such as "G-single-item-realtime".
std::string_view classify(const std::vector<Relations>& steps);

}  // namespace mznode::check::txn

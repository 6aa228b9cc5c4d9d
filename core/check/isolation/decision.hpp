#pragma once

#include <vector>

#include "isolation/link.hpp"
#include "isolation/model.hpp"
#include "mznode/check/options.hpp"
#include "mznode/check/verdict.hpp"

namespace mznode::check::isolation {

/// Whether a history satisfies a model; unknown where the search was given up.
struct ModelVerdict {
  Valid valid = Valid::yes;
  /// Of no: reads that nothing explains, or else a cycle of what must come before each other.
  std::vector<ReadAnomaly> anomalies = {};
  Cycle cycle = {};
};

/// Decides it, neither missing a violation nor inventing one.
ModelVerdict decide(const Commits& commits, const std::vector<ReadAnomaly>& anomalies, const Model& model,
                    const SearchLimits& limits);

}  // namespace mznode::check::isolation

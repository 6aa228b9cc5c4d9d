#pragma once

#include "mznode/check/history.hpp"
#include "mznode/check/options.hpp"
#include "mznode/check/verdict.hpp"

namespace mznode::check {

/// No two `generate` operations may be answered with equal values (Jepsen, checker/unique-ids). Ids are values of any
/// kind.
///
/// Details: `attempted-count`, `acknowledged-count`, `duplicated-count`, `duplicated` (the 48 most frequent, with their
/// counts), `range` (the lowest and the highest id).
Verdict check_unique_ids(const History& history, const CheckOptions& options);

}  // namespace mznode::check

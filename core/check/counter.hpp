#pragma once

#include "mznode/check/history.hpp"
#include "mznode/check/options.hpp"
#include "mznode/check/verdict.hpp"

namespace mznode::check {

/// Jepsen's checker/counter: every read of a counter that starts at 0 and only grows must lie between the sum of the
/// adds acknowledged before the read began and the sum of those attempted before it ended, failed ones apart.
///
/// Details: `reads` and `errors` as [lower bound, value, upper bound]. Throws HistoryError for a negative add or a sum
/// beyond 64 bits, and for a read that is no integer when `compat_jepsen` is set; otherwise such a read is an error.
Verdict check_counter(const History& history, const CheckOptions& options);

}  // namespace mznode::check

#pragma once

#include "mznode/check/history.hpp"
#include "mznode/check/options.hpp"
#include "mznode/check/verdict.hpp"

namespace mznode::check {

/// Counts the completions of the clients, together and by f (Jepsen, checker/stats). Invalid unless every kind of
/// operation succeeded at least once; `error` then says which did not. Kafka's `crash` and `debug-topic-partitions` are
/// exempt, as Maelstrom has it.
///
/// Details: `count`, `ok-count`, `fail-count`, `info-count`, and `by-f` with the same for each f.
Verdict check_stats(const History& history);

/// Maelstrom's availability checker: the fraction of invocations that were acknowledged must reach
/// `options.availability`; always valid without that. Upstream compares a 32-bit float, so that 9 of 10 do not reach
/// 0.9; `compat_jepsen` does too.
///
/// Details: `ok-fraction`, null when nothing was invoked; `cas-mismatch-fraction`, that of compare-and-sets that
/// rightly failed, because the key had another value or none, when there are any; `error` when the fraction is too
/// small.
Verdict check_availability(const History& history, const CheckOptions& options);

/// Latencies of the acknowledged operations in milliseconds, always valid.
///
/// Details: `latencies`, by f the quantiles 0, 0.5, 0.95, 0.99 and 1; `all-latencies`, those of all operations
/// together, absent when none was acknowledged.
Verdict check_perf(const History& history);

}  // namespace mznode::check

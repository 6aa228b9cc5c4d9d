#pragma once

#include "mznode/check/history.hpp"
#include "mznode/check/options.hpp"
#include "mznode/check/verdict.hpp"

namespace mznode::check {

/// Maelstrom's counter checker (workload/pn_counter.clj): every final read must be the sum of the acknowledged adds and
/// of some of the indefinite ones.
///
/// Details: `errors` (the wrong reads, null when there are none), `final-reads`, `acceptable` (closed ranges).
/// Stricter than upstream unless `compat_jepsen` is set: an add that never completed is indefinite (upstream forgets
/// it), a final read that is no integer is an error (upstream: unknown), no final read at all is unknown (upstream:
/// valid). Throws HistoryError for an add that is no integer and for more than `max_acceptable_ranges`.
Verdict check_pn_counter(const History& history, const CheckOptions& options);

/// Indefinite adds of arbitrary size can double the acceptable values each; beyond this the checker gives up.
inline constexpr std::size_t max_acceptable_ranges = 100'000;

}  // namespace mznode::check

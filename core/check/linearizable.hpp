#pragma once

#include "mznode/check/history.hpp"
#include "mznode/check/options.hpp"
#include "mznode/check/verdict.hpp"

namespace mznode::check {

/// Judges whether one register with `read`, `write` and `cas` of [from, to] is linearizable (Jepsen's
/// checker/linearizable with Knossos' model cas-register, which holds null in the beginning). Knossos believes every
/// read of null; with `strict_null_reads` such a read finds that the register holds nothing.
///
/// Details: `op-count`. When it is invalid, `op`, the completion that no order explains although there is one for all
/// that is before it; `previous-ok`, the last completion before; `counterexample` and, in words, `explanation`, both
/// where `options.explain` is set and few operations tell it.
/// Unknown, with an `error`, when the search came to one of `options.limits`.
Verdict check_cas_register(const History& history, const CheckOptions& options);

/// The same for each key of a map, where every value is [key, value of the register] (Jepsen's independent/checker).
/// The map is linearizable if and only if every register is (Herlihy and Wing 1990, theorem 1).
///
/// Details: `results`, by key, `failures`, the keys of those that are invalid, and `explanation` of the first of them.
Verdict check_lin_kv(const History& history, const CheckOptions& options);

}  // namespace mznode::check

#pragma once

#include "mznode/check/history.hpp"
#include "mznode/check/options.hpp"
#include "mznode/check/verdict.hpp"

/// Linearizability of sets and logs. What only grows, by elements that are all different, and is read as a whole, is
/// judged in n log n: of two reads one shows what the other one does, and more, so that the reads put all operations
/// in order, which has to be that of real time. A set whose elements are asked for one by one is as many registers
/// (Herlihy and Wing 1990, theorem 1). All else is searched. Finds a ViolationsFinding, or of a search a
/// RegisterFinding.
namespace mznode::check {

/// `add`, `remove` and `contains` of an element, answered by true or false (the former two also by the element or
/// null), or by [element, true or false]; `read` of all.
Verdict check_set_object(const History& history, const CheckOptions& options);
/// `append` of an element, `read` of all in their order.
Verdict check_log(const History& history, const CheckOptions& options);

}  // namespace mznode::check

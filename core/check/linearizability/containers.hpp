#pragma once

#include "mznode/check/history.hpp"
#include "mznode/check/objects.hpp"
#include "mznode/check/options.hpp"
#include "mznode/check/verdict.hpp"

/// Linearizability of queues and stacks: where no element is put in twice, in n log n (monitors.hpp), otherwise, or
/// where an unanswered operation decides, by search. Finds a ViolationsFinding, or of a search a RegisterFinding.
namespace mznode::check {

Verdict check_unordered_queue(const History& history, const CheckOptions& options);
Verdict check_priority_queue(const History& history, const CheckOptions& options);
Verdict check_stack(const History& history, const CheckOptions& options);

}  // namespace mznode::check

#pragma once

#include "mznode/check/final_set.hpp"
#include "mznode/check/history.hpp"
#include "mznode/check/options.hpp"
#include "mznode/check/verdict.hpp"

namespace mznode::check {

/// Jepsen's checker/queue with an unordered queue: each element that is dequeued is one whose enqueue had begun, and
/// was not dequeued before. An enqueue that failed counts for upstream only; a dequeue of null, which found nothing, is
/// to upstream one of an element.
///
/// Finds an InOutFinding. Unknown where nothing was dequeued.
Verdict check_queue(const History& history, const CheckOptions& options);

/// Jepsen's checker/total-queue: what is enqueued is dequeued, at least once, and nothing else. `drain` dequeues a
/// list. What is dequeued had begun to be enqueued before; an enqueue that failed, or began later, counts for upstream
/// only. A dequeue of null found nothing, and is to upstream one of an element.
///
/// Finds an InOutFinding. Throws HistoryError for a drain whose end is indefinite. Unknown where nothing was enqueued,
/// and, unless upstream is followed, where all that is missing may have been taken out by dequeues or drains that were
/// not answered.
Verdict check_total_queue(const History& history, const CheckOptions& options);

}  // namespace mznode::check

#pragma once

#include <memory>
#include <span>
#include <vector>

#include "linearizability/model_search.hpp"
#include "mznode/check/verdict.hpp"

namespace mznode::check {

/// The calls of the clients in the order of their invocations, without those that certainly had no effect.
/// Throws HistoryError when the history has no form that can be judged (see Pairing).
std::vector<TimedCall> timed_calls(const History& history);

/// Searches for an order of `calls`, in the numbers and words of a model, and tells what comes of it in those of
/// `told`, the same calls as they stand in the history. Finds a RegisterFinding.
Verdict judge_calls(const History& history, std::span<const TimedCall> told, std::span<const TimedCall> calls,
                    std::shared_ptr<const detail::State> initial, const SearchLimits& limits);

}  // namespace mznode::check

#pragma once

#include <span>
#include <string_view>

#include "mznode/check/answers.hpp"
#include "mznode/check/history.hpp"
#include "mznode/check/options.hpp"
#include "mznode/check/verdict.hpp"

/// Linearizability of the objects that programs share most often. Those of one's own: sequential.hpp.
namespace mznode::check {

/// A model under the name that `--model` takes.
struct SequentialModelInfo {
  std::string_view name;
  /// Its operations, and what they answer.
  std::string_view summary;
  Verdict (*function)(const History& history, const CheckOptions& options);
  /// What its operations may be answered with.
  MakeAnswerJudge answers;
};

/// All models, in the order in which they are listed to users.
std::span<const SequentialModelInfo> sequential_models();
/// Null when no model has this name.
const SequentialModelInfo* find_sequential_model(std::string_view name);

/// Judges by the model that `options.model` names. Throws HistoryError where that is none.
Verdict check_linearizable(const History& history, const CheckOptions& options);

/// Of one model each, as Knossos has them: `enqueue` and `dequeue`, first in, first out; a lock with `acquire` and
/// `release`.
Verdict check_fifo_queue(const History& history, const CheckOptions& options);
Verdict check_mutex(const History& history, const CheckOptions& options);

}  // namespace mznode::check

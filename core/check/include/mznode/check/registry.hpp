#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "mznode/check/answers.hpp"
#include "mznode/check/history.hpp"
#include "mznode/check/options.hpp"
#include "mznode/check/verdict.hpp"

namespace mznode::check {

/// What the operations of a history are about, however a checker of it is called, where a page can follow it.
enum class Subject : std::uint8_t { echo, set, ids, counter, one_register, registers, logs, transactions, other };

/// Whether a checker can say of a beginning of a history what no continuation takes back, or of the whole only.
enum class Judges : std::uint8_t { whole, prefixes };

/// A checker under the name of a workload or its own.
struct Checker {
  std::string_view name;
  Subject subject;
  Judges judges;
  /// What it demands of a history, in one line.
  std::string_view summary;
  Verdict (*function)(const History& history, const CheckOptions& options);
  /// What tells replies that answer something else than was asked; null where `function` compares them itself.
  MakeAnswerJudge answers;
  /// Whether it knows operations by their `f`; transactions need none.
  bool needs_f = true;
  /// Whether consistency models have complete checks here.
  bool has_complete_checks = false;

  /// The verdict; unknown, with the reason as `error`, where the function throws HistoryError (as Jepsen's check-safe),
  /// where the entries are no pairs of invocations and completions, and where there is nothing to judge. Unless
  /// upstream is to be followed, invalid where a reply answers something else than was asked; and what is acknowledged
  /// without a value was written as it was asked for.
  Verdict check(const History& history, const CheckOptions& options) const;
};

/// All checkers, in the order in which they are listed to users.
std::span<const Checker> checkers();

/// Whether the checker of this name judges a beginning of a history: what is invalid there, and not for lack of time
/// (Verdict::may_lack_time), stays so however the history goes on. The operations must stand in the order in which they
/// happened; what has not been completed counts as indefinite.
bool judges_prefixes(std::string_view checker);

/// Null when no checker has this name.
const Checker* find_checker(std::string_view name);

}  // namespace mznode::check

#pragma once

#include <span>
#include <string_view>

#include "core/check/history.hpp"
#include "core/check/options.hpp"
#include "core/check/verdict.hpp"

namespace mznode::check {

/// A checker under the name of a workload or its own.
struct Checker {
  std::string_view name;
  /// What it demands of a history, in one line.
  std::string_view summary;
  Verdict (*function)(const History& history, const CheckOptions& options);

  /// The verdict; unknown, with the reason as `error`, where the function throws HistoryError (as Jepsen's check-safe).
  Verdict check(const History& history, const CheckOptions& options) const;
};

/// All checkers, in the order in which they are listed to users.
std::span<const Checker> checkers();

/// Null when no checker has this name.
const Checker* find_checker(std::string_view name);

}  // namespace mznode::check

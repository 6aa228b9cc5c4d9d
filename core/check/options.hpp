#pragma once

#include <optional>

#include "core/check/txn/models.hpp"

namespace mznode::check {

/// From what the order of a register's versions may be inferred, beyond that the initial one comes first (Elle's
/// options of the same names).
struct Assumptions {
  /// Within a transaction, a write overwrites what was read.
  bool wfr_keys = false;
  /// Each key is sequentially consistent: every process sees its versions in their order.
  bool sequential_keys = false;
  /// Each key is linearizable: its versions follow the realtime order.
  bool linearizable_keys = false;
};

/// What a user may choose about the checks; each checker reads what concerns it.
struct CheckOptions {
  /// Follow upstream where this project is stricter on purpose, and in its rounding.
  bool compat_jepsen = false;
  /// Sets: a stale element is an error (set-full's `:linearizable?`).
  bool linearizable = false;
  /// The fraction of operations that must succeed; 1 is Maelstrom's `--availability total`.
  std::optional<double> availability = std::nullopt;
  /// Transactions: what the history must satisfy.
  ConsistencyModels consistency_models = {};
  Assumptions assume = {};
};

}  // namespace mznode::check

#pragma once

#include <optional>

namespace mznode::check {

/// What a user may choose about the checks; each checker reads what concerns it.
struct CheckOptions {
  /// Follow upstream where this project is stricter on purpose, and in its rounding.
  bool compat_jepsen = false;
  /// Sets: a stale element is an error (set-full's `:linearizable?`).
  bool linearizable = false;
  /// The fraction of operations that must succeed; 1 is Maelstrom's `--availability total`.
  std::optional<double> availability = std::nullopt;
};

}  // namespace mznode::check

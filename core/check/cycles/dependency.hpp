#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "cycles/graph.hpp"

namespace mznode::check::txn {

/// Why the transaction `to` depends on `from`, in terms of one key.
struct Dependency {
  Relations relation = 0;  // one of ww, wr and rw
  TransactionId from = none;
  TransactionId to = none;
  KeyId key = none;
  /// The element that `from` wrote, or read last; none for the initial state.
  ElementId element = none;
  /// The element that `to` wrote; none when it read.
  ElementId next = none;
};

/// How transactions depend on themselves, which a graph does not keep.
struct Loops {
  /// Whether any does, though that may be no anomaly: who reads the initial version and writes the next does so.
  bool exist = false;
  /// Those that have read what they wrote only afterwards.
  std::vector<TransactionId> reads_ahead = {};
};

/// What the transactions work on.
enum class Objects : std::uint8_t { lists, registers, logs };

/// Tells why transactions depend on one another.
class Explainer {
 public:
  virtual ~Explainer() = default;
  /// A dependency of `to` on `from` by this relation, one of ww, wr and rw.
  virtual std::optional<Dependency> explain(TransactionId from, TransactionId to, Relations relation) const = 0;
  virtual Objects objects() const = 0;
};

}  // namespace mznode::check::txn

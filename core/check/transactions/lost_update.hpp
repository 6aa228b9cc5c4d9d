#pragma once

#include <cstdint>
#include <tuple>
#include <vector>

#include "anomalies/anomaly_list.hpp"
#include "anomalies/evidence.hpp"

namespace mznode::check::txn {

/// Finds lost updates (Adya, "Weak Consistency", section 2.5; Berenson et al., "A Critique of ANSI SQL Isolation
/// Levels", P4): several committed transactions read the same version of a key and wrote that key.
class LostUpdates {
 public:
  /// Notes what a committed transaction has read before it wrote.
  void add(const Transactions& transactions, TransactionId transaction);

  /// To be called once, at the end.
  void report(const Evidence& evidence, AnomalyList& anomalies);

 private:
  struct Update {
    KeyId key;
    ElementId element;     // the one read; none for the initial state
    std::uint32_t length;  // of a list; an odd one has a number there, and is no version of the others
    bool is_odd;
    TransactionId transaction;

    auto version() const { return std::tie(key, element, length, is_odd); }
  };

  std::vector<Update> updates_;
};

}  // namespace mznode::check::txn

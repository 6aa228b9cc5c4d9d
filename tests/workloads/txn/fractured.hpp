#pragma once

#include <map>

#include "mznode/check/history.hpp"
#include "txn/txn.hpp"

namespace mznode::txn {

/// Counts the transactions on registers that saw one write of another transaction and not a second one, as far as that
/// is certain: where they read null instead. Checkers do not look for fractured reads on their own, because read
/// atomicity is all that they violate (Bailis et al., "Scalable Atomic Visibility with RAMP Transactions", 2014).
inline std::size_t fractured_reads(const check::History& history) {
  std::vector<MicroOps> done;
  for (const check::Operation& operation : history) {
    if (operation.type == check::Type::ok && operation.f == "txn") done.push_back(from_json<MicroOps>(operation.value));
  }
  std::map<std::pair<Json, Json>, const MicroOps*> writers;
  for (const MicroOps& txn : done) {
    for (const auto& [function, key, value] : txn) {
      if (function == "w") writers[{key, value}] = &txn;
    }
  }
  std::size_t fractured = 0;
  for (const MicroOps& txn : done) {
    std::map<Json, Json> seen;
    std::map<Json, bool> wrote;
    for (const auto& [function, key, value] : txn) {
      if (function == "w") wrote[key] = true;
      if (function == "r" && !wrote[key]) seen[key] = value;
    }
    bool is_fractured = false;
    for (const auto& [key, value] : seen) {
      const auto writer = writers.find({key, value});
      if (writer == writers.end()) continue;
      for (const auto& [function, other, ignored] : *writer->second) {
        const auto read = seen.find(other);
        if (function == "w" && read != seen.end() && read->second.is_null()) is_fractured = true;
      }
    }
    if (is_fractured) ++fractured;
  }
  return fractured;
}

}  // namespace mznode::txn

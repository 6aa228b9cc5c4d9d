#pragma once

#include <map>

#include "txn/micro_ops.hpp"

namespace mznode::txn {

/// All keys and values in memory; transactions run one after the other.
class Database {
 public:
  /// Carries a transaction out as a whole and returns it with what was read. Throws Error malformed_request, and
  /// changes nothing, when it appends to something that is no list.
  MicroOps run(MicroOps txn);
  /// The same for a transaction that only reads.
  MicroOps look_up(MicroOps txn) const;

  const std::map<Json, Json>& values() const { return values_; }
  void set_values(std::map<Json, Json> values) { values_ = std::move(values); }

  // For Overlay.
  Json read(const Json& key) const;
  void demand_list_at(const Json& key) const;

 private:
  std::map<Json, Json> values_;
};

}  // namespace mznode::txn

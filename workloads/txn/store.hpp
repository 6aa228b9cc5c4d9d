#pragma once

#include <map>

#include "workloads/txn/micro_ops.hpp"

namespace mznode::txn {

/// All keys and values in memory; transactions run one after the other.
class Store {
 public:
  /// Carries a transaction out as a whole and returns it with what was read. Throws Error malformed_request, and
  /// changes nothing, when it appends to something that is no list.
  MicroOps run(MicroOps txn);
  /// The same for a transaction that only reads.
  MicroOps look_up(MicroOps txn) const;

  const std::map<Json, Json>& values() const { return values_; }
  void set_values(std::map<Json, Json> values) { values_ = std::move(values); }

 private:
  /// A transaction that is under way: what it has changed so far, before the values that others see.
  struct Draft {
    Json read(const Json& key) const;
    void write(const Json& key, const Json& value) { changes.insert_or_assign(key, value); }
    void append(const Json& key, const Json& element);

    const std::map<Json, Json>& values;
    std::map<Json, Json> changes = {};
  };

  std::map<Json, Json> values_;
};

}  // namespace mznode::txn

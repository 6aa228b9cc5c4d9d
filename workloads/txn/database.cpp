#include "txn/database.hpp"

#include "txn/overlay.hpp"

namespace mznode::txn {

Json Database::read(const Json& key) const {
  const auto found = values_.find(key);
  return found == values_.end() ? Json() : found->second;
}

void Database::demand_list_at(const Json& key) const {
  if (const auto found = values_.find(key); found != values_.end()) demand_list(key, found->second);
}

MicroOps Database::run(MicroOps txn) {
  Overlay<Database> overlay(*this);
  MicroOps done = carry_out(std::move(txn), overlay);
  for (auto& [key, change] : overlay.take_changes()) {
    Json& value = values_[key];
    if (change.is_written) {
      value = std::move(change.value);
    } else {
      extend(value, change.value);
    }
  }
  return done;
}

MicroOps Database::look_up(MicroOps txn) const {
  Overlay<Database> overlay(*this);
  return carry_out(std::move(txn), overlay);
}

}  // namespace mznode::txn

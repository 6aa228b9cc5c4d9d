#include "workloads/txn/store.hpp"

namespace mznode::txn {

Json Store::Draft::read(const Json& key) const {
  if (const auto changed = changes.find(key); changed != changes.end()) return changed->second;
  const auto found = values.find(key);
  return found == values.end() ? Json() : found->second;
}

void Store::Draft::append(const Json& key, const Json& element) {
  const Json list = read(key);
  demand_list(key, list);
  write(key, joined(list, list_of(element)));
}

MicroOps Store::run(MicroOps txn) {
  Draft draft{values_};
  MicroOps done = carry_out(std::move(txn), draft);
  for (auto& [key, value] : draft.changes) values_.insert_or_assign(key, std::move(value));
  return done;
}

MicroOps Store::look_up(MicroOps txn) const {
  Draft draft{values_};
  return carry_out(std::move(txn), draft);
}

}  // namespace mznode::txn

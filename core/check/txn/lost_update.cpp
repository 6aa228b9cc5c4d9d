#include "core/check/txn/lost_update.hpp"

#include <algorithm>

namespace mznode::check::txn {

void LostUpdates::add(const Transactions& transactions, std::uint32_t transaction) {
  const auto ops = transactions.ops_of(transactions.list[transaction]);
  for (std::size_t i = 1; i < ops.size(); ++i) {
    if (ops[i].kind != MicroOp::Kind::write) continue;
    // The first read of the key counts, if no write of it came before this one.
    const MicroOp* first = nullptr;
    for (std::size_t j = i; j-- > 0;) {
      if (ops[j].key != ops[i].key) continue;
      if (ops[j].kind == MicroOp::Kind::write) {
        first = nullptr;
        break;
      }
      first = &ops[j];
    }
    if (first == nullptr) continue;
    const bool is_odd = first->kind == MicroOp::Kind::odd_read;
    updates_.push_back({ops[i].key, first->element, first->length, is_odd, transaction});
  }
}

void LostUpdates::report(const Evidence& evidence, Findings& findings) {
  std::sort(updates_.begin(), updates_.end(), [](const Update& a, const Update& b) {
    return std::tuple_cat(a.version(), std::tie(a.transaction)) < std::tuple_cat(b.version(), std::tie(b.transaction));
  });
  for (std::size_t i = 0; i < updates_.size();) {
    std::size_t end = i + 1;
    while (end < updates_.size() && updates_[i].version() == updates_[end].version()) ++end;
    if (end - i > 1) {
      findings.add("lost-update", [&] {
        nlohmann::ordered_json details = {{"key", evidence.key(updates_[i].key)},
                                          {"value", evidence.element(updates_[i].element)}};
        for (std::size_t j = i; j < end; ++j) details["txns"].push_back(evidence.operation(updates_[j].transaction));
        return details;
      });
    }
    i = end;
  }
}

}  // namespace mznode::check::txn

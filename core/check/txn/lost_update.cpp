#include "core/check/txn/lost_update.hpp"

#include <algorithm>
#include <tuple>

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
    if (first != nullptr) updates_.push_back({ops[i].key, first->element, first->length, transaction});
  }
}

void LostUpdates::report(const Evidence& evidence, Findings& findings) {
  std::sort(updates_.begin(), updates_.end(), [](const Update& a, const Update& b) {
    return std::tie(a.key, a.element, a.length, a.transaction) < std::tie(b.key, b.element, b.length, b.transaction);
  });
  for (std::size_t i = 0; i < updates_.size();) {
    std::size_t end = i + 1;
    while (end < updates_.size() && updates_[i].same_version(updates_[end])) ++end;
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

#include "transactions/lost_update.hpp"

#include <algorithm>

namespace mznode::check::txn {

void LostUpdates::add(const Transactions& transactions, TransactionId transaction) {
  const auto ops = transactions.ops_of(transactions.list[transaction]);
  for (auto read = ops.begin(); read != ops.end(); ++read) {
    if (!read->is_read()) continue;
    const auto is_first = [&](const MicroOp& earlier) { return earlier.is_read() && earlier.key == read->key; };
    const auto overwrites = [&](const MicroOp& later) { return !later.is_read() && later.key == read->key; };
    if (std::any_of(ops.begin(), read, is_first) || std::none_of(read, ops.end(), overwrites)) continue;
    const bool is_odd = read->kind == MicroOp::Kind::odd_read;
    updates_.push_back({read->key, read->element, read->length, is_odd, transaction});
  }
}

void LostUpdates::report(const Evidence& evidence, AnomalyList& anomalies) {
  std::sort(updates_.begin(), updates_.end(), [](const Update& a, const Update& b) {
    return std::tuple_cat(a.version(), std::tie(a.transaction)) < std::tuple_cat(b.version(), std::tie(b.transaction));
  });
  for (std::size_t i = 0; i < updates_.size();) {
    std::size_t end = i + 1;
    while (end < updates_.size() && updates_[i].version() == updates_[end].version()) ++end;
    if (end - i > 1) {
      anomalies.add("lost-update", [&] {
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

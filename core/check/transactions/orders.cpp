#include "transactions/orders.hpp"

#include <algorithm>

namespace mznode::check::txn {

Relations needed_order(const Names& anomalies) {
  const auto any = [&](std::string_view form) {
    return std::any_of(anomalies.begin(), anomalies.end(),
                       [&](auto name) { return name.starts_with("G") && name.ends_with(form); });
  };
  return any("-realtime") ? realtime : any("-process") ? process : Relations{0};
}

std::vector<TransactionId> process_predecessors(const History& history, const Transactions& transactions) {
  std::vector<TransactionId> predecessors(transactions.size());
  NumberTable latest;
  for (TransactionId i{0U}; i < transactions.size(); ++i) {
    const Transaction& transaction = transactions.list[i];
    if (!transaction.is_ok()) continue;
    std::uint32_t& previous = latest[static_cast<std::uint64_t>(history[transaction.invocation].process)];
    predecessors[i] = TransactionId(previous);
    previous = i;
  }
  return predecessors;
}

std::vector<TransactionId> realtime_followers(const Transactions& transactions) {
  std::vector<TransactionId> followers(transactions.size());
  const auto& list = transactions.list;
  for (TransactionId i{0U}; i < transactions.size(); ++i) {
    if (!list[i].is_ok()) continue;
    const auto follower = std::partition_point(list.begin() + i + 1, list.end(), [&](const Transaction& later) {
      return later.invocation < list[i].completion;
    });
    if (follower != list.end()) followers[i] = TransactionId(static_cast<std::uint32_t>(follower - list.begin()));
  }
  return followers;
}

}  // namespace mznode::check::txn

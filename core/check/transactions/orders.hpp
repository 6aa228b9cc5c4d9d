#pragma once

#include <vector>

#include "cycles/dependency.hpp"
#include "mznode/check/txn/models.hpp"
#include "transactions/transactions.hpp"

namespace mznode::check::txn {

/// The order of transactions that some of these anomalies need beyond dependencies: process, realtime, which includes
/// it, or 0.
Relations needed_order(const Names& anomalies);

/// For each transaction, the acknowledged one that the same process executed before it; none for the first, and for
/// those that were not acknowledged.
std::vector<TransactionId> process_predecessors(const History& history, const Transactions& transactions);

/// For each acknowledged transaction, the first one that began after it had ended; none for all others.
std::vector<TransactionId> realtime_followers(const Transactions& transactions);

/// The graph of the dependencies and of the order. `dependencies(to, emit)` calls `emit` with each Dependency of `to`.
template <class Dependencies>
Graph build_graph(const History& history, const Transactions& transactions, Relations order,
                  Dependencies&& dependencies) {
  std::vector<Graph::Edge> edges;
  edges.reserve(2 * transactions.ops.size());
  std::vector<TransactionId> predecessors;
  if (order == process) predecessors = process_predecessors(history, transactions);
  for (TransactionId to{0U}; to < transactions.size(); ++to) {
    dependencies(to, [&](const Dependency& it) { edges.push_back({VertexId(it.from), VertexId(it.to), it.relation}); });
    if (!predecessors.empty() && predecessors[to] != none)
      edges.push_back({VertexId(predecessors[to]), VertexId(to), process});
  }
  Graph graph(transactions.size(), edges);
  if (order == realtime) {
    const std::vector<TransactionId> followers = realtime_followers(transactions);
    graph.set_followers({followers.begin(), followers.end()});
  };
  return graph;
}

}  // namespace mznode::check::txn

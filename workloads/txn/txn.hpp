#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "mznode/workloads/registry.hpp"
#include "mznode/workloads/strategy_list.hpp"

/// Maelstrom's txn-list-append and txn-rw-register: transactions of reads and appends to lists, or of reads and writes
/// of registers.
namespace mznode::txn {

WorkloadInfo list_append_workload();
WorkloadInfo rw_register_workload();
sim::TestSpec list_append_test();
sim::TestSpec rw_register_test();

MZNODE_STRATEGIES(hat, root_cas, raft, single)

/// A micro-operation: its function ("r", "append" or "w"), key and value. A read that was not done yet has a null
/// value.
using MicroOp = std::tuple<std::string, Json, Json>;
using MicroOps = std::vector<MicroOp>;

/// Messages (Maelstrom, doc/workloads.md, "Txn-list-append"); request and reply have the same fields.
struct Txn {
  MicroOps txn;
  MZNODE_FIELDS(txn)
};

/// Makes transactions as Elle does (elle, txn.clj, wr-txns): a pool of keys, of which later ones are chosen more often,
/// each twice as often as the one before; a key that has had its share of writes is replaced by a new one. Values count
/// from 1 for each key.
class TxnGenerator {
 public:
  /// `write` is the function of a micro-operation that writes.
  TxnGenerator(const sim::KeyOptions& options, std::string write, sim::Random& random);

  MicroOps next(sim::Random& random);

 private:
  struct Key {
    std::int64_t key = 0;
    std::uint64_t max_writes = 0;
    std::uint64_t writes = 0;
  };

  Key& choose(sim::Random& random);
  /// How many writes a new key gets (sim::KeyOptions::Writes).
  std::uint64_t draw_max_writes(sim::Random& random);

  std::string write_;
  std::size_t max_length_;
  std::uint64_t max_writes_;
  /// The weights of 1 to the most writes, summed up; empty where every key gets the most.
  std::vector<std::uint64_t> cumulative_;
  std::vector<Key> keys_;
};

}  // namespace mznode::txn

#include <algorithm>

#include "transactions/lost_update.hpp"
#include "transactions/registers.hpp"

namespace mznode::check::txn {
namespace {

using nlohmann::ordered_json;

class RegisterAnomalies {
 public:
  RegisterAnomalies(const Transactions& transactions, NilRead nil_read, const Evidence& evidence,
                    AnomalyList& anomalies)
      : transactions_(transactions), nil_read_(nil_read), evidence_(evidence), anomalies_(anomalies) {}

  void run() {
    find_overwritten();
    for (TransactionId i{0U}; i < transactions_.size(); ++i) {
      if (!transactions_.list[i].is_ok()) continue;
      check_internal(i);
      for (const MicroOp& micro_op : transactions_.ops_of(transactions_.list[i])) {
        if (micro_op.is_read() && micro_op.element != none) check_read(i, micro_op);
      }
      lost_updates_.add(transactions_, i);
    }
    lost_updates_.report(evidence_, anomalies_);
  }

 private:
  void find_overwritten() {
    overwritten_.assign(transactions_.element_count(), false);
    latest_.assign(transactions_.key_count(), {none, nullptr});
    for (TransactionId i{0U}; i < transactions_.size(); ++i) {
      for (const MicroOp& micro_op : transactions_.ops_of(transactions_.list[i])) {
        if (micro_op.kind != MicroOp::Kind::write) continue;
        Latest& latest = latest_[micro_op.key];
        if (latest.transaction == i) overwritten_[latest.micro_op->element] = true;
        latest = {i, &micro_op};
      }
    }
    latest_.assign(transactions_.key_count(), {none, nullptr});
  }

  void check_read(TransactionId transaction, const MicroOp& read) {
    const TransactionId writer = transactions_.elements[read.element].writer;
    if (writer == none || writer == transaction) return;
    if (!transactions_.list[writer].is_possible()) add("G1a", transaction, read);
    if (overwritten_[read.element]) add("G1b", transaction, read);
  }

  /// A read must show what its transaction has read or written before.
  void check_internal(TransactionId transaction) {
    bool found = false;
    for (const MicroOp& micro_op : transactions_.ops_of(transactions_.list[transaction])) {
      Latest& latest = latest_[micro_op.key];
      const bool is_known = latest.transaction == transaction &&
                            (latest.micro_op->element != none || nil_read_ == NilRead::finds_nothing);
      if (micro_op.is_read() && is_known && latest.micro_op->element != micro_op.element && !found) {
        found = true;
        anomalies_.add("internal", [&] {
          return ordered_json{{"op", evidence_.operation(transaction)},
                              {"key", evidence_.key(micro_op.key)},
                              {"value", evidence_.element(micro_op.element)},
                              {"expected", evidence_.element(latest.micro_op->element)}};
        });
      }
      latest = {transaction, &micro_op};
    }
  }

  void add(std::string_view anomaly, TransactionId transaction, const MicroOp& read) {
    anomalies_.add(anomaly, [&] {
      return ordered_json{{"op", evidence_.operation(transaction)},
                          {"key", evidence_.key(read.key)},
                          {"value", evidence_.element(read.element)},
                          {"writer", evidence_.operation(transactions_.elements[read.element].writer)}};
    });
  }

  struct Latest {
    TransactionId transaction;
    const MicroOp* micro_op;
  };

  const Transactions& transactions_;
  const NilRead nil_read_;
  const Evidence& evidence_;
  AnomalyList& anomalies_;
  std::vector<bool> overwritten_;  // by element: by its own transaction
  std::vector<Latest> latest_;     // by key: what was looked at last
  LostUpdates lost_updates_;
};

}  // namespace

void find_register_anomalies(const Transactions& transactions, NilRead nil_read, const Evidence& evidence,
                             AnomalyList& anomalies) {
  RegisterAnomalies(transactions, nil_read, evidence, anomalies).run();
}

}  // namespace mznode::check::txn

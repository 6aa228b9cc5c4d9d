#pragma once

#include <vector>

#include "mznode/json/scanner.hpp"
#include "transactions/transactions.hpp"

namespace mznode::check::txn {

/// Reads the transactions out of a history. What a read may have seen differs between the kinds of objects, so derived
/// classes read that.
class TransactionReader {
 public:
  /// `write` is the function of a micro-operation that writes: "append" or "w".
  TransactionReader(const History& history, std::string_view write) : history_(history), write_(write) {}
  virtual ~TransactionReader() = default;
  TransactionReader(const TransactionReader&) = delete;
  TransactionReader& operator=(const TransactionReader&) = delete;

  /// Throws HistoryError for what is no transaction.
  void read(Transactions& transactions);

 protected:
  /// Reads what a read has seen, which is not null, and fills in the micro-operation.
  virtual void read_seen(Scanner& scanner, MicroOp& micro_op) = 0;

  /// Refuses the transaction that is being read.
  [[noreturn]] void refuse(const std::string& why) const;
  /// The next value of any kind, as its text.
  std::string_view value(Scanner& scanner) const;
  ElementId element(KeyId key, std::string_view text);

  Transactions* transactions_ = nullptr;

 private:
  void read_transaction(Transaction& transaction);
  void read_micro_op(Scanner& scanner, const Transaction& transaction);
  KeyId key(std::string_view text);

  const History& history_;
  std::string_view write_;
  const Operation* operation_ = nullptr;
  std::vector<KeyId> keys_;                // by value
  NumberTable elements_;                   // by key and value, but for the first one of each value
  std::vector<ElementId> first_elements_;  // by value: where no key has the values of another one, all there are
};

}  // namespace mznode::check::txn

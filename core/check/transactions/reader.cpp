#include "transactions/reader.hpp"

#include "history/integers.hpp"

namespace mznode::check::txn {

void TransactionReader::read(Transactions& transactions) {
  transactions_ = &transactions;
  const Pairing pairing(history_);
  transactions.list.reserve(history_.size() / 2 + 1);
  transactions.ops.reserve(history_.size());
  for (std::size_t i = 0; i < history_.size(); ++i) {
    if (!history_[i].is_client() || history_[i].type != Type::invoke) continue;
    Transaction& transaction = transactions.list.emplace_back();
    transaction.invocation = static_cast<std::uint32_t>(i);
    operation_ = &history_[i];
    const std::size_t completion = pairing.completion(i);
    if (completion != Pairing::none) {
      transaction.completion = static_cast<std::uint32_t>(completion);
      operation_ = &history_[completion];
      transaction.type = operation_->type;
    }
    read_transaction(transaction);
  }
}

void TransactionReader::read_transaction(Transaction& transaction) {
  transaction.first_op = static_cast<std::uint32_t>(transactions_->ops.size());
  Scanner scanner(operation_->value.text());
  if (!scanner.consume('[')) refuse("expected a list of micro-operations as its value");
  if (!scanner.consume(']')) {
    do {
      read_micro_op(scanner, transaction);
    } while (scanner.consume(','));
  }
  transaction.end_op = static_cast<std::uint32_t>(transactions_->ops.size());
}

void TransactionReader::read_micro_op(Scanner& scanner, const Transaction& transaction) {
  std::string_view function;
  const bool has_function = scanner.consume('[') && scanner.string(function) && scanner.consume(',');
  if (!has_function || (function != "r" && function != write_)) {
    refuse("expected micro-operations [\"r\", key, value] and [\"" + std::string(write_) + "\", key, value]");
  }
  MicroOp micro_op;
  micro_op.key = key(value(scanner));
  if (!scanner.consume(',')) refuse("expected a value behind the key of a micro-operation");
  if (function == write_) {
    micro_op.kind = MicroOp::Kind::write;
    micro_op.element = element(micro_op.key, value(scanner));
    Element& written = transactions_->elements[micro_op.element];
    if (written.writer != none) {
      refuse("writes " + std::string(transactions_->element_text(micro_op.element)) + " to key " +
             std::string(transactions_->key_text(micro_op.key)) +
             ", which was written there before; the versions of a key must differ");
    }
    written.writer = TransactionId(static_cast<std::uint32_t>(&transaction - transactions_->list.data()));
  } else if (scanner.peek() == 'n' || !transaction.is_possible()) {
    // What a transaction that did not happen has read means nothing; null is also the request of a read.
    value(scanner);
    if (transaction.is_ok()) micro_op.kind = MicroOp::Kind::read_null;
  } else {
    micro_op.kind = MicroOp::Kind::read;
    read_seen(scanner, micro_op);
  }
  if (!scanner.consume(']')) refuse("expected micro-operations of three parts");
  transactions_->ops.push_back(micro_op);
}

void TransactionReader::refuse(const std::string& why) const {
  check::refuse(*operation_, why);
}

std::string_view TransactionReader::value(Scanner& scanner) const {
  std::string_view text;
  if (!scanner.value(text)) refuse("expected a value in a micro-operation");
  return text;
}

KeyId TransactionReader::key(std::string_view text) {
  const std::uint32_t value = transactions_->values.intern(text);
  if (value >= keys_.size()) keys_.resize(value + 1);
  if (keys_[value] == none) {
    keys_[value] = KeyId(transactions_->key_count());
    transactions_->keys.push_back(value);
  }
  return keys_[value];
}

ElementId TransactionReader::element(KeyId key, std::string_view text) {
  const std::uint32_t value = transactions_->values.intern(text);
  const auto add = [&] {
    transactions_->elements.push_back({.key = key, .value = value});
    return ElementId(transactions_->element_count() - 1);
  };
  if (value >= first_elements_.size()) first_elements_.resize(value + 1);
  ElementId& first = first_elements_[value];
  if (first == none) return first = add();
  if (transactions_->elements[first].key == key) return first;
  std::uint32_t& number = elements_[std::uint64_t{key} << 32 | value];
  if (number == none) number = add();
  return ElementId(number);
}

}  // namespace mznode::check::txn

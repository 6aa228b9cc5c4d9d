#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "mznode/check/history.hpp"
#include "transactions/transactions.hpp"

namespace mznode::check::kafka {

using txn::ElementId;
using txn::KeyId;
using txn::none;
using txn::TransactionId;

/// A message where an operation met it.
struct Message {
  KeyId key = none;
  std::int64_t offset = unknown_offset;
  ElementId element = none;  // the message, as an element of its key

  static constexpr std::int64_t unknown_offset = -1;
};

/// What became of an operation on logs: its completion, or its invocation where no completion came, which counts as
/// indefinite.
struct LogOperation {
  std::uint32_t position = none;  // in the history
  Type type = Type::info;
  enum class Kind : std::uint8_t { transfer, assign, other } kind = Kind::other;
  /// Of a transfer (send, poll, txn): what it sent and polled, each by key, and under a key in its own order.
  std::vector<Message> sent;
  std::vector<Message> polled;
  /// Keys of which it polled no message.
  std::vector<KeyId> polled_nothing;
  /// Of an assign or subscribe: the keys, in ascending order.
  std::vector<KeyId> keys;
};

/// The operations of a history, with keys and messages as dense numbers. The history must outlive it.
struct LogHistory {
  /// In the order of their completions; one without a completion stands where it was invoked.
  std::vector<LogOperation> operations;
  /// The transfers in the order of their invocations, with the numbers of keys and messages. Of each one only when it
  /// was, and its type; what it did stands in its operation.
  txn::Transactions transactions;
  /// By transaction: its operation.
  std::vector<std::uint32_t> operation_of;
  /// By message: which operation sent it; none when nobody did.
  std::vector<std::uint32_t> sender;
};

/// Throws HistoryError for what are no operations on logs: sends ["send", key, [offset, message]] or ["send", key,
/// message], polls ["poll", {key: [[offset, message] …]}] or ["poll"], assigns of lists of keys.
LogHistory read_log_history(const History& history);

/// The messages of each key, one after the other.
template <class Visit>
void for_each_key(std::span<const Message> messages, Visit&& visit) {
  for (std::size_t i = 0; i < messages.size();) {
    std::size_t end = i + 1;
    while (end < messages.size() && messages[end].key == messages[i].key) ++end;
    visit(messages.subspan(i, end - i));
    i = end;
  }
}

}  // namespace mznode::check::kafka

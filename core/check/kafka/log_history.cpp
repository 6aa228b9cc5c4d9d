#include "kafka/log_history.hpp"

#include <algorithm>

#include "history/integers.hpp"
#include "history/parts.hpp"
#include "mznode/json/scanner.hpp"

namespace mznode::check::kafka {
namespace {

using txn::NumberTable;
using txn::Transaction;

class LogReader {
 public:
  explicit LogReader(const History& history) : history_(history) {}

  LogHistory read() {
    const Pairing pairing(history_);
    std::vector<std::uint32_t> transaction_of(history_.size(), none);
    for (std::size_t i = 0; i < history_.size(); ++i) {
      if (!history_[i].is_client() || history_[i].type != Type::invoke) continue;
      Transaction transaction{.invocation = static_cast<std::uint32_t>(i)};
      const std::size_t completion = pairing.completion(i);
      if (completion != Pairing::none) {
        transaction.completion = static_cast<std::uint32_t>(completion);
        transaction.type = history_[completion].type;
      }
      const std::size_t told = completion != Pairing::none ? completion : i;
      if (!is_transfer(history_[told].f)) continue;
      transaction_of[told] = logs_.transactions.size();
      logs_.transactions.list.push_back(transaction);
    }
    logs_.operation_of.assign(logs_.transactions.size(), none);
    for (std::size_t i = 0; i < history_.size(); ++i) {
      if (!history_[i].is_client()) continue;
      const bool is_told_later = history_[i].type == Type::invoke && pairing.completion(i) != Pairing::none;
      if (is_told_later) continue;
      const auto number = static_cast<std::uint32_t>(logs_.operations.size());
      if (transaction_of[i] != none) logs_.operation_of[transaction_of[i]] = number;
      read_operation(static_cast<std::uint32_t>(i));
    }
    logs_.sender.resize(logs_.transactions.element_count(), none);
    return std::move(logs_);
  }

 private:
  static bool is_transfer(const std::string& f) { return f == "send" || f == "poll" || f == "txn"; }

  void read_operation(std::uint32_t position) {
    entry_ = &history_[position];
    LogOperation& operation = logs_.operations.emplace_back();
    operation.position = position;
    operation.type = entry_->type == Type::invoke ? Type::info : entry_->type;
    if (is_transfer(entry_->f)) {
      operation.kind = LogOperation::Kind::transfer;
      read_transfer(operation);
    } else if ((entry_->f == "assign" || entry_->f == "subscribe") && !entry_->value.is_null()) {
      operation.kind = LogOperation::Kind::assign;
      Scanner scanner(entry_->value.text());
      read_list(scanner, [&] { operation.keys.push_back(key(value(scanner))); });
      std::sort(operation.keys.begin(), operation.keys.end());
    }
  }

  void read_transfer(LogOperation& operation) {
    if (entry_->value.is_null()) return;
    Scanner scanner(entry_->value.text());
    read_list(scanner, [&] {
      std::string_view function;
      if (!scanner.consume('[') || !scanner.string(function)) refuse("expected micro-operations");
      if (function == "send" && scanner.consume(',')) {
        read_send(scanner, operation);
      } else if (function == "poll") {
        if (scanner.consume(',')) read_poll(scanner, operation);
      } else {
        refuse("expected micro-operations [\"send\", key, message] and [\"poll\", {key: [[offset, message] …]}]");
      }
      if (!scanner.consume(']')) refuse("expected the end of a micro-operation");
    });
    for (auto* messages : {&operation.sent, &operation.polled}) {
      std::stable_sort(messages->begin(), messages->end(),
                       [](const Message& a, const Message& b) { return a.key < b.key; });
    }
  }

  void read_send(Scanner& scanner, LogOperation& operation) {
    Message message{.key = key(value(scanner))};
    if (!scanner.consume(',')) refuse("expected a message behind the key of a send");
    read_message(scanner, message);
    operation.sent.push_back(message);
    const auto number = static_cast<std::uint32_t>(logs_.operations.size() - 1);
    if (message.element >= logs_.sender.size()) logs_.sender.resize(message.element + 1, none);
    logs_.sender[message.element] = number;
  }

  void read_poll(Scanner& scanner, LogOperation& operation) {
    if (scanner.peek() == 'n') {
      value(scanner);
      return;
    }
    if (!scanner.consume('{')) refuse("expected a map from keys to messages as what was polled");
    if (scanner.consume('}')) return;
    do {
      const KeyId polled_key = key(value(scanner));
      if (!scanner.consume(':')) refuse("expected messages behind a polled key");
      const std::size_t count = operation.polled.size();
      read_list(scanner, [&] {
        if (scanner.peek() != '[') refuse("expected [offset, message] as what was polled");
        Message message{.key = polled_key};
        read_message(scanner, message);
        operation.polled.push_back(message);
      });
      if (operation.polled.size() == count) operation.polled_nothing.push_back(polled_key);
    } while (scanner.consume(','));
    if (!scanner.consume('}')) refuse("expected the end of what was polled");
  }

  /// [offset, message], or a message whose offset is not known.
  void read_message(Scanner& scanner, Message& message) {
    if (!scanner.consume('[')) {
      message.element = element(message.key, value(scanner));
      return;
    }
    const std::string_view offset = value(scanner);
    if (offset != "null") {
      const auto number = json_of(offset).as_int();
      if (!number) refuse("expected an offset, a whole number from 0");
      if (*number >= 0) message.offset = *number;  // one below is the offset of nothing, as upstream
    }
    if (!scanner.consume(',')) refuse("expected a message behind the offset");
    message.element = element(message.key, value(scanner));
    if (!scanner.consume(']')) refuse("expected [offset, message]");
  }

  /// A null is an empty list, as Maelstrom takes it.
  template <class Read>
  void read_list(Scanner& scanner, Read&& read) {
    if (scanner.peek() == 'n') {
      value(scanner);
      return;
    }
    if (!scanner.consume('[')) refuse("expected a list");
    if (scanner.consume(']')) return;
    do {
      read();
    } while (scanner.consume(','));
    if (!scanner.consume(']')) refuse("expected the end of a list");
  }

  /// The keys of a JSON map are strings, whatever they were, so 9 and "9" are one key.
  KeyId key(std::string_view text) {
    if (text.front() == '"') {
      const std::string_view content = text.substr(1, text.size() - 2);
      const bool is_number = !content.empty() && content.find_first_not_of("0123456789") == std::string_view::npos &&
                             (content.front() != '0' || content.size() == 1);
      if (is_number) text = content;
    }
    const std::uint32_t value = logs_.transactions.values.intern(text);
    std::uint32_t& number = keys_[value];
    if (number == none) {
      number = logs_.transactions.key_count();
      logs_.transactions.keys.push_back(value);
    }
    return KeyId(number);
  }

  ElementId element(KeyId key, std::string_view text) {
    const std::uint32_t value = logs_.transactions.values.intern(text);
    std::uint32_t& known = elements_[std::uint64_t{key} << 32 | value];
    if (known == none) {
      known = logs_.transactions.element_count();
      logs_.transactions.elements.push_back({.key = key, .value = value});
    }
    return ElementId(known);
  }

  std::string_view value(Scanner& scanner) const {
    std::string_view text;
    if (!scanner.value(text)) refuse("expected a value");
    return text;
  }
  [[noreturn]] void refuse(const std::string& why) const { check::refuse(*entry_, why); }

  const History& history_;
  const Operation* entry_ = nullptr;
  LogHistory logs_;
  NumberTable keys_;
  NumberTable elements_;
};

}  // namespace

LogHistory read_log_history(const History& history) {
  return LogReader(history).read();
}

}  // namespace mznode::check::kafka

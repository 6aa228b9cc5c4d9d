#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "mznode/check/history.hpp"
#include "transactions/interner.hpp"

namespace mznode::check::txn {

/// What a transaction did to one key, in numbers.
struct MicroOp {
  enum class Kind : std::uint8_t {
    write,
    /// A read of nothing: null.
    read_null,
    /// A read of a register, or of a list that agrees with what was read before: its first `length` elements.
    read,
    /// A read of a list that disagrees: `length` is its position among the odd reads.
    odd_read,
    /// A read that was not carried out, or whose result is not known.
    blank,
  };

  Kind kind = Kind::blank;
  KeyId key = none;
  /// The element written, or the last one read; none for a read of nothing.
  ElementId element = none;
  std::uint32_t length = 0;

  bool is_read() const { return kind == Kind::read || kind == Kind::read_null || kind == Kind::odd_read; }
};

/// What a read of null says about the reads that follow it in its transaction: that there is nothing, as to Elle from
/// 0.2.7 on, or nothing at all, as to Elle before.
enum class NilRead : bool { tells_nothing, finds_nothing };

struct Transaction {
  /// Positions in the history; none for a completion that never came, which counts as indefinite.
  std::uint32_t invocation = none;
  std::uint32_t completion = none;
  Type type = Type::info;
  std::uint32_t first_op = 0;
  std::uint32_t end_op = 0;

  /// A transaction that failed did not happen; any other one may have.
  bool is_possible() const { return type != Type::fail; }
  bool is_ok() const { return type == Type::ok; }
};

/// A value under a key, written or read: numbered once for all its occurrences.
struct Element {
  KeyId key = none;
  std::uint32_t value = none;
  /// The transaction that wrote it; none when nobody did.
  TransactionId writer = none;
};

/// The transactions of a history in the order of their invocations, with keys and elements as dense numbers, so that
/// the checks run over flat arrays. The history must outlive it.
struct Transactions {
  std::vector<Transaction> list;
  std::vector<MicroOp> ops;
  std::vector<Element> elements;
  std::vector<std::uint32_t> keys;  // the value of each key
  Interner values;

  std::uint32_t size() const { return static_cast<std::uint32_t>(list.size()); }
  std::uint32_t key_count() const { return static_cast<std::uint32_t>(keys.size()); }
  std::uint32_t element_count() const { return static_cast<std::uint32_t>(elements.size()); }
  std::span<const MicroOp> ops_of(const Transaction& transaction) const {
    return std::span(ops).subspan(transaction.first_op, transaction.end_op - transaction.first_op);
  }
  std::string_view key_text(KeyId key) const { return values.text(keys[key]); }
  std::string_view element_text(ElementId element) const { return values.text(elements[element].value); }
  /// The entry of the history that stands for the transaction: its completion, if there is one.
  std::uint32_t position(TransactionId transaction) const {
    const Transaction& it = list[transaction];
    return it.completion != none ? it.completion : it.invocation;
  }
};

}  // namespace mznode::check::txn

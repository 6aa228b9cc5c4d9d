#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "isolation/model.hpp"
#include "transactions/transactions.hpp"

namespace mznode::check::isolation {

using txn::ElementId;
using txn::KeyId;
using txn::none;
using txn::TransactionId;

/// A read that no order of commits explains.
struct ReadAnomaly {
  enum class Kind : std::uint8_t {
    unwritten,     // nobody wrote the value
    aborted,       // who wrote it, failed
    intermediate,  // who wrote it, overwrote it
    ahead,         // its own transaction wrote it, and later
    own_missed,    // its own transaction had written another value before
    changed,       // its own transaction had read another value before
  };

  Kind kind;
  TransactionId transaction;  // its number among the Transactions, as that of the writer
  KeyId key;
  ElementId element;          // what was read; none for the initial state
  ElementId expected = none;  // the value that it should have shown, of own_missed and changed

  bool breaks(const Model& model) const;
};

/// What the complete checkers see of a history of registers in which each value of a key is written once: which
/// transactions took effect, in which sessions, and which wrote what others read (the ⟨T, so, wr⟩ of Biswas and Enea).
/// Indefinite transactions took effect where somebody has read what they wrote; of the others nothing depends on it.
struct Commits {
  /// What others see of a transaction: the last value that it wrote to a key.
  struct Version {
    KeyId key;
    std::uint32_t writer;  // a commit
    ElementId element;
  };
  /// What a transaction saw of others.
  struct Read {
    KeyId key;
    std::uint32_t version;  // none for the initial state
  };

  std::uint32_t key_count = 0;
  /// By commit, in the order of their invocations. The last entries of `first_…` are ends.
  std::vector<TransactionId> transactions;
  std::vector<std::uint32_t> processes;     // numbered from 0; one of its own for each indefinite one
  std::vector<std::uint32_t> predecessors;  // the acknowledged one that the same process executed before; or none
  std::vector<std::uint32_t> begins;        // the position of the invocation
  std::vector<std::uint32_t> ends;          // the position of the completion; none for an indefinite one
  std::vector<std::uint32_t> first_read;
  std::vector<std::uint32_t> first_version;
  std::vector<Read> reads;        // in the order of the program
  std::vector<Version> versions;  // in the order of the keys

  std::uint32_t size() const { return static_cast<std::uint32_t>(transactions.size()); }
  std::span<const Read> reads_of(std::uint32_t commit) const {
    return std::span(reads).subspan(first_read[commit], first_read[commit + 1] - first_read[commit]);
  }
  std::span<const Version> versions_of(std::uint32_t commit) const {
    return std::span(versions).subspan(first_version[commit], first_version[commit + 1] - first_version[commit]);
  }
  /// The version of `key` that `commit` wrote; none when it wrote none.
  std::uint32_t version_of(std::uint32_t commit, KeyId key) const;
  ElementId element(std::uint32_t version) const { return version == none ? ElementId() : versions[version].element; }
};

/// Reads them out of the transactions, and notes what no order explains.
Commits find_commits(const History& history, const txn::Transactions& transactions,
                     std::vector<ReadAnomaly>& anomalies);

}  // namespace mznode::check::isolation

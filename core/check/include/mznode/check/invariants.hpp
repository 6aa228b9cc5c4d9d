#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "mznode/check/history.hpp"
#include "mznode/check/options.hpp"
#include "mznode/check/verdict.hpp"

/// Checkers that look for one thing each, which operations of one form must show: the workloads of Jepsen and elle-cli
/// that are neither registers, sets, queues nor transactions in general.
namespace mznode::check {

/// What breaks a rule, by its kind.
struct ViolationsFinding final : Finding {
  struct Example {
    /// What it is about, the operation at fault first.
    std::vector<Operation> operations;
    /// In words.
    std::string text;
  };
  struct Violation {
    /// Such as "wrong-total"; gloss() tells what it is.
    std::string name;
    std::size_t count = 0;
    /// Some of them.
    std::vector<Example> examples;
  };

  /// How much was looked at, by the names that upstream gives it, such as "read-count".
  std::vector<std::pair<std::string, std::int64_t>> counts = {};
  std::vector<Violation> violations = {};

  void write_to(nlohmann::ordered_json& details) const override;
  std::string reason() const override;
};

/// The checkers below find ViolationsFinding. They throw HistoryError for values of another form.

/// Jepsen's tests.bank, with what elle-cli infers: reads show no account that is not there (unexpected-key), a balance
/// of each (nil-balance), `options.bank.total_amount` together (wrong-total), and, unless allowed, nothing below zero
/// (negative-value). Each read is judged by the first of these that it breaks. Unknown where no read was answered, or
/// one only, with which nothing is compared.
Verdict check_bank(const History& history, const CheckOptions& options);

/// Jepsen's tests.long-fork: of transactions that read one group of keys, each written once, any two show the writes in
/// one order: what one of them shows, the other shows, too, or the other way round (long-fork). Snapshot isolation
/// allows nothing else. Not valid, too, where the history tells the writes: a value that nobody had begun to write
/// (unwritten-read), or whose write failed (aborted-read). Unknown where a key is written twice.
Verdict check_long_fork(const History& history, const CheckOptions& options);

/// Cockroach's and elle-cli's sequential: one process writes the keys of a group in order, others read them in the
/// reverse order, [group, [last, …, first]]. Who has read a later key reads all earlier ones (trailing-nil). Not valid,
/// too, where the history tells the writes: a key that nobody had begun to write (unwritten-read), or whose writes
/// failed (aborted-read). Unknown where the keys are not those of the group in that order, and nothing else is wrong.
Verdict check_sequential(const History& history, const CheckOptions& options);

/// Jepsen's tests.causal-reverse, and elle-cli's comments: who reads what was written reads, too, what had been
/// acknowledged before that write began (missing). Values are those of one object, or pairs [key, value] of several
/// (jepsen.independent). A value that nobody had begun to write is not valid either (unwritten-read), nor one whose
/// writes failed (aborted-read).
Verdict check_causal_reverse(const History& history, const CheckOptions& options);

/// Cockroach's monotonic: each add appends a row, `{val, sts}` or `val` alone, whose `val` is greater than all before.
/// The last read shows every acknowledged row (lost) once (duplicates), none that failed (revived), with `val` and the
/// database's time stamp `sts` in ascending order (value-reorders, order-by-errors).
Verdict check_monotonic(const History& history, const CheckOptions& options);

/// Jepsen's tests.causal: a register, or one of each key, that takes 0, 1, 2 … Each operation has a `position` and is
/// a `link` to the position of the one before it, or to `init`; writes write the next number, and reads show it
/// (inconsistent).
Verdict check_causal(const History& history, const CheckOptions& options);

/// Jepsen's tests.adya: of the inserts of one key, each of which looks first whether there is another one, one succeeds
/// at most (G2).
Verdict check_adya(const History& history, const CheckOptions& options);

}  // namespace mznode::check

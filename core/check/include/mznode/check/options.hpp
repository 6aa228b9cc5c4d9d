#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "mznode/check/txn/models.hpp"
#include "mznode/json/json.hpp"

namespace mznode::check {

/// Where a search gives up, for each register by itself. Counted and not timed, so that the same history gets the same
/// verdict everywhere. The defaults are some ten seconds, and what any machine has.
struct SearchLimits {
  /// Operations and configurations looked at.
  std::uint64_t steps = 1'000'000'000;
  std::size_t bytes = std::size_t{1} << 30;
};

/// From what the order of a register's versions may be inferred, beyond that the initial one comes first (Elle's
/// options of the same names).
struct Assumptions {
  /// Within a transaction, a write overwrites what was read.
  bool wfr_keys = false;
  /// Each key is sequentially consistent: every process sees its versions in their order.
  bool sequential_keys = false;
  /// Each key is linearizable: its versions follow the realtime order.
  bool linearizable_keys = false;
};

/// Whether the complete checks of consistency models run, beside Elle's inference.
enum class CompleteCheck : std::uint8_t {
  left_out,
  /// Up to a number of steps that takes a second or so. Where it gives up, Elle's verdict stands.
  where_affordable,
  /// Up to the limits of a search. Where it gives up, the verdict is unknown.
  demanded,
};

/// What a bank's reads must show (jepsen.tests.bank, elle-cli).
struct BankOptions {
  /// What all accounts hold together; unless given, what the first read shows.
  std::optional<std::int64_t> total_amount = std::nullopt;
  /// The accounts that there are; unless given, those of the first read.
  std::vector<std::string> accounts = {};
  /// Whether an account may hold less than nothing.
  bool negative_balances = false;
};

/// What a user may choose about the checks, a member for each; each checker reads what concerns it.
struct CheckOptions {
  /// Whether the order of the history is that in which things happened (RecordedHistory::tells_time). Otherwise only
  /// what needs no order but that of each process can be judged.
  bool tells_time = true;
  /// Follow upstream where this project is stricter on purpose, and in its rounding.
  bool compat_jepsen = false;
  /// Transactions: follow Elle 0.2.2, for which a read of nil says nothing about what its transaction reads next, and
  /// which infers too much from linearizable-keys. `compat_jepsen` includes it unless the next is set.
  bool compat_elle_0_2_2 = false;
  /// Transactions: follow Elle 0.2.7, also where `compat_jepsen` is set.
  bool compat_elle_0_2_7 = false;
  /// Sets: a stale element is an error (set-full's `:linearizable?`).
  bool linearizable = false;
  /// The fraction of operations that must succeed; 1 is Maelstrom's `--availability total`.
  std::optional<double> availability = std::nullopt;
  /// Registers: a read of null says that nothing was written before it. Knossos believes every read of null.
  bool strict_null_reads = false;
  /// Registers: what each one holds at the beginning (Knossos, model/cas-register); no value unless given.
  std::optional<Json> initial_value = std::nullopt;
  /// Registers: seek a counterexample where there is no linearization, which takes longer than to find that there is
  /// none.
  bool explain = true;
  /// Registers: where the search for a linearization ends.
  SearchLimits limits = {};
  /// Transactions: what the history must satisfy.
  ConsistencyModels consistency_models = {};
  Assumptions assume = {};
  /// Transactions on registers: the field of completions whose numbers tell the order of the transactions, as their
  /// database knows it, which the versions follow; empty for none. (Elle's :transaction-order, from 0.2.7 on, is a map
  /// from completions to such numbers.)
  std::string transaction_order = {};
  /// Transactions on registers.
  CompleteCheck complete = CompleteCheck::where_affordable;
  BankOptions bank = {};
  /// long-fork: how many keys each read must show; unless given, as many as the first one does.
  std::optional<std::size_t> group_size = std::nullopt;
  /// linearizable: the name of the model (see sequential_models()).
  std::string model = {};
  /// Semaphores: how many may hold it at a time.
  std::int64_t permits = 1;
  /// Transactions: tell the strongest models that the history satisfies, too, which takes longer.
  bool strongest_models = false;
};

}  // namespace mznode::check

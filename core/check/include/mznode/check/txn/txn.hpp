#pragma once

#include "mznode/check/history.hpp"
#include "mznode/check/options.hpp"
#include "mznode/check/txn/anomalies.hpp"
#include "mznode/check/verdict.hpp"

namespace mznode::check {

/// The checker of transactions (Alvaro and Kingsbury, "Elle: Inferring Isolation Anomalies from Experimental
/// Observations", VLDB 2020): it infers which transactions depend on which, and looks for anomalies among them that
/// `options.consistency_models` forbid. Values are lists of micro-operations ["r", key, seen] and ["append", key,
/// element]; elements of a key must be unique.
///
/// Finds a TransactionsFinding when it is not valid, and if asked a StrongestModelsFinding. Unknown when the
/// transactions do not depend on one another at all, when an element was read that nobody appended, or when the search
/// for a cycle was given up.
Verdict check_list_append(const History& history, const CheckOptions& options);

/// The same for registers: ["r", key, value] and ["w", key, value]. Values of a key must be unique; `options.assume`
/// tells from what else the order of versions may be inferred. With linearizable_keys, `compat_jepsen` finds the
/// cyclic versions that Elle 0.2.2 finds by mistake (see elle_followers.hpp); otherwise only those that there are.
/// Finds a CompleteFinding besides where complete checks run (`options.complete`), and what they find counts.
Verdict check_rw_register(const History& history, const CheckOptions& options);

/// As Maelstrom's txn-rw-register: assumes that writes follow reads, and counts unknown as invalid, but for a
/// few answers that have nothing in common. Stricter than
/// upstream unless `compat_jepsen` is set: a value that was read and that nobody wrote is invalid.
Verdict check_txn_rw_register(const History& history, const CheckOptions& options);

}  // namespace mznode::check

#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <span>
#include <vector>

#include "transactions/transactions.hpp"

namespace mznode::check::txn {

/// By key: the transactions that come next on it.
using Followers = std::map<KeyId, std::set<TransactionId>>;

/// For each transaction those that Elle takes to follow it in real time, next on each key: what can be reached, from
/// one that ended to those that begin before another one of these has ended, over transactions that did nothing to the
/// key (elle.rw-register/ext-key-graph).
///
/// Elle 0.2.2 `mixes_up`: it adds to a set which several transactions share, so that what follows one of them seems to
/// follow the others, and versions seem cyclic that are not; 0.2.7 does not ("Fix a gnarly bug: rw could incorrectly
/// infer version order cycles"). Which sets are shared depends on the order in which it iterates, and so this does all
/// that in the same way. Meant for comparing verdicts: it takes memory for each transaction and each later key.
///
/// `keys_of` gives the keys on which a transaction is known to have worked.
std::vector<Followers> elle_followers(const History& history, const Transactions& transactions,
                                      const std::function<std::vector<KeyId>(TransactionId)>& keys_of, bool mixes_up);

}  // namespace mznode::check::txn

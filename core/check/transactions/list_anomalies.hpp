#pragma once

#include "anomalies/anomaly_list.hpp"
#include "anomalies/evidence.hpp"
#include "transactions/list_append.hpp"

namespace mznode::check::txn {

/// Finds the anomalies of list-append that are no cycles:
///  - G1a and G1b: an aborted read, an intermediate read (Adya, "Weak Consistency", section 4.2);
///  - internal: a read that contradicts what its transaction did before (axiom INT of Cerone, Bernardi and Gotsman);
///  - future-read: a read that saw what its transaction did later;
///  - incompatible-order, duplicate-elements, dirty-update (Alvaro and Kingsbury, "Elle", sections 4.2 and 6.1);
///  - lost-update: two transactions read the same version of a key and wrote it.
void find_list_anomalies(const Transactions& transactions, const ListReader& reader, const ListAppend& versions,
                         NilRead nil_read, const Evidence& evidence, AnomalyList& anomalies);

}  // namespace mznode::check::txn

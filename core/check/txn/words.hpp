#pragma once

#include <string>
#include <vector>

#include "mznode/check/txn/anomalies.hpp"

namespace mznode::check::txn {

/// An anomaly of transactions or of logs in words for a person, line by line: its name, how often it was found, and
/// what the first example shows. Of a cycle, the transactions and why each comes before the next.
std::vector<std::string> explain_anomaly(const Anomaly& anomaly);

}  // namespace mznode::check::txn

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mznode/check/txn/anomalies.hpp"

namespace mznode::check::txn {

/// Short enough for a sentence, never cut within a character.
std::string shortened(std::string_view text);
/// "operation 7 (process 2)".
std::string name_of(const Operation& operation);

/// An anomaly of transactions or of logs in words for a person, line by line: its name, how often it was found, and
/// what the first example shows. Of a cycle, the transactions and why each comes before the next.
std::vector<std::string> explain_anomaly(const Anomaly& anomaly);

}  // namespace mznode::check::txn

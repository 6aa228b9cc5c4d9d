#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace mznode::check::txn {

/// An anomaly of transactions or of logs in words for a person, line by line: its name, how often it was found, and
/// what the `example`, as verdicts describe it, shows. Of a cycle, the transactions and why each comes before the next.
std::vector<std::string> explain_anomaly(std::string_view anomaly, std::size_t count,
                                         const nlohmann::ordered_json& example);

}  // namespace mznode::check::txn

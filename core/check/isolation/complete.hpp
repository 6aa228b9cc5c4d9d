#pragma once

#include <string_view>
#include <vector>

#include "mznode/check/isolation.hpp"
#include "mznode/check/options.hpp"
#include "transactions/transactions.hpp"

namespace mznode::check::isolation {

/// Decides those of the models that have a complete check, and tells of each. `is_demanded` is for the words where a
/// search is given up.
CompleteFinding check_completely(const History& history, const txn::Transactions& transactions,
                                 const std::vector<std::string_view>& models, const SearchLimits& limits,
                                 bool is_demanded);

}  // namespace mznode::check::isolation

#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "mznode/check/history.hpp"
#include "mznode/check/options.hpp"
#include "mznode/check/verdict.hpp"

namespace mznode::check {

struct UniqueIdsFinding final : Finding {
  std::size_t attempted_count = 0;
  std::size_t acknowledged_count = 0;
  std::size_t duplicated_count = 0;
  /// The 48 most frequent, in the order of the ids, with their counts.
  std::vector<std::pair<Json, std::size_t>> duplicated = {};
  /// The lowest and the highest id; null when there is none.
  Json lowest = {};
  Json highest = {};

  void write_to(nlohmann::ordered_json& details) const override;
  std::string reason() const override;
};

/// No two `generate` operations may be answered with equal values (Jepsen, checker/unique-ids). Ids are values of any
/// kind.
/// Finds a UniqueIdsFinding.
Verdict check_unique_ids(const History& history, const CheckOptions& options);

}  // namespace mznode::check

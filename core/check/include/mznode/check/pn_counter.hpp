#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "mznode/check/history.hpp"
#include "mznode/check/options.hpp"
#include "mznode/check/verdict.hpp"

namespace mznode::check {

struct PnCounterFinding final : Finding {
  /// The integers from lower to upper, both included.
  struct Range {
    std::int64_t lower = 0;
    std::int64_t upper = 0;
  };
  /// The wrong reads.
  std::vector<Operation> errors = {};
  /// What final reads showed.
  std::vector<Json> final_reads = {};
  /// Disjoint ranges in ascending order.
  std::vector<Range> acceptable = {};

  void write_to(nlohmann::ordered_json& details) const override;
  std::string reason() const override;
};

/// Maelstrom's counter checker (workload/pn_counter.clj): every final read must be the sum of the acknowledged adds and
/// of some of the indefinite ones.
/// Finds a PnCounterFinding. Stricter than upstream unless `compat_jepsen` is set: an add that never completed is
/// indefinite (upstream forgets it), a final read that is no integer is an error (upstream: unknown), no final read at
/// all is unknown (upstream: valid). Throws HistoryError for an add that is no integer and for more than
/// `max_acceptable_ranges`.
Verdict check_pn_counter(const History& history, const CheckOptions& options);

/// Indefinite adds of arbitrary size can double the acceptable values each; beyond this the checker gives up.
inline constexpr std::size_t max_acceptable_ranges = 100'000;

}  // namespace mznode::check

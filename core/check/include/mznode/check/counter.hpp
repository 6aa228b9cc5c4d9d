#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mznode/check/history.hpp"
#include "mznode/check/options.hpp"
#include "mznode/check/verdict.hpp"

namespace mznode::check {

struct CounterFinding final : Finding {
  struct Read {
    std::int64_t lower = 0;
    Json value;
    std::int64_t upper = 0;
  };
  std::vector<Read> reads = {};
  /// Those whose value is not between the bounds.
  std::vector<Read> errors = {};

  void write_to(nlohmann::ordered_json& details) const override;
  std::string reason() const override;
};

/// Jepsen's checker/counter: every read of a counter that starts at 0 and only grows must lie between the sum of the
/// adds acknowledged before the read began and the sum of those attempted before it ended, failed ones apart.
/// Finds a CounterFinding. Throws HistoryError for a negative add or a sum
/// beyond 64 bits, and for a read that is no integer when `compat_jepsen` is set; otherwise such a read is an error.
Verdict check_counter(const History& history, const CheckOptions& options);

}  // namespace mznode::check

#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "mznode/check/history.hpp"
#include "mznode/check/options.hpp"
#include "mznode/check/verdict.hpp"

namespace mznode::check {

/// What the last read of a set, or what was taken out of a queue, shows of what was put in, by upstream's names. What
/// is there several times is named as often.
struct InOutFinding final : Finding {
  std::size_t attempt_count = 0;
  std::size_t acknowledged_count = 0;
  std::size_t ok_count = 0;
  /// Acknowledged, and not shown.
  std::vector<Json> lost = {};
  /// Shown, and never put in.
  std::vector<Json> unexpected = {};
  /// Shown more often than it can have been put in.
  std::vector<Json> duplicated = {};
  /// Shown, although it was not acknowledged.
  std::vector<Json> recovered = {};

  void write_to(nlohmann::ordered_json& details) const override;
  std::string reason() const override;
};

/// Jepsen's checker/set: the last read shows every element whose add was acknowledged, and none that nobody tried to
/// add. Upstream takes what it shows for a set, whenever it was added and however that ended; unless it is to be
/// followed, an element is not valid that is there twice, whose add began behind the read, or whose adds all failed.
///
/// Finds an InOutFinding. Throws HistoryError for a read that is no list. Unknown where no read was answered.
Verdict check_set(const History& history, const CheckOptions& options);

}  // namespace mznode::check

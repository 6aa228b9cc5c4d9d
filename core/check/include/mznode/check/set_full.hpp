#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "mznode/check/history.hpp"
#include "mznode/check/options.hpp"
#include "mznode/check/quantiles.hpp"
#include "mznode/check/verdict.hpp"

namespace mznode::check {

/// What became of the elements of a set.
struct SetFinding final : Finding {
  /// An element that reads missed for a while after it was known.
  struct Stale {
    Json element;
    std::int64_t latency_ms = 0;
    Operation known;
    Operation last_absent;
  };

  std::size_t attempt_count = 0;
  std::size_t stable_count = 0;
  std::vector<Json> lost = {};
  std::vector<Json> never_read = {};
  std::vector<Json> stale = {};
  /// The most stale ones, the worst first.
  std::vector<Stale> worst_stale = {};
  /// From when an element was known until it was stable or lost, in whole milliseconds.
  std::optional<Quantiles<std::int64_t>> stable_latencies_ms = {};
  std::optional<Quantiles<std::int64_t>> lost_latencies_ms = {};
  /// With the highest number of times that one read showed them.
  std::vector<std::pair<Json, std::size_t>> duplicated = {};
  /// Shown before anybody had begun to add them.
  std::vector<Json> unexpected = {};

  void write_to(nlohmann::ordered_json& details) const override;
  std::string reason() const override;
};

/// Jepsen's checker/set-full for `add` (or Maelstrom's `broadcast`) of one element and `read` of all.
///
/// An element is known from the end of its add, or of the first read that shows it. It is stable when the last read to
/// begin shows it, lost when it was known and the last read to begin, after that, misses it, and never-read otherwise.
/// A stable element that a read missed 1 ms or more after it was known is stale. Invalid: a lost element; with
/// `linearizable`, a stale one; an element that one read shows twice, which upstream means to reject but never does, so
/// `compat_jepsen` does not either; an element that a read shows before anybody began to add it, which upstream's
/// checker/set calls unexpected and set-full does not look for. No stable element at all: unknown.
///
/// Finds a SetFinding. Throws HistoryError for a read that is no list.
Verdict check_set_full(const History& history, const CheckOptions& options);

/// What became of one attempted element, as check_set_full judges it; for plots.
struct SetOutcome {
  Json element;
  bool is_lost = false;
  std::int64_t known_ns = 0;
  /// From when it was known until it was stable or lost.
  std::int64_t latency_ms = 0;
};

/// Those that are stable or lost, in the order in which they became known. Throws HistoryError as check_set_full does.
std::vector<SetOutcome> set_outcomes(const History& history);

}  // namespace mznode::check

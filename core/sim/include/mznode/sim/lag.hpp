#pragma once

#include <algorithm>

#include "mznode/node/runtime.hpp"

namespace mznode::sim {

/// How late the bench itself was during a run in real time, and how long the machine kept nodes waiting. The bench
/// carries every message and fires every time-out, so when the machine gives it no time, nodes look slow that are not.
struct Lag {
  /// Ordinary scheduling; what is late by less is not counted.
  static constexpr Duration tolerance = 50ms;
  /// How often it is measured.
  static constexpr Duration interval = 20ms;

  /// The most by which something was late.
  Duration longest{0};
  /// All times together by which something was late beyond the tolerance.
  Duration total{0};
  /// How long a node that did not begin in time was ready to run and got no processor, which others were using.
  Duration starved{0};

  /// Takes note of something that came `late` after it was due. Times of two calls must not overlap.
  void add(Duration late) {
    longest = std::max(longest, late);
    if (late > tolerance) total += late;
  }

  /// Whether it may be the machine's doing that something did not come within `patience`: when the bench was late for
  /// more than a tenth of that, or the node waited for a processor more than half of it.
  bool may_explain_lateness(Duration patience) const { return total > patience / 10 || starved > patience / 2; }
};

}  // namespace mznode::sim

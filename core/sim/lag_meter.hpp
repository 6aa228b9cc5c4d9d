#pragma once

#include "mznode/sim/connection.hpp"
#include "mznode/sim/lag.hpp"

namespace mznode::sim {

/// Measures how late the bench is, as long as the loop lives: a timer of its own is as late as everything else that the
/// loop does, which reads what nodes wrote in between.
inline void measure_lag(Loop& loop, Lag& lag) {
  const Time due = loop.now() + Lag::interval;
  loop.timers.set(due, [&loop, &lag, due] {
    lag.add(loop.now() - due);
    measure_lag(loop, lag);
  });
}

}  // namespace mznode::sim

#pragma once

#include "mznode/sim/connection.hpp"
#include "mznode/sim/lag.hpp"

namespace mznode::sim {

/// Measures how late the bench is, as long as the engine lives: a timer of its own is as late as everything else that
/// the engine does, which reads what nodes wrote in between.
inline void measure_lag(Engine& engine, Lag& lag) {
  const Time due = engine.now() + Lag::interval;
  engine.timers.set(due, [&engine, &lag, due] {
    lag.add(engine.now() - due);
    measure_lag(engine, lag);
  });
}

}  // namespace mznode::sim

#pragma once

#include <map>
#include <string>
#include <vector>

#include "mznode/sim/runner.hpp"
#include "mznode/sim/sim_host.hpp"

namespace mznode::sim {

/// Runs a test on in-process nodes that `install` sets up.
inline RunResult simulate(
    const TestSpec& spec, const RunOptions& options, const Installer& install,
    const std::function<bool()>& should_stop = [] { return false; }) {
  const MakeHost make_host = [&](Network& network, Engine& engine) -> std::unique_ptr<Host> {
    auto host = std::make_unique<SimHost>(engine.timers, engine.chance, install, LogLevel::off);
    host->attach(network);
    return host;
  };
  return run(spec, options, make_host, should_stop);
}

/// Lets so much of virtual time pass, for a test that has nodes and no run.
inline void run_for(SimHost& host, Timers& timers, Duration duration) {
  const Time until = host.now() + duration;
  for (auto next = timers.next(); next && *next <= until; next = timers.next()) {
    host.wait_until(*next);
    timers.run_due(host.now());
  }
  host.wait_until(until);
}

}  // namespace mznode::sim

#pragma once

#include <ostream>
#include <vector>

#include "tests/workloads/mutants/mutants.hpp"
#include "tests/workloads/trial.hpp"

namespace mznode {

/// A broken node, and under what its fault must come to light.
struct Mutant {
  const char* name;
  const char* workload;
  mutants::Installed (*install)(Node&);
  std::vector<Fault> faults;
  /// Recognises the anomaly that this mutant must show.
  bool (*finds)(const Trial::Result&);
  std::size_t nodes = 3;
  std::int64_t latency_ms = 0;
  std::size_t workers_per_node = 2;
  /// For what is found in the messages of a run.
  bool keeps_packets = false;

  Trial trial(std::uint64_t seed) const {
    return {.workload = workload,
            .nodes = nodes,
            .concurrency_per_node = workers_per_node,
            .rate = 100,
            .faults = faults,
            .seed = seed,
            .latency = {.mean_ms = latency_ms, .shape = sim::Latency::Shape::exponential},
            .keeps_packets = keeps_packets};
  }
};

/// A correct node that stays valid under the faults by which mutants of it are found.
struct Control {
  const char* name;
  const char* workload;
  mutants::Installed (*install)(Node&);
  std::vector<Fault> faults;
  std::size_t most_victims = SIZE_MAX;

  Trial trial(std::uint64_t seed) const {
    return {.workload = workload, .rate = 100, .faults = faults, .most_victims = most_victims, .seed = seed};
  }
};

inline std::ostream& operator<<(std::ostream& out, const Mutant& mutant) {
  return out << mutant.name;
}

inline std::ostream& operator<<(std::ostream& out, const Control& control) {
  return out << control.name;
}

const std::vector<Mutant>& all_mutants();
/// Those that break a promise to which Maelstrom's checkers have no eye; the tests of that promise must find them.
const std::vector<Mutant>& mutants_of_promises();
const std::vector<Control>& all_controls();

/// How many of so many seeds must show the fault. Some need luck: a kill in the right moment.
constexpr std::uint64_t enough(std::uint64_t seeds) {
  return seeds / 3;
}

}  // namespace mznode

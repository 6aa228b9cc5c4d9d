#pragma once

#include <cstdint>
#include <string>

#include "mznode/sim/network.hpp"

namespace mznode::sim {

/// Finds out that a run in virtual time does not get on: nodes that answer each other for ever, without latency, keep
/// an instant from ending. The machine's time plays no part, so that a seed ends in the same way everywhere.
class Livelock {
 public:
  /// `patience` is how many events a tenth of a second may have whatever the test is; each node and each operation adds
  /// what it can cause at most.
  Livelock(Network& network, std::size_t nodes, std::uint64_t patience);

  /// Told of each event, and how many operations have begun by then: true when there are more events than any test
  /// needs.
  bool sets_in(Time now, std::size_t operations);
  /// Who sends to whom, and how much within which time, behind "the run was ended because ".
  std::string describe() const;

 private:
  void begin(Time now, std::size_t operations);

  Network& network_;
  std::uint64_t patience_;
  /// What an operation and the nodes' own timers may cause.
  std::uint64_t share_;
  Time began_;
  Time now_;
  std::uint64_t events_ = 0;
  std::uint64_t limit_ = 0;
  std::uint64_t sent_before_ = 0;
  std::size_t operations_before_ = 0;
};

}  // namespace mznode::sim

#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "mznode/sim/network.hpp"

namespace mznode::sim {

/// Finds out that the nodes of a run in virtual time send each other more than any test needs, such as those that tell
/// again whatever they hear. What real time would end after a minute, virtual time would carry to its end. The
/// machine's time plays no part, so that a seed ends in the same way everywhere.
class Storm {
 public:
  /// `patience` is how many messages a run may have whatever the test is; nodes, operations and time add what they can
  /// have a use for.
  Storm(Network& network, std::size_t nodes, std::uint64_t patience);
  Storm(const Storm&) = delete;
  Storm& operator=(const Storm&) = delete;
  ~Storm();

  /// Told of each event, and how many operations have begun by then: true when more was sent than there is a use for.
  bool sets_in(Time now, std::size_t operations);
  /// How much, and whether it was new, behind "the run was ended because ".
  std::string describe() const;

 private:
  class Echoes;

  Network& network_;
  std::uint64_t nodes_;
  std::uint64_t patience_;
  Time began_;
  Time now_;
  std::size_t operations_ = 0;
  /// Milliseconds that operations have been known for, all of them together.
  std::uint64_t known_ms_ = 0;
  /// Notes what is said again; nothing until there is some suspicion.
  std::shared_ptr<Echoes> echoes_;
};

}  // namespace mznode::sim

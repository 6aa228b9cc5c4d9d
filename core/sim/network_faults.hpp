#pragma once

#include <memory>

#include "mznode/json/json.hpp"
#include "mznode/sim/fault.hpp"
#include "mznode/sim/network.hpp"
#include "mznode/sim/random.hpp"

namespace mznode::sim {

/// A fault of the network as it is drawn: what it does to messages while it is on, and how a history tells it.
struct NetworkFault {
  std::shared_ptr<Rule> rule;
  Json value;
};

/// Draws one of the faults that act on messages between nodes; nothing for the others. `random` must outlive the rule,
/// which goes on drawing from it.
NetworkFault draw_network_fault(Fault fault, const std::vector<std::string>& nodes, Random& random);

}  // namespace mznode::sim

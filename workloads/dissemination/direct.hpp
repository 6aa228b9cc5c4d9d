#pragma once

#include "dissemination/replicator.hpp"
#include "dissemination/spread.hpp"

namespace mznode::dissemination {

/// The node that a client talks to sends the element to all others itself, a window at a time, and nobody passes it on:
/// the fewest hops there can be. What was added since the last acknowledgement goes, not the set.
///
/// Almeida, Shoker and Baquero, Delta State Replicated Data Types (2018), section 6.
class Direct {
 public:
  static Disseminator::Config config(const OptionValues& options) { return direct_config(options); }

  /// Node and replicator, made with `config`, must outlive it.
  Direct(Node& node, Replicator& replicator, const OptionValues& /*options*/) {
    node.on_init([&node, &replicator] { replicator.set_targets(node.peers()); });
  }
};

}  // namespace mznode::dissemination

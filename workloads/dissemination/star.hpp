#pragma once

#include "dissemination/replicator.hpp"
#include "dissemination/set_strategy.hpp"
#include "dissemination/spread.hpp"

namespace mznode::dissemination {

/// Spreads elements over a hub: the way from 24 messages an element, with 25 nodes, to one an operation and below.
///
/// 1. Two hops. Every node, a leaf, sends what it gets to the first node, the hub, which sends it to all others.
///    Without more, that is N - 1 messages an element, the fewest that can inform N - 1 nodes, and two latencies.
/// 2. Windows. The hub departs only every `flush-ms` and takes along all that came in: N - 1 messages a window, however
///    many elements it holds. An element waits half a window more on average, a whole one at most.
/// 3. Leaves hold back (HoldBack). A message that reaches the hub long before a departure waits there, so a leaf waits
///    instead, until the last moment in which its message still comes in time: all that it gets in a window shares one
///    message, and nothing is later for it.
/// 4. Acknowledgements ride (Disseminator). One number acknowledges a whole stream, and goes along with whatever
///    is sent next: in a busy cluster, none goes alone.
///
/// With a window of T, latency L and elements that come at rate B, a window costs (N - 1)(2 - e^(-BT/N)) messages: one
/// to each leaf, and one from each that got an element. Elements are with everybody after 2 L + T / 2 in the median, 2
/// L + T at most.
///
/// A hub can fail. A leaf whose hub stays away from its acknowledgements turns to the second node as well, and when
/// that one stays away, too, to everybody; whoever is turned to tells the leaf in return what it learns. What the first
/// hub does not acknowledge is repeated to it all the while, and the leaf turns back when it answers.
class Star {
 public:
  static Disseminator::Config config(const OptionValues& options);
  static std::vector<Option> options();

  /// Node and replicator, made with `config`, must outlive it.
  Star(Node& node, Replicator& replicator, const OptionValues& options);

 private:
  std::vector<std::string> targets() const;
  void begin();

  Node& node_;
  Replicator& replicator_;
  Duration patience_;
};

/// The strategy `star` of every workload whose state is a set.
StrategyInfo star_strategy(Serve serve);

}  // namespace mznode::dissemination

#include "workloads/broadcast/broadcast.hpp"
#include "workloads/broadcast/spread.hpp"

namespace mznode::broadcast {
namespace {

/// The node that a client talks to sends the message to all others itself: the fewest hops there can be.
class Direct final : public Strategy {
 public:
  Direct(Node& node, const OptionValues& options)
      : gossip_(node, spread_config(options, false), [&node] { return node.peers(); }) {
    serve(node, gossip_);
    node.on("topology", [](TopologyMessage) {});
  }

 private:
  dissemination::Gossip gossip_;
};

}  // namespace

StrategyInfo direct_strategy() {
  return {.name = "direct",
          .summary = "from the origin to every node; one hop",
          .guarantees = spread_guarantees(),
          .options = spread_options(),
          .install = install<Direct>};
}

}  // namespace mznode::broadcast

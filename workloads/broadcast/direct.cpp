#include "broadcast/serve.hpp"
#include "dissemination/spread.hpp"

namespace mznode::broadcast {
namespace {

/// The node that a client talks to sends the message to all others itself: the fewest hops there can be.
class Direct final : public Strategy {
 public:
  Direct(Node& node, const OptionValues& options)
      : gossip_(node, dissemination::direct_config(options), [&node] { return node.peers(); }) {
    serve(node, gossip_);
    ignore_topology(node);
  }

 private:
  dissemination::Gossip gossip_;
};

}  // namespace

StrategyInfo direct_strategy() {
  return {.name = "direct",
          .summary = "from the origin to every node: one hop, no detours",
          .guarantees = dissemination::spread_guarantees(),
          // A link between two nodes is used rarely: acknowledgements must wait longer for something to ride on.
          .options = dissemination::spread_options({.ack_ms = 1'000, .resend_ms = 1'500}),
          .install = install<Direct>};
}

}  // namespace mznode::broadcast

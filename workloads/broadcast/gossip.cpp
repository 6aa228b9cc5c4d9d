#include "broadcast/serve.hpp"
#include "dissemination/anti_entropy.hpp"

namespace mznode::broadcast {
namespace {

/// dissemination::AntiEntropy explains how.
class GossipStrategy final : public Strategy {
 public:
  GossipStrategy(Node& node, const OptionValues& options)
      : gossip_(node, dissemination::AntiEntropy::config(options), nullptr), anti_entropy_(node, gossip_, options) {
    serve(node, gossip_);
    ignore_topology(node);
  }

 private:
  dissemination::Gossip gossip_;
  dissemination::AntiEntropy anti_entropy_;
};

}  // namespace

StrategyInfo gossip_strategy() {
  return {.name = "gossip",
          .summary = "anti-entropy: each round every node exchanges what is new with a random peer",
          .guarantees = dissemination::spread_guarantees(),
          .options = dissemination::AntiEntropy::options(),
          .install = install<GossipStrategy>};
}

}  // namespace mznode::broadcast

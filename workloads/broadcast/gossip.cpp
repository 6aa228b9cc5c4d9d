#include "broadcast/serve.hpp"
#include "dissemination/anti_entropy.hpp"
#include "dissemination/set_strategy.hpp"

namespace mznode::broadcast {

StrategyInfo gossip_strategy() {
  return {.name = "gossip",
          .summary = "anti-entropy: each round every node exchanges what is new with a random peer",
          .guarantees = dissemination::spread_guarantees(),
          .options = dissemination::AntiEntropy::options(),
          .install = dissemination::install_set<dissemination::AntiEntropy>(serve_without_topology)};
}

}  // namespace mznode::broadcast

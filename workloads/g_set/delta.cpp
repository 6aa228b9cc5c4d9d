#include "dissemination/spread.hpp"
#include "g_set/serve.hpp"

namespace mznode::g_set {
namespace {

/// Every node sends what its clients add, a window at a time, to every other: what was added since the acknowledgement,
/// not the set.
///
/// Almeida, Shoker and Baquero, Delta State Replicated Data Types (2018), section 6.
class Delta final : public Strategy {
 public:
  Delta(Node& node, const OptionValues& options)
      : gossip_(node, dissemination::direct_config(options), [&node] { return node.peers(); }) {
    serve(node, gossip_);
  }

 private:
  dissemination::Gossip gossip_;
};

}  // namespace

StrategyInfo delta_strategy() {
  return {.name = "delta",
          .summary = "what was added since the last acknowledgement, from the origin to every node",
          .guarantees = dissemination::spread_guarantees(),
          .options = dissemination::spread_options({.flush_ms = 200}),
          .install = install<Delta>};
}

}  // namespace mznode::g_set

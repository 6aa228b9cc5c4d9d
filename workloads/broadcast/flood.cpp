#include "broadcast/serve.hpp"
#include "dissemination/spread.hpp"

namespace mznode::broadcast {
namespace {

/// Every node passes what it learns on to its neighbours in the given topology, except to the one it came from.
class Flood final : public Strategy {
 public:
  Flood(Node& node, const OptionValues& options)
      : node_(node), replicator_(node, dissemination::spread_config(options), nullptr) {
    serve(node, replicator_);
    node.on("topology", [this](TopologyMessage message) {
      node_.set_topology(message.topology);
      replicator_.set_targets(node_.neighbours());
    });
  }

 private:
  Node& node_;
  dissemination::Replicator replicator_;
};

}  // namespace

StrategyInfo flood_strategy() {
  return {.name = "flood",
          .summary = "along the given topology, with cumulative acknowledgements and resending",
          .guarantees = dissemination::spread_guarantees(),
          .options = dissemination::spread_options(),
          .install = install<Flood>};
}

}  // namespace mznode::broadcast

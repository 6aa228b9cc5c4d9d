#include "broadcast/serve.hpp"
#include "dissemination/set_strategy.hpp"
#include "dissemination/spread.hpp"

namespace mznode::broadcast {
namespace {

/// A flood along a balanced tree of its own instead of the given topology. A tree has the fewest links that can connect
/// all nodes, so that each message goes over each link once; the more children a node has, the fewer hops.
class Tree {
 public:
  static dissemination::Disseminator::Config config(const OptionValues& options) {
    return dissemination::spread_config(options);
  }

  Tree(Node& node, dissemination::Replicator& replicator, const OptionValues& options) {
    node.on_init([&node, &replicator, children = static_cast<std::size_t>(options.integer("children"))] {
      replicator.set_targets(tree_topology(node.node_ids(), children).at(node.id()));
    });
  }
};

}  // namespace

StrategyInfo tree_strategy() {
  auto options = dissemination::spread_options();
  options.push_back({.name = "children",
                     .default_value = 4,
                     .min = 1,
                     .max = 1'000,
                     .summary = "how many children a node of the tree has"});
  return {.name = "tree",
          .summary = "along a balanced tree of its own",
          .guarantees = dissemination::spread_guarantees(),
          .options = options,
          .install = dissemination::install_set<Tree>(serve_without_topology)};
}

}  // namespace mznode::broadcast

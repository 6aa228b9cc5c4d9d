#include "broadcast/serve.hpp"
#include "dissemination/spread.hpp"

namespace mznode::broadcast {
namespace {

/// A flood along a balanced tree of its own instead of the given topology. A tree has the fewest links that can connect
/// all nodes, so that each message goes over each link once; the more children a node has, the fewer hops.
class Tree final : public Strategy {
 public:
  Tree(Node& node, const OptionValues& options)
      : gossip_(node, dissemination::spread_config(options),
                [&node, children = static_cast<std::size_t>(options.integer("children"))] {
                  return tree_topology(node.node_ids(), children).at(node.id());
                }) {
    serve(node, gossip_);
    ignore_topology(node);
  }

 private:
  dissemination::Gossip gossip_;
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
          .install = install<Tree>};
}

}  // namespace mznode::broadcast

#include "dissemination/star.hpp"

#include "g_set/serve.hpp"

namespace mznode::g_set {
namespace {

/// dissemination::Star explains how.
class StarStrategy final : public Strategy {
 public:
  StarStrategy(Node& node, const OptionValues& options)
      : gossip_(node, dissemination::Star::config(options), nullptr), star_(node, gossip_, options) {
    serve(node, gossip_);
  }

 private:
  dissemination::Gossip gossip_;
  dissemination::Star star_;
};

}  // namespace

StrategyInfo star_strategy() {
  return {.name = "star",
          .summary = "over a hub that departs once a window; leaves are just in time; fails over to other hubs",
          .guarantees = dissemination::spread_guarantees(),
          .options = dissemination::Star::options(),
          .install = install<StarStrategy>};
}

}  // namespace mznode::g_set

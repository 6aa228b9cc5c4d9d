#include "dissemination/star.hpp"

namespace mznode::dissemination {

std::vector<Option> Star::options() {
  // This window and margin keep 25 nodes that are 100 ms apart below 400 ms in the median and 600 ms at most, on a
  // machine that stalls for 50 ms a second, too.
  auto options = spread_options({.flush_ms = 396, .resend_ms = 700});
  options.push_back({.name = "margin-ms",
                     .default_value = 50,
                     .min = 0,
                     .max = 60'000,
                     .summary = "how long before the hub's departure a leaf's message is to arrive, at least"});
  return options;
}

Disseminator::Config Star::config(const OptionValues& options) {
  auto config = spread_config(options);
  config.reciprocal = true;
  config.margin = options.milliseconds("margin-ms");
  return config;
}

Star::Star(Node& node, Replicator& replicator, const OptionValues& options)
    : node_(node), replicator_(replicator), patience_(2 * config(options).resend_after) {
  node_.on_init([this] { begin(); });
}

void Star::begin() {
  const std::string& hub = node_.node_ids().front();
  if (hub == node_.id()) {
    replicator_.keep_timetable();
  } else {
    replicator_.follow(hub);
    node_.every(patience_ / 4, [this] { replicator_.set_targets(targets()); });
  }
  replicator_.set_targets(targets());
}

std::vector<std::string> Star::targets() const {
  const auto& nodes = node_.node_ids();
  const std::string& hub = nodes[0];
  if (hub == node_.id()) return node_.peers();
  if (!replicator_.stays_away(hub, patience_)) return {hub};
  const std::string& second_hub = nodes[1];
  const bool is_last_resort = second_hub == node_.id() || replicator_.stays_away(second_hub, patience_);
  return is_last_resort ? node_.peers() : std::vector{hub, second_hub};
}

StrategyInfo star_strategy(Serve serve) {
  return {.name = "star",
          .summary = "over a hub that departs once a window; leaves are just in time; fails over to other hubs",
          .guarantees = spread_guarantees(),
          .options = Star::options(),
          .install = install_set<Star>(serve)};
}

}  // namespace mznode::dissemination

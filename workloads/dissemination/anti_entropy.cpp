#include "dissemination/anti_entropy.hpp"

#include <algorithm>

namespace mznode::dissemination {

std::vector<Option> AntiEntropy::options() {
  // It takes many rounds to meet the same peer again, so there is little to wait for with an acknowledgement.
  return spread_options({.flush_ms = 200, .ack_ms = 300, .resend_ms = 700});
}

Disseminator::Config AntiEntropy::config(const OptionValues& options) {
  auto config = spread_config(options);
  config.answers = true;
  return config;
}

AntiEntropy::AntiEntropy(Node& node, Replicator& replicator, const OptionValues& options)
    : node_(node), replicator_(replicator), interval_(std::max<Duration>(options.milliseconds("flush-ms"), 1ms)) {
  node_.on_init([this] { begin_rounds(); });
}

void AntiEntropy::begin_rounds() {
  // Not all nodes at the same moment: what one hears in a round it can tell in the next.
  const Duration phase(static_cast<std::int64_t>(node_.random_below(static_cast<std::uint64_t>(interval_.count()))));
  node_.after(phase, [this] { node_.every(interval_, [this] { replicator_.contact_one(); }); });
}

}  // namespace mznode::dissemination

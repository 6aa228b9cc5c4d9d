#include "dissemination/direct.hpp"

#include "broadcast/serve.hpp"
#include "dissemination/set_strategy.hpp"

namespace mznode::broadcast {

StrategyInfo direct_strategy() {
  return {.name = "direct",
          .summary = "from the origin to every node: one hop, no detours",
          .guarantees = dissemination::spread_guarantees(),
          // A link between two nodes is used rarely: acknowledgements must wait longer for something to ride on.
          .options = dissemination::spread_options({.ack_ms = 1'000, .resend_ms = 1'500}),
          .install = dissemination::install_set<dissemination::Direct>(serve_without_topology)};
}

}  // namespace mznode::broadcast

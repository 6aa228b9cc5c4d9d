#include "dissemination/direct.hpp"
#include "dissemination/set_strategy.hpp"
#include "g_set/serve.hpp"

namespace mznode::g_set {

StrategyInfo delta_strategy() {
  return {.name = "delta",
          .summary = "what was added since the last acknowledgement, from the origin to every node",
          .guarantees = dissemination::spread_guarantees(),
          .options = dissemination::spread_options({.flush_ms = 200}),
          .install = dissemination::install_set<dissemination::Direct>(serve)};
}

}  // namespace mznode::g_set

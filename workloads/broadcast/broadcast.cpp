#include "broadcast/broadcast.hpp"

#include "broadcast/serve.hpp"
#include "dissemination/star.hpp"

namespace mznode::broadcast {

WorkloadInfo workload() {
  return {.name = "broadcast",
          .summary = "spreads every message to all nodes",
          .client_timeout = 5s,
          .test = broadcast_test(),
          .strategies = {dissemination::star_strategy(serve_without_topology), flood_strategy(), tree_strategy(),
                         direct_strategy(), gossip_strategy()}};
}

}  // namespace mznode::broadcast

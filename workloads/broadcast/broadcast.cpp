#include "broadcast/broadcast.hpp"

namespace mznode::broadcast {

WorkloadInfo workload() {
  return {.name = "broadcast",
          .summary = "spreads every message to all nodes",
          .client_timeout = 5s,
          .test = broadcast_test(),
          .strategies = strategies()};
}

}  // namespace mznode::broadcast

#include "lin_kv/lin_kv.hpp"

namespace mznode::linearizable_kv {

WorkloadInfo workload() {
  // Maelstrom's client waits for ten times the mean latency if that is more; a node does not know the latency.
  return {.name = "lin-kv",
          .summary = "keeps linearizable registers with compare-and-set",
          .client_timeout = 1s,
          .test = lin_kv_test(),
          .strategies = strategies()};
}

}  // namespace mznode::linearizable_kv

#include "lin_kv/lin_kv.hpp"

namespace mznode::linearizable_kv {

WorkloadInfo workload() {
  return {.name = "lin-kv",
          .summary = "keeps linearizable registers with compare-and-set",
          .client_timeout = client_timeout,
          .client_timeout_latencies = client_timeout_latencies,
          .test = lin_kv_test(),
          .strategies = strategies()};
}

}  // namespace mznode::linearizable_kv

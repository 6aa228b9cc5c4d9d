#include "g_set/g_set.hpp"

namespace mznode::g_set {

WorkloadInfo workload() {
  return {.name = "g-set",
          .summary = "keeps a set that only grows",
          .client_timeout = 5s,
          .test = g_set_test(),
          .strategies = strategies()};
}

}  // namespace mznode::g_set

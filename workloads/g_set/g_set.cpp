#include "g_set/g_set.hpp"

namespace mznode::g_set {

WorkloadInfo workload() {
  return {.name = "g-set",
          .summary = "keeps a set that only grows",
          .client_timeout = 5s,
          .test = g_set_test(),
          .strategies = {delta_strategy(), full_strategy(), star_strategy()}};
}

}  // namespace mznode::g_set

#include "g_set/g_set.hpp"

#include "dissemination/star.hpp"
#include "g_set/serve.hpp"

namespace mznode::g_set {

WorkloadInfo workload() {
  return {.name = "g-set",
          .summary = "keeps a set that only grows",
          .client_timeout = 5s,
          .test = g_set_test(),
          .strategies = {delta_strategy(), full_strategy(), dissemination::star_strategy(serve)}};
}

}  // namespace mznode::g_set

#include "counter/counter.hpp"

namespace mznode::counter {

WorkloadInfo g_counter_workload() {
  return {.name = "g-counter",
          .summary = "keeps a sum that only grows",
          .module = "counter",
          .client_timeout = 5s,
          .test = g_counter_test(),
          .strategies = strategies()};
}

WorkloadInfo pn_counter_workload() {
  return {.name = "pn-counter",
          .summary = "keeps a sum that grows and shrinks",
          .module = "counter",
          .client_timeout = 5s,
          .test = pn_counter_test(),
          .strategies = strategies()};
}

}  // namespace mznode::counter

#include "unique_ids/unique_ids.hpp"

namespace mznode::unique_ids {

WorkloadInfo workload() {
  return {.name = "unique-ids",
          .summary = "hands out ids, never the same one twice",
          .client_timeout = 5s,
          .test = unique_ids_test(),
          .strategies = strategies()};
}

}  // namespace mznode::unique_ids

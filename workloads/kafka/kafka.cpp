#include "kafka/kafka.hpp"

#include "kafka/remarks.hpp"

namespace mznode::kafka {

WorkloadInfo workload() {
  return {.name = "kafka",
          .summary = "keeps append-only logs with offsets",
          .client_timeout = 5s,
          .test = kafka_test(),
          .strategies = strategies(),
          .remarks = remarks};
}

}  // namespace mznode::kafka

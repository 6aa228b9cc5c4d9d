#include "txn/txn.hpp"

namespace mznode::txn {

WorkloadInfo list_append_workload() {
  return {.name = "txn-list-append",
          .summary = "runs transactions of reads and appends to lists",
          .module = "txn",
          .client_timeout = 5s,
          .test = list_append_test(),
          .strategies = {root_cas_strategy(), raft_strategy(), single_strategy()}};
}

WorkloadInfo rw_register_workload() {
  return {.name = "txn-rw-register",
          .summary = "runs transactions of reads and writes of registers",
          .module = "txn",
          .client_timeout = 5s,
          .test = rw_register_test(),
          .strategies = strategies()};
}

}  // namespace mznode::txn

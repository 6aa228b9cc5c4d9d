#include "workloads/echo/echo.hpp"

namespace mznode::echo {

EchoStrategy::EchoStrategy(Node& node, const OptionValues&) {
  node.on("echo", [](Echo request) { return request; });
}

WorkloadInfo workload() {
  // Without state there is nothing that a fault could take away.
  std::vector<Fault> all = message_faults();
  all.insert(all.end(), {Fault::kill, Fault::skew});
  return {.name = "echo",
          .summary = "returns what it is sent",
          .client_timeout = 5s,
          .test = echo_test(),
          .strategies = {{.name = "echo",
                          .summary = "answers at once",
                          .guarantees = {.model = "every reply is its request", .survives = all},
                          .options = {},
                          .install = install<EchoStrategy>}}};
}

}  // namespace mznode::echo

#include "echo/echo.hpp"

namespace mznode::echo {

EchoStrategy::EchoStrategy(Node& node, const OptionValues&) {
  node.on("echo", [](Echo request) { return request; });
}

WorkloadInfo workload() {
  // Maelstrom counts an echo that is not answered as wrong, so a node has to be there all the time.
  const std::vector<Fault> all = {Fault::partition, Fault::partition_one_way, Fault::loss,
                                  Fault::duplicate, Fault::reorder,           Fault::slow,
                                  Fault::skew};
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

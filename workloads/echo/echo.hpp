#pragma once

#include "mznode/workloads/registry.hpp"

/// Maelstrom's echo: a client sends a payload and gets the same payload back.
namespace mznode::echo {

WorkloadInfo workload();
sim::TestSpec echo_test();

/// Messages (Maelstrom, doc/workloads.md, "Echo").
struct Echo {
  Json echo;
  MZNODE_FIELDS(echo)
};

class EchoStrategy final : public Strategy {
 public:
  EchoStrategy(Node& node, const OptionValues& options);
};

}  // namespace mznode::echo

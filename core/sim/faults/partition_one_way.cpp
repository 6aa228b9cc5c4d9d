#include "faults/active_fault.hpp"
#include "partitions.hpp"

namespace mznode::sim::faults {

FaultInfo partition_one_way() {
  return {.name = "partition-one-way",
          .summary = "links between groups of nodes are cut in one direction",
          .harm = FaultInfo::Harm::messages,
          .begin = [](FaultWorld& world, Random& random) -> std::unique_ptr<ActiveFault> {
            const Grudge grudge = make_one_way_grudge(world.nodes, random);
            return std::make_unique<RuleInForce>(world, std::make_shared<Partition>(grudge), grudge_value(grudge),
                                                 grudge);
          }};
}

}  // namespace mznode::sim::faults

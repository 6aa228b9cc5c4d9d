#include "faults/active_fault.hpp"
#include "partitions.hpp"

namespace mznode::sim::faults {

FaultInfo partition() {
  return {.name = "partition",
          .summary = "links between groups of nodes are cut in both directions, in one of Maelstrom's four shapes",
          .harm = FaultInfo::Harm::messages,
          .begin = [](FaultWorld& world, Random& random) -> std::unique_ptr<ActiveFault> {
            const PartitionShape shape = random.pick(partition_shapes());
            const Grudge grudge = make_grudge(shape, world.nodes, random);
            const std::string told =
                "[" + Json(partition_shape_name(shape)).text() + "," + grudge_value(grudge).text() + "]";
            return std::make_unique<RuleInForce>(world, std::make_shared<Partition>(grudge), Json::from_valid(told),
                                                 grudge);
          }};
}

}  // namespace mznode::sim::faults

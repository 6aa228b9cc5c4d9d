#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace mznode {

/// What a network or a machine may do to a node. Network faults act on messages between nodes only.
enum class Fault : std::uint8_t {
  /// Both directions of the links between groups of nodes are cut, in one of Maelstrom's four shapes.
  partition,
  /// Links are cut in one direction.
  partition_one_way,
  loss,
  duplicate,
  reorder,
  /// Latency multiplies.
  slow,
  /// A process stands still and then goes on.
  pause,
  /// A process dies and a new one starts with empty memory.
  kill,
  /// A node's clock runs fast or slow; its calendar clock jumps.
  skew,
};

/// All faults, in the order of their declaration.
const std::vector<Fault>& all_faults();
/// The name on the command line, such as "partition-one-way".
std::string_view fault_name(Fault fault);
std::optional<Fault> parse_fault(std::string_view name);

}  // namespace mznode

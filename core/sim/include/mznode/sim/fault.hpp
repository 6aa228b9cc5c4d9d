#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

/// All faults, in the order in which they are listed. A fault is a file in core/sim/faults/, which says what it does,
/// and its name here.
#define MZNODE_FAULTS(FAULT) \
  FAULT(partition)           \
  FAULT(partition_one_way)   \
  FAULT(loss)                \
  FAULT(duplicate)           \
  FAULT(reorder)             \
  FAULT(slow)                \
  FAULT(pause)               \
  FAULT(kill)                \
  FAULT(skew)

namespace mznode {

/// What a network or a machine may do to a node. Network faults act on messages between nodes only.
enum class Fault : std::uint8_t {
#define MZNODE_FAULT(name) name,
  MZNODE_FAULTS(MZNODE_FAULT)
#undef MZNODE_FAULT
};

namespace sim {
class ActiveFault;
struct FaultWorld;
class Random;
}  // namespace sim

/// A fault, as its file describes it.
struct FaultInfo {
  /// What it takes from nodes.
  enum class Harm : std::uint8_t {
    messages,
    /// A process stands still, and goes on with all that it knew.
    pace,
    /// A process loses what it had not stored.
    memory,
    clock,
  };

  /// On the command line, such as "partition-one-way".
  std::string_view name;
  /// What it does, in one line.
  std::string_view summary;
  Harm harm = Harm::messages;
  /// Begins with it, and draws from `random` how; what it returns ends it. `random` outlives that.
  std::unique_ptr<sim::ActiveFault> (*begin)(sim::FaultWorld& world, sim::Random& random) = nullptr;

  /// Whether it strikes processes: such faults take turns, and wait until there is something to hit.
  bool strikes_processes() const { return harm == Harm::pace || harm == Harm::memory; }
};

/// All faults, in the order of their declaration.
const std::vector<Fault>& all_faults();
const FaultInfo& info_of(Fault fault);
std::string_view fault_name(Fault fault);
std::optional<Fault> parse_fault(std::string_view name);

}  // namespace mznode

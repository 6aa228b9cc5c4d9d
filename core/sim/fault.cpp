#include "mznode/sim/fault.hpp"

#include <array>

#include "faults/active_fault.hpp"

namespace mznode {

const std::vector<Fault>& all_faults() {
  static const std::vector<Fault> all = {
#define MZNODE_FAULT(name) Fault::name,
      MZNODE_FAULTS(MZNODE_FAULT)
#undef MZNODE_FAULT
  };
  return all;
}

const FaultInfo& info_of(Fault fault) {
  static const std::array all = {
#define MZNODE_FAULT(name) sim::faults::name(),
      MZNODE_FAULTS(MZNODE_FAULT)
#undef MZNODE_FAULT
  };
  return all.at(static_cast<std::size_t>(fault));
}

std::string_view fault_name(Fault fault) {
  return info_of(fault).name;
}

std::optional<Fault> parse_fault(std::string_view name) {
  for (const Fault fault : all_faults()) {
    if (fault_name(fault) == name) return fault;
  }
  return std::nullopt;
}

}  // namespace mznode

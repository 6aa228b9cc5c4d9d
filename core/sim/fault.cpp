#include "mznode/sim/fault.hpp"

namespace mznode {

const std::vector<Fault>& all_faults() {
  static const std::vector<Fault> all = {Fault::partition, Fault::partition_one_way,
                                         Fault::loss,      Fault::duplicate,
                                         Fault::reorder,   Fault::slow,
                                         Fault::pause,     Fault::kill,
                                         Fault::skew};
  return all;
}

std::string_view fault_name(Fault fault) {
  switch (fault) {
    case Fault::partition: return "partition";
    case Fault::partition_one_way: return "partition-one-way";
    case Fault::loss: return "loss";
    case Fault::duplicate: return "duplicate";
    case Fault::reorder: return "reorder";
    case Fault::slow: return "slow";
    case Fault::pause: return "pause";
    case Fault::kill: return "kill";
    case Fault::skew: return "skew";
  }
  return "?";
}

std::optional<Fault> parse_fault(std::string_view name) {
  for (const Fault fault : all_faults()) {
    if (fault_name(fault) == name) return fault;
  }
  return std::nullopt;
}

}  // namespace mznode

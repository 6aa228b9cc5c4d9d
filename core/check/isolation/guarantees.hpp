#pragma once

#include <cstdint>
#include <optional>

#include "isolation/link.hpp"

namespace mznode::check::isolation {

/// What came of the check of a session guarantee.
struct GuaranteeResult {
  std::optional<Cycle> contradiction;
  bool gave_up = false;
};

/// Decides read-your-writes, monotonic reads and PRAM (Terry et al., "Session Guarantees for Weakly Consistent
/// Replicated Data", PDIS 1994; Viotti and Vukolić, "Consistency in Non-Transactional Distributed Storage Systems",
/// 2016), where all agree on one order of the writes: those that a read must see and does not show come before what it
/// shows. The order is one of the versions of each key, and for PRAM one of the commits, in which those of a session
/// keep their order. Nothing must be read that is written only after it. Reads of a transaction count in the order of
/// the program, and its writes come after them.
///
/// PRAM takes time in proportion to sessions times writes; it gives up beyond `max_steps`.
GuaranteeResult check_guarantee(const Commits& commits, const Model& model, std::uint64_t max_steps);

}  // namespace mznode::check::isolation

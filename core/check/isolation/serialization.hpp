#pragma once

#include <cstdint>

#include "isolation/link.hpp"

namespace mznode::check::isolation {

struct SerializationResult {
  enum class Outcome : std::uint8_t { possible, impossible, gave_up };
  Outcome outcome = Outcome::possible;
  Cycle cycle = {};
};

/// Decides prefix consistency, snapshot isolation and serializability in each form of `model.order`. These need a
/// search (Biswas and Enea show that it is NP-complete in general).
///
/// It looks at an order of all events (see Polygraph) in which only what is certain was respected, nearest to that of
/// the history; where a read shows a version and another one stands between them, it has to decide which of the two
/// writers comes first, and looks for an order again. So it decides about few pairs of the many that there are.
/// `explain`: find a cycle where it is impossible.
SerializationResult serialize(const Commits& commits, const Model& model, std::uint64_t max_steps, bool explain);

}  // namespace mznode::check::isolation

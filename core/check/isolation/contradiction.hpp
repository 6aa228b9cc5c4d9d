#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "isolation/link.hpp"
#include "isolation/polygraph.hpp"

namespace mznode::check::isolation {

/// Tells why no order of events exists: a cycle of what is known to come before each other, where of two writers of a
/// key one is known to come first when the other way round closes a cycle itself. `order` is one that what is certain
/// allows, empty where there is none; `pairs` are writers between whom a search found no way.
///
/// Empty where more is needed than such conclusions: when some pair must be tried both ways.
Cycle explain_contradiction(const Commits& commits, const Polygraph& polygraph, const std::vector<std::uint32_t>& order,
                            std::span<const std::pair<std::uint32_t, std::uint32_t>> pairs);

}  // namespace mznode::check::isolation

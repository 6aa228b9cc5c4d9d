#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace mznode::check::isolation {

struct Arc {
  std::uint32_t from;
  std::uint32_t to;
  std::uint32_t label;
};

/// The labels of a cycle, a shortest one through some nodes that are on one; nothing where there is none. Not through a
/// node that arcs lead to from itself.
std::optional<std::vector<std::uint32_t>> find_short_cycle(std::uint32_t nodes, std::span<const Arc> arcs);

}  // namespace mznode::check::isolation

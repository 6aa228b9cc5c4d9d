#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "linearizability/monitors.hpp"

namespace mznode::check {

/// Elements of a stack of which no order exists, by their places, in the order in which they were pushed; none where
/// one exists. Elements that were taken out before they were put in are not looked at. Few where few tell it, unless
/// that took too long to find out.
std::vector<std::size_t> find_entangled(std::span<const Lifetime> elements);

}  // namespace mznode::check

#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mznode::sim {

/// What a node wrote, made fit to show to a person: cut after `limit` bytes, which is said, and printable.
std::string excerpt(std::string_view text, std::size_t limit = 500);

}  // namespace mznode::sim

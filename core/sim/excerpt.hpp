#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mznode::sim {

/// What a node wrote, made fit to show to a person: cut after `limit` bytes, which is said, as valid UTF-8, and with
/// '?' for control characters, which could move a terminal's cursor.
std::string excerpt(std::string_view text, std::size_t limit = 500);

}  // namespace mznode::sim

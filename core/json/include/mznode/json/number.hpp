#pragma once

#include <compare>
#include <string_view>

#include "mznode/json/text_buffer.hpp"

namespace mznode {

/// Appends a valid JSON number in the one spelling that all equal numbers of its kind share. Integers keep their digits
/// (-0 becomes 0); a float becomes `<digits>e<exponent>` without superfluous zeros, so 1.10, 11e-1 and 1.1 agree while
/// 1 and 1.0 stay apart.
void append_canonical_number(TextBuffer& out, std::string_view number);

/// Compares two valid JSON numbers by exact value at any size; an integer comes before the float of the same value.
std::strong_ordering compare_numbers(std::string_view a, std::string_view b);

}  // namespace mznode

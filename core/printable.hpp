#pragma once

#include <string>
#include <string_view>

namespace mznode {

/// Text of somebody else, made fit for a person's terminal: as valid UTF-8, and with '?' for every control character
/// but the tab, which could move the cursor, set colours or titles, or worse (escape sequences; the C1 controls too).
std::string printable(std::string_view text);

}  // namespace mznode

#pragma once

#include <string_view>

namespace mznode {

/// Whether all of `text` is valid UTF-8 (Unicode 15, table 3-7), so that append_quoted replaces nothing of it.
bool is_utf8(std::string_view text);

}  // namespace mznode

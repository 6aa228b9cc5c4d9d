#pragma once

#include <string>
#include <string_view>

namespace mznode {

/// Text that comes from outside (a file, a node, a peer) as one line that is safe to show on a terminal. It is valid
/// UTF-8; a control character (a line break and an escape sequence begin with one), a mark that turns the direction of
/// the text, or a separator of lines becomes its escape, such as \\u001b. Tabs and backslashes stay as they are, so
/// what was JSON remains it.
std::string printable(std::string_view text);

/// The same for a text of several lines, whose line breaks stay.
std::string printable_lines(std::string_view text);

}  // namespace mznode

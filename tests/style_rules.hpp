#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cmake/lint/mznode_lint.hpp"

/// The house style beyond the coroutine rules, which have a tool of their own. Kept apart from the test, so that each
/// rule can be shown to fire.
namespace mznode::style {

using lint::Finding;

/// The lines of a text, without what ends them.
std::vector<std::string> lines_of(std::string_view text);

/// What a file may do depends on where it lies; paths are relative to the source tree.
std::vector<Finding> check_file(std::string_view path, std::string_view text);

}  // namespace mznode::style

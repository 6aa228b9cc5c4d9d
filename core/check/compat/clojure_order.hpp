#pragma once

#include <string_view>
#include <vector>

namespace mznode::check {

/// Where operations contradict each other, Elle and Jepsen go on with one of several values that are as good as one
/// another: the one that stands first or last in a Clojure set. What else they find depends on that; to find the same,
/// this project takes the same one. True if a set iterates `a` before `b`. Values are JSON, and only integers count.
bool iterates_before(std::string_view a, std::string_view b);
/// The same for vectors of such values.
bool iterates_before(const std::vector<std::string_view>& a, const std::vector<std::string_view>& b);

}  // namespace mznode::check

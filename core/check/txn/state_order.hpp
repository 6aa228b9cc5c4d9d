#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace mznode::check::txn {

/// Where reads of a list contradict each other, none of several longest ones is more right than another. Elle takes the
/// one that a Clojure set of vectors iterates last, and what else it finds depends on that; to find the same, so does
/// this project. True if a set iterates the list `a` before the list `b`; elements are JSON, and only integers count.
bool iterates_before(const std::vector<std::string_view>& a, const std::vector<std::string_view>& b);

}  // namespace mznode::check::txn

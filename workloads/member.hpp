#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "mznode/json/error.hpp"
#include "mznode/json/strong_number.hpp"

namespace mznode {

/// A node, by its place in the list of all nodes of the cluster.
using Member = StrongNumber<struct MemberKind, std::size_t>;

/// The place of a node among all, `members`. Throws Error malformed_request when it is none of them.
inline Member member_of(const std::vector<std::string>& members, std::string_view name) {
  const auto found = std::find(members.begin(), members.end(), name);
  if (found == members.end())
    throw Error(ErrorCode::malformed_request, std::string(name) + " is not a node of this cluster");
  return Member(static_cast<std::size_t>(found - members.begin()));
}

}  // namespace mznode

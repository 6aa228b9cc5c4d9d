#pragma once

#include <cstddef>
#include <string>

namespace mznode {

/// "1 message", "2 messages".
inline std::string counted(std::size_t count, const std::string& noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

}  // namespace mznode

#pragma once

#include <system_error>

namespace mznode::sim {

/// Throws std::system_error, which says what could not be done, unless `error` (an errno) is 0.
inline void demand_success(int error, const char* what) {
  if (error != 0) throw std::system_error(error, std::generic_category(), what);
}

}  // namespace mznode::sim

#pragma once

#include "mznode/node/runtime.hpp"

namespace mznode::dissemination {

inline Time at(Duration since_start) {
  return Time(since_start);
}

}  // namespace mznode::dissemination

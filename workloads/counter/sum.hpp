#pragma once

#include <cstdint>
#include <limits>

#include "mznode/json/error.hpp"

namespace mznode::counter {

/// Wide enough for any sum of 64-bit numbers that fits into memory, so that only results need to be checked.
__extension__ using Sum = __int128;

/// The sum as a value that a message can carry. Throws Error precondition_failed when it leaves 64 bits: rounding or
/// wrapping it would be a wrong answer.
inline std::int64_t fit(Sum sum) {
  using Limits = std::numeric_limits<std::int64_t>;
  if (sum < Limits::min() || sum > Limits::max()) {
    throw Error(ErrorCode::precondition_failed, "the counter would leave the range of 64-bit integers");
  }
  return static_cast<std::int64_t>(sum);
}

}  // namespace mznode::counter

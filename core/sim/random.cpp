#include "mznode/sim/random.hpp"

#include <bit>

namespace mznode::sim {
namespace {

/// -log2(u / 2^64) for u > 0, in units of 2^-32, by repeated squaring: libraries disagree on the last bits of log().
std::uint64_t negative_log2(std::uint64_t u) {
  const int leading = std::countl_zero(u);
  // The mantissa m in [1, 2), with 31 bits behind the point.
  std::uint64_t mantissa = (u << leading) >> 32;
  std::uint64_t fraction = 0;
  for (int bit = 31; bit >= 0; --bit) {
    mantissa = (mantissa * mantissa) >> 31;
    if (mantissa >= (std::uint64_t{1} << 32)) {
      mantissa >>= 1;
      fraction |= std::uint64_t{1} << bit;
    }
  }
  return (static_cast<std::uint64_t>(leading + 1) << 32) - fraction;
}

}  // namespace

std::int64_t Random::exponential(std::int64_t mean) {
  const std::uint64_t u = bits() | 1;
  constexpr std::uint64_t ln2 = 2'977'044'472;                                // in units of 2^-32
  const std::uint64_t minus_ln = (negative_log2(u) >> 8) * (ln2 >> 8) >> 16;  // in units of 2^-32
  // mean * minus_ln / 2^32 without overflow: the whole and the fractional part apart.
  const auto whole = static_cast<std::int64_t>(minus_ln >> 32);
  const auto fraction = static_cast<std::int64_t>((minus_ln & 0xFFFFFFFF) >> 12);  // in units of 2^-20
  return mean * whole + mean * fraction / (std::int64_t{1} << 20);
}

}  // namespace mznode::sim

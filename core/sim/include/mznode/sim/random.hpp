#pragma once

#include <cassert>
#include <cstdint>
#include <random>
#include <utility>
#include <vector>

namespace mznode::sim {

/// Random numbers that are the same on every machine and with every compiler: the standard's engine, but none of its
/// distributions, whose results each library chooses for itself.
class Random {
 public:
  /// Different streams of one seed are independent of each other: what one part of a simulation draws must not change
  /// what another part sees.
  Random(std::uint64_t seed, std::uint64_t stream) {
    const auto low = [](std::uint64_t value) { return static_cast<std::uint32_t>(value); };
    const auto high = [](std::uint64_t value) { return static_cast<std::uint32_t>(value >> 32); };
    std::seed_seq sequence{low(seed), high(seed), low(stream), high(stream)};
    engine_.seed(sequence);
  }

  std::uint64_t bits() { return engine_(); }

  /// Uniform from 0 to `bound` - 1; `bound` is at least 1.
  std::uint64_t below(std::uint64_t bound) {
    assert(bound > 0);
    const std::uint64_t limit = UINT64_MAX - UINT64_MAX % bound;
    for (;;) {
      const std::uint64_t draw = bits();
      if (draw < limit) return draw % bound;
    }
  }

  /// True with a probability of `percent` in a hundred.
  bool chance(std::uint64_t percent) { return below(100) < percent; }

  /// Exponentially distributed with the given mean, in whole units.
  std::int64_t exponential(std::int64_t mean);

  template <class T>
  const T& pick(const std::vector<T>& from) {
    return from[below(from.size())];
  }

  /// Fisher and Yates' shuffle.
  template <class T>
  void shuffle(std::vector<T>& items) {
    for (std::size_t i = items.size(); i > 1; --i) {
      const std::size_t other = below(i);
      std::swap(items[i - 1], items[other]);
    }
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace mznode::sim

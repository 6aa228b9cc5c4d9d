#include "mznode/sim/chance.hpp"

#include <bit>
#include <cassert>
#include <random>

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

/// Exponentially distributed with the given mean, made of 64 random bits.
std::uint64_t exponential(std::uint64_t bits, std::int64_t mean) {
  const std::uint64_t u = bits | 1;
  constexpr std::uint64_t ln2 = 2'977'044'472;                                // in units of 2^-32
  const std::uint64_t minus_ln = (negative_log2(u) >> 8) * (ln2 >> 8) >> 16;  // in units of 2^-32
  // mean * minus_ln / 2^32 without overflow: the whole and the fractional part apart.
  const auto whole = static_cast<std::int64_t>(minus_ln >> 32);
  const auto fraction = static_cast<std::int64_t>((minus_ln & 0xFFFFFFFF) >> 12);  // in units of 2^-20
  return static_cast<std::uint64_t>(mean * whole + mean * fraction / (std::int64_t{1} << 20));
}

class SeededDecider final : public Decider {
 public:
  SeededDecider(std::uint64_t seed, std::uint64_t number) {
    const auto low = [](std::uint64_t value) { return static_cast<std::uint32_t>(value); };
    const auto high = [](std::uint64_t value) { return static_cast<std::uint32_t>(value >> 32); };
    std::seed_seq sequence{low(seed), high(seed), low(number), high(number)};
    engine_.seed(sequence);
  }

  std::uint64_t decide(const Decision& decision) override {
    switch (decision.kind) {
      case Decision::Kind::bits: return engine_();
      case Decision::Kind::below: return below(decision.range);
      case Decision::Kind::chance: return below(100) < decision.range ? 1 : 0;
      case Decision::Kind::exponential: return exponential(engine_(), static_cast<std::int64_t>(decision.range));
      case Decision::Kind::order: return 0;
      case Decision::Kind::given: return decision.range;
    }
    return 0;
  }

 private:
  /// Rejects the incomplete last span, so that every result is equally likely.
  std::uint64_t below(std::uint64_t bound) {
    assert(bound > 0);
    const std::uint64_t limit = UINT64_MAX - UINT64_MAX % bound;
    for (;;) {
      const std::uint64_t draw = engine_();
      if (draw < limit) return draw % bound;
    }
  }

  std::mt19937_64 engine_;
};

class Seeded final : public Decisions {
 public:
  explicit Seeded(std::uint64_t seed) : seed_(seed) {}
  std::unique_ptr<Decider> open(const std::string&, std::uint64_t number) override {
    return seeded_decider(seed_, number);
  }

 private:
  std::uint64_t seed_;
};

}  // namespace

bool Decision::allows(std::uint64_t value) const {
  switch (kind) {
    case Kind::below:
    case Kind::order: return value < range;
    case Kind::chance: return value <= 1;
    case Kind::exponential: return value <= INT64_MAX;
    case Kind::bits:
    case Kind::given: return true;
  }
  return false;
}

Chance::Chance(std::uint64_t seed) : decisions_(seeded(seed)) {}

std::unique_ptr<Decider> seeded_decider(std::uint64_t seed, std::uint64_t number) {
  return std::make_unique<SeededDecider>(seed, number);
}

std::shared_ptr<Decisions> seeded(std::uint64_t seed) {
  return std::make_shared<Seeded>(seed);
}

}  // namespace mznode::sim

#pragma once

#include <cassert>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mznode/sim/chance.hpp"

namespace mznode::sim {

/// A stream of random numbers, each a decision that has a name.
class Random {
 public:
  /// A stream of a seed.
  Random(std::uint64_t seed, std::uint64_t number) : decider_(seeded_decider(seed, number)) {}
  /// A stream of a run's decisions (Decisions::open).
  Random(const Chance& chance, const std::string& stream, std::uint64_t number)
      : decider_(chance.open(stream, number)) {}

  /// Names what the next decisions are, until they are named otherwise; `what` is a literal, `subject` what they are
  /// of.
  Random& about(std::string_view what, std::uint64_t subject = 0) {
    what_ = what;
    subject_ = subject;
    return *this;
  }

  std::uint64_t bits() { return decide(Decision::Kind::bits, 0); }

  /// Uniform from 0 to `bound` - 1; `bound` is at least 1.
  std::uint64_t below(std::uint64_t bound) {
    assert(bound > 0);
    return decide(Decision::Kind::below, bound);
  }

  /// True with a probability of `percent` in a hundred.
  bool chance(std::uint64_t percent) { return decide(Decision::Kind::chance, percent) != 0; }

  /// Exponentially distributed with the given mean, in whole units.
  std::int64_t exponential(std::int64_t mean) {
    return static_cast<std::int64_t>(decide(Decision::Kind::exponential, static_cast<std::uint64_t>(mean)));
  }

  /// Which of `count` things comes next that wait in this order: the first, unless it is decided otherwise.
  std::size_t order(std::size_t count) { return decide(Decision::Kind::order, count); }
  /// `value`, unless it is decided otherwise.
  std::uint64_t given(std::uint64_t value) { return decide(Decision::Kind::given, value); }

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
  std::uint64_t decide(Decision::Kind kind, std::uint64_t range) {
    return decider_->decide({.kind = kind, .range = range, .what = what_, .subject = subject_});
  }

  std::unique_ptr<Decider> decider_;
  std::string_view what_;
  std::uint64_t subject_ = 0;
};

}  // namespace mznode::sim

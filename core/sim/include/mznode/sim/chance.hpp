#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace mznode::sim {

/// A decision of the simulator that could be another one.
struct Decision {
  enum class Kind : std::uint8_t {
    /// Any number of 64 bits.
    bits,
    /// A number from 0 to `range` - 1, all equally likely.
    below,
    /// 1 with a probability of `range` in a hundred, or else 0.
    chance,
    /// A whole number, exponentially distributed with the mean `range`.
    exponential,
    /// A number from 0 to `range` - 1, which is 0 unless somebody wants another order of things.
    order,
    /// The number `range`, unless somebody wants another.
    given,
  };
  Kind kind = Kind::bits;
  std::uint64_t range = 0;
  /// What is decided, such as "is lost"; a literal.
  std::string_view what = {};
  /// What it is decided of, such as the number of a message; 0 where there is nothing to tell apart.
  std::uint64_t subject = 0;

  /// Whether the decision can be `value`.
  bool allows(std::uint64_t value) const;
};

/// Takes the decisions of one stream, one after the other.
class Decider {
 public:
  virtual ~Decider() = default;
  virtual std::uint64_t decide(const Decision& decision) = 0;
};

/// The seam through which all chance and order of a run passes. Its streams have names, such as "loss" or "n1, life 2",
/// and are independent of each other: what one part of a simulation draws must not change what another part sees.
class Decisions {
 public:
  virtual ~Decisions() = default;
  /// Begins with a stream; each name is opened once a run. `number` tells a seed's streams apart.
  virtual std::unique_ptr<Decider> open(const std::string& stream, std::uint64_t number) = 0;
  /// Whether it wants to be asked which of several events comes next that are due at one moment. If not, they come in
  /// the order in which they were set, and nobody has to find out how many there are.
  virtual bool decides_order() const { return false; }
};

/// The decisions that follow from a seed, as the parts of a run are given them. A seed is one.
class Chance {
 public:
  // NOLINTNEXTLINE(google-explicit-constructor): a seed is all that most have to say
  Chance(std::uint64_t seed);
  explicit Chance(std::shared_ptr<Decisions> decisions) : decisions_(std::move(decisions)) {}

  std::unique_ptr<Decider> open(const std::string& stream, std::uint64_t number) const {
    return decisions_->open(stream, number);
  }
  bool decides_order() const { return decisions_->decides_order(); }

 private:
  std::shared_ptr<Decisions> decisions_;
};

/// A stream of a seed: the standard's engine, but none of its distributions, whose results each library chooses for
/// itself.
std::unique_ptr<Decider> seeded_decider(std::uint64_t seed, std::uint64_t number);
/// The decisions that follow from a seed, the same on every machine and with every compiler.
std::shared_ptr<Decisions> seeded(std::uint64_t seed);

}  // namespace mznode::sim

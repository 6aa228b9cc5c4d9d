#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>

#include "mznode/node/descriptor.hpp"

namespace mznode::trace {

/// All the chance that a node gets: a stream of its life's seed.
class Entropy {
 public:
  explicit Entropy(std::uint64_t seed) : state_(seed) {}

  /// SplitMix64: passes the tests that matter here, and any part of it is as random as the seed.
  std::uint64_t bits();
  std::uint64_t below(std::uint64_t bound) { return bound == 0 ? 0 : bits() % bound; }
  std::string bytes(std::size_t count);

  /// A file with new random bytes, to be opened in the place of /dev/urandom. The supervisor keeps it open for a while.
  int file();

 private:
  std::uint64_t state_;
  std::deque<Descriptor> files_;
};

}  // namespace mznode::trace

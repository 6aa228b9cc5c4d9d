#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace mznode::check {

/// The configurations that a search has visited, each a position, a state and a set of bits. The fewer bits, the
/// better.
class Configurations {
 public:
  /// `words` is how many 64-bit words the bits take.
  explicit Configurations(std::size_t words);

  /// False when one with the same position and state, and with the same bits or some of them, was inserted before. That
  /// is looked for among those with the same `kind` only, a number that the caller derives from the bits that must be
  /// the same.
  bool insert(std::uint32_t position, std::uint32_t state, std::uint64_t kind, const std::uint64_t* bits);

  /// How many were inserted, and how often two of them were compared.
  std::uint64_t size() const { return size_; }
  std::uint64_t comparisons() const { return comparisons_; }
  std::size_t bytes() const { return entries_.capacity() * sizeof(std::uint64_t) + heads_.capacity() * sizeof(Index); }

 private:
  /// The number of an entry, counted from 1; 0 for none.
  using Index = std::uint32_t;

  std::uint64_t* entry(Index index) { return entries_.data() + (index - 1) * stride_; }
  Index& head(std::uint64_t key, std::uint64_t kind) {
    return heads_[((key * multiplier ^ kind) * multiplier) >> shift_];
  }
  void grow();

  static constexpr std::uint64_t multiplier =
      0x9E3779B97F4A7C15;  // Knuth's multiplicative hashing, by the golden ratio

  std::size_t words_;
  std::size_t stride_;
  int shift_;
  std::uint64_t size_ = 0;
  std::uint64_t comparisons_ = 0;
  /// Of each one: position and state, the kind, the next entry of its chain, the bits.
  std::vector<std::uint64_t> entries_;
  std::vector<Index> heads_;
};

}  // namespace mznode::check

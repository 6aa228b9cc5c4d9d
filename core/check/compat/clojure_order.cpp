#include "compat/clojure_order.hpp"

#include <bit>
#include <charconv>
#include <cstdint>

namespace mznode::check {
namespace {

// MurmurHash3 (Appleby), 32 bits, in the way in which clojure.lang.Murmur3 composes it.

std::uint32_t mix_block(std::uint32_t hash, std::uint32_t block) {
  block = std::rotl(block * 0xCC9E2D51U, 15) * 0x1B873593U;
  return std::rotl(hash ^ block, 13) * 5 + 0xE6546B64U;
}

std::uint32_t finish(std::uint32_t hash, std::uint32_t length) {
  hash ^= length;
  hash = (hash ^ (hash >> 16)) * 0x85EBCA6BU;
  hash = (hash ^ (hash >> 13)) * 0xC2B2AE35U;
  return hash ^ (hash >> 16);
}

std::uint32_t hash_of(std::string_view json) {
  std::int64_t number = 0;
  std::from_chars(json.data(), json.data() + json.size(), number);
  if (number == 0) return 0;
  const auto bits = static_cast<std::uint64_t>(number);
  const std::uint32_t low = mix_block(0, static_cast<std::uint32_t>(bits));
  return finish(mix_block(low, static_cast<std::uint32_t>(bits >> 32)), 8);
}

std::uint32_t hash_of(const std::vector<std::string_view>& list) {
  std::uint32_t hash = 1;
  for (const std::string_view element : list) hash = 31 * hash + hash_of(element);
  return finish(mix_block(0, hash), static_cast<std::uint32_t>(list.size()));
}

/// A set is a tree that branches by five bits of the hash on each level, the lowest first (Bagwell, "Ideal Hash
/// Trees").
bool stands_before(std::uint32_t a, std::uint32_t b) {
  constexpr std::uint32_t branch = 31;
  for (; a != b; a >>= 5, b >>= 5) {
    if ((a & branch) != (b & branch)) return (a & branch) < (b & branch);
  }
  return false;
}

}  // namespace

bool iterates_before(std::string_view a, std::string_view b) {
  return stands_before(hash_of(a), hash_of(b));
}

bool iterates_before(const std::vector<std::string_view>& a, const std::vector<std::string_view>& b) {
  return stands_before(hash_of(a), hash_of(b));
}

}  // namespace mznode::check

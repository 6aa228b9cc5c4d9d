#pragma once

#include <cstdint>
#include <string_view>

namespace mznode {

/// FNV-1a of 64 bits, the same everywhere, where std::hash differs between libraries (Fowler, Noll and Vo).
class Fnv {
 public:
  constexpr void add(unsigned char byte) { value_ = (value_ ^ byte) * prime; }
  constexpr void add(std::string_view text) {
    for (const char c : text) add(static_cast<unsigned char>(c));
  }
  constexpr std::uint64_t value() const { return value_; }

  static constexpr std::uint64_t of(std::string_view text) {
    Fnv hash;
    hash.add(text);
    return hash.value();
  }

 private:
  static constexpr std::uint64_t prime = 0x100000001b3;

  std::uint64_t value_ = 0xcbf29ce484222325;
};

}  // namespace mznode

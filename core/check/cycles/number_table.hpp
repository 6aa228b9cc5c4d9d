#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "cycles/ids.hpp"

namespace mznode::check::txn {

/// A hash table from 64-bit numbers to 32-bit numbers other than `none`, with open addressing: a search touches one
/// cache line as a rule, where the standard containers need an allocation for each entry.
class NumberTable {
 public:
  NumberTable() : slots_(16) {}

  /// Where the number of `key` stands; `none` when the key is new, and then the caller must fill it in at once. The
  /// reference holds until the next call.
  std::uint32_t& operator[](std::uint64_t key) {
    if (2 * used_ >= slots_.size()) grow();
    Slot& slot = find_slot(key);
    if (slot.value == none) {
      slot.key = key;
      ++used_;
    }
    return slot.value;
  }

 private:
  struct Slot {
    std::uint64_t key = 0;
    std::uint32_t value = none;
  };

  Slot& find_slot(std::uint64_t key) {
    // The upper bits of a product with an odd number depend on all bits of the key (Knuth, TAOCP 3, section 6.4).
    // Neighbours stand side by side, because they are often asked for one after the other.
    constexpr std::uint64_t side_by_side = 4;
    const std::uint64_t hash = (key / side_by_side) * 0x9E3779B97F4A7C15U;
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = static_cast<std::size_t>((hash >> 32) * side_by_side + key % side_by_side) & mask;
    while (slots_[at].value != none && slots_[at].key != key) at = (at + 1) & mask;
    return slots_[at];
  }

  void grow() {
    std::vector<Slot> old(slots_.size() * 2);
    old.swap(slots_);
    for (const Slot& slot : old) {
      if (slot.value != none) find_slot(slot.key) = slot;
    }
  }

  std::vector<Slot> slots_;  // a power of two
  std::size_t used_ = 0;
};

}  // namespace mznode::check::txn

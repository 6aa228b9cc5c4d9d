#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "cycles/number_table.hpp"

namespace mznode::check::txn {

/// Numbers JSON values from 0, equal values alike.
class Interner {
 public:
  /// `json` is one valid value and must outlive the interner.
  std::uint32_t intern(std::string_view json);

  /// The value with this number, as it was written first.
  std::string_view text(std::uint32_t number) const { return texts_[number]; }

 private:
  std::uint32_t& slot_of(std::uint64_t integer);
  void cover_more(std::size_t size);
  std::uint32_t number_of(std::uint32_t& slot, std::string_view json);

  /// By integer, those that are less than some times as many as there are values: what is written one after the other
  /// stands side by side.
  std::vector<std::uint32_t> small_integers_;
  NumberTable integers_;
  std::unordered_map<std::string, std::uint32_t> others_;  // by canonical text
  std::vector<std::string_view> texts_;
};

}  // namespace mznode::check::txn

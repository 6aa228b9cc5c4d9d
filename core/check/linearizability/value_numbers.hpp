#pragma once

#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

#include "mznode/json/json.hpp"

namespace mznode::check {

/// Numbers for the values of a history: equal numbers are equal values.
class ValueNumbers {
 public:
  std::uint32_t of(const Json& value) {
    const auto [known, is_new] = numbers_.try_emplace(value, static_cast<std::uint32_t>(values_->size()));
    if (is_new) values_->push_back(value);
    return known->second;
  }
  const Json& operator[](std::uint32_t number) const { return (*values_)[number]; }
  /// The values by their numbers, also after this.
  std::shared_ptr<const std::vector<Json>> values() const { return values_; }

 private:
  std::shared_ptr<std::vector<Json>> values_ = std::make_shared<std::vector<Json>>();
  std::unordered_map<Json, std::uint32_t> numbers_;  // never iterated
};

}  // namespace mznode::check

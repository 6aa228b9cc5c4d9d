#pragma once

#include <compare>
#include <cstdint>
#include <optional>

#include "mznode/json/json.hpp"

namespace mznode::check {

/// A value of a history in the order of Json, with its integer at hand: elements and ids mostly are integers, and Json
/// compares numbers of any size digit by digit. Refers to the value, which must outlive it.
class OrderedValue {
 public:
  explicit OrderedValue(const Json& value) : value_(&value), integer_(value.as_int()) {}

  const Json& value() const { return *value_; }

  friend bool operator==(const OrderedValue& a, const OrderedValue& b) { return (a <=> b) == 0; }
  friend std::strong_ordering operator<=>(const OrderedValue& a, const OrderedValue& b) {
    if (a.integer_ && b.integer_) return *a.integer_ <=> *b.integer_;
    return *a.value_ <=> *b.value_;
  }

 private:
  const Json* value_;
  std::optional<std::int64_t> integer_;
};

}  // namespace mznode::check

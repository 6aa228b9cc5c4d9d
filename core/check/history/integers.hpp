#pragma once

#include <cstdint>
#include <string>

#include "mznode/check/history.hpp"

namespace mznode::check {

[[noreturn]] inline void refuse(const Operation& operation, const std::string& why) {
  throw HistoryError("operation " + std::to_string(operation.index) + ": " + why);
}

/// The value of an operation that must be an integer. Throws HistoryError when it is none of 64 bits.
inline std::int64_t integer_of(const Operation& operation) {
  const auto number = operation.value.as_int();
  if (!number) refuse(operation, "expected a 64-bit integer as the value of " + operation.f);
  return *number;
}

/// a + b; throws HistoryError, naming `operation`, where that leaves 64 bits.
inline std::int64_t sum(std::int64_t a, std::int64_t b, const Operation& operation) {
  std::int64_t result = 0;
  if (__builtin_add_overflow(a, b, &result)) refuse(operation, "the sum of the adds leaves 64 bits");
  return result;
}

}  // namespace mznode::check

#pragma once

#include <charconv>
#include <concepts>
#include <stdexcept>
#include <string>
#include <string_view>

#include "mznode/json/printable.hpp"

namespace mznode {

/// Tells a user what a flag takes, and what it was given instead.
[[noreturn]] inline void refuse_value(std::string_view flag, std::string_view takes, std::string_view given) {
  throw std::invalid_argument(std::string(flag) + " takes " + std::string(takes) + ", not " +
                              (given.empty() ? "an empty value" : printable(given)));
}

/// Reads the whole number that a user gave to `flag`: decimal digits and nothing else, no 0x10, no 1e3. Throws
/// std::invalid_argument, which says what the flag takes, when it is none from `min` to `max`.
template <std::integral Number>
Number whole_number(std::string_view flag, std::string_view text, Number min, Number max) {
  Number value{};
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (text.empty() || error != std::errc{} || stop != end || value < min || value > max) {
    refuse_value(flag, "a whole number from " + std::to_string(min) + " to " + std::to_string(max), text);
  }
  return value;
}

}  // namespace mznode

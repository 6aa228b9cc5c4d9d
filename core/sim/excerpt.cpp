#include "core/sim/excerpt.hpp"

#include <algorithm>

#include "core/scanner.hpp"

namespace mznode::sim {

std::string excerpt(std::string_view text, std::size_t limit) {
  const std::string_view shown = whole_characters(text, limit);
  std::string quoted;
  append_quoted(quoted, shown);
  std::string result;
  unescape(std::string_view(quoted).substr(1, quoted.size() - 2), result);
  constexpr char last_control = 0x1f;
  constexpr char erase = 0x7f;
  std::replace_if(
      result.begin(), result.end(), [](char c) { return (c >= 0 && c <= last_control && c != '\t') || c == erase; },
      '?');
  if (shown.size() < text.size()) result += " … (" + std::to_string(text.size()) + " bytes)";
  return result;
}

}  // namespace mznode::sim

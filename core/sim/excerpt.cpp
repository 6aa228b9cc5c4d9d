#include "core/sim/excerpt.hpp"

#include <algorithm>

#include "core/scanner.hpp"

namespace mznode::sim {

std::string excerpt(std::string_view text, std::size_t limit) {
  std::string_view shown = text.substr(0, limit);
  if (shown.size() < text.size()) {
    // Not in the middle of a character: its further bytes are 10xxxxxx.
    const auto continues = [](char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; };
    while (!shown.empty() && continues(text[shown.size()])) shown.remove_suffix(1);
  }
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

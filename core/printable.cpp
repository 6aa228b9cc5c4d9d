#include "core/printable.hpp"

#include "core/scanner.hpp"
#include "core/text_buffer.hpp"

namespace mznode {

std::string printable(std::string_view text) {
  // Quoting makes valid UTF-8 of it.
  std::string quoted;
  append_quoted(quoted, text);
  std::string valid;
  unescape(std::string_view(quoted).substr(1, quoted.size() - 2), valid);
  std::string result;
  result.reserve(valid.size());
  for (std::size_t i = 0; i < valid.size(); ++i) {
    const auto byte = static_cast<unsigned char>(valid[i]);
    constexpr unsigned char first_printable = 0x20;
    constexpr unsigned char erase = 0x7f;
    constexpr unsigned char c1_lead = 0xc2;  // U+0080 to U+009F are this byte and one below 0xa0
    constexpr unsigned char c1_end = 0xa0;
    if ((byte < first_printable && byte != '\t') || byte == erase) {
      result += '?';
    } else if (byte == c1_lead && static_cast<unsigned char>(valid[i + 1]) < c1_end) {
      result += '?';
      ++i;
    } else {
      result += valid[i];
    }
  }
  return result;
}

}  // namespace mznode

#include "mznode/json/printable.hpp"

#include "mznode/json/scanner.hpp"

namespace mznode {
namespace {

std::string valid_utf8(std::string_view text) {
  std::string quoted;
  append_quoted(quoted, text);
  std::string result;
  unescape(std::string_view(quoted).substr(1, quoted.size() - 2), result);
  return result;
}

/// The code point at the beginning of valid UTF-8, if it has three bytes at most; those beyond are harmless.
unsigned code_point(const char* p, std::size_t length) {
  const auto bits = [p](std::size_t i) { return static_cast<unsigned char>(p[i]) & 0x3Fu; };
  if (length == 1) return static_cast<unsigned char>(*p);
  if (length == 2) return (bits(0) & 0x1F) << 6 | bits(1);
  if (length == 3) return (bits(0) & 0x0F) << 12 | bits(1) << 6 | bits(2);
  return 0xFFFD;
}

std::size_t length_of(char first) {
  const auto byte = static_cast<unsigned char>(first);
  return byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
}

/// Control characters of ASCII and of ISO 6429's second set (U+009B begins an escape sequence by itself), and what
/// Unicode has to separate lines and to turn the direction of text (UAX 9).
bool steers_terminal(unsigned code) {
  if (code == '\t') return false;
  if (code < 0x20 || (code >= 0x7F && code < 0xA0)) return true;
  return code == 0x200E || code == 0x200F || (code >= 0x2028 && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
}

void append_escape(std::string& out, unsigned code) {
  static constexpr char hex[] = "0123456789abcdef";
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) out += hex[code >> shift & 15];
}

}  // namespace

std::string printable(std::string_view text) {
  const std::string valid = valid_utf8(text);
  std::string shown;
  shown.reserve(valid.size());
  for (std::size_t at = 0; at < valid.size();) {
    const std::size_t length = length_of(valid[at]);
    const unsigned code = code_point(valid.data() + at, length);
    if (steers_terminal(code)) {
      append_escape(shown, code);
    } else {
      shown.append(valid, at, length);
    }
    at += length;
  }
  return shown;
}

std::string printable_lines(std::string_view text) {
  std::string shown;
  for (;;) {
    const std::size_t end = text.find('\n');
    shown += printable(text.substr(0, end));
    if (end == std::string_view::npos) return shown;
    shown += '\n';
    text.remove_prefix(end + 1);
  }
}

}  // namespace mznode

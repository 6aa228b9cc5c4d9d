#include "mznode/json/scanner.hpp"

#include <array>
#include <cstring>

#include "mznode/json/utf8.hpp"

namespace mznode {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

unsigned hex4(const char* digits) {
  unsigned value = 0;
  for (int i = 0; i < 4; ++i) value = value * 16 + static_cast<unsigned>(hex_digit(digits[i]));
  return value;
}

void append_utf8(std::string& out, unsigned code_point) {
  if (code_point < 0x80) {
    out += static_cast<char>(code_point);
  } else if (code_point < 0x800) {
    out += static_cast<char>(0xC0 | (code_point >> 6));
    out += static_cast<char>(0x80 | (code_point & 0x3F));
  } else if (code_point < 0x10000) {
    out += static_cast<char>(0xE0 | (code_point >> 12));
    out += static_cast<char>(0x80 | ((code_point >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (code_point & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | (code_point >> 18));
    out += static_cast<char>(0x80 | ((code_point >> 12) & 0x3F));
    out += static_cast<char>(0x80 | ((code_point >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (code_point & 0x3F));
  }
}

/// The length of the valid UTF-8 sequence at `p` that begins with a byte outside ASCII (Unicode 15, table 3-7);
/// 0 when there is none.
std::size_t utf8_length(const char* p, const char* end) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(p[i]); };
  const auto left = static_cast<std::size_t>(end - p);
  const auto continues = [&](std::size_t i, unsigned low = 0x80, unsigned high = 0xBF) {
    return i < left && byte(i) >= low && byte(i) <= high;
  };
  const unsigned lead = byte(0);
  if (lead >= 0xC2 && lead <= 0xDF) return continues(1) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    const unsigned low = lead == 0xE0 ? 0xA0 : 0x80;
    const unsigned high = lead == 0xED ? 0x9F : 0xBF;
    return continues(1, low, high) && continues(2) ? 3 : 0;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    const unsigned low = lead == 0xF0 ? 0x90 : 0x80;
    const unsigned high = lead == 0xF4 ? 0x8F : 0xBF;
    return continues(1, low, high) && continues(2) && continues(3) ? 4 : 0;
  }
  return 0;
}

}  // namespace

bool Scanner::special_character() {
  if (at_ >= end_) return false;  // the string is not closed
  if (*at_ == '\\') {
    has_escapes_ = true;
    ++at_;
    if (*at_ == 'u') {
      for (int i = 1; i <= 4; ++i) {
        if (hex_digit(at_[i]) < 0) return false;
      }
      at_ += 5;
      return true;
    }
    if (*at_ == '\0' || std::strchr("\"\\/bfnrt", *at_) == nullptr) return false;
    ++at_;
    return true;
  }
  if (static_cast<unsigned char>(*at_) < 0x20) return false;
  const std::size_t length = utf8_length(at_, end_);
  at_ += length;
  return length != 0;
}

bool Scanner::fraction_and_exponent() {
  const auto digits = [this] {
    const char* start = at_;
    at_ = after_digits(at_);
    return at_ != start;
  };
  if (*at_ == '.') {
    ++at_;
    if (!digits()) return false;
  }
  if (*at_ == 'e' || *at_ == 'E') {
    ++at_;
    if (*at_ == '+' || *at_ == '-') ++at_;
    if (!digits()) return false;
  }
  return at_ <= end_;
}

bool Scanner::literal(std::string_view word) {
  if (static_cast<std::size_t>(end_ - at_) < word.size()) return false;
  if (std::memcmp(at_, word.data(), word.size()) != 0) return false;
  at_ += word.size();
  return true;
}

bool Scanner::key_and_colon() {
  return peek() == '"' && string() && consume(':');
}

bool Scanner::composite_or_literal() {
  Nesting open;
  for (;;) {
    // A value begins here.
    switch (peek()) {
      case '{':
        ++at_;
        if (peek() == '}') {
          ++at_;
          break;
        }
        open.push(true);
        if (!key_and_colon()) return false;
        continue;
      case '[':
        ++at_;
        if (peek() == ']') {
          ++at_;
          break;
        }
        open.push(false);
        continue;
      case '"':
        if (!string()) return false;
        break;
      case 't':
        if (!literal("true")) return false;
        break;
      case 'f':
        if (!literal("false")) return false;
        break;
      case 'n':
        if (!literal("null")) return false;
        break;
      default:
        if (!is_number_start(*at_) || !number()) return false;
    }
    // A value has ended: close what it closes, then go on behind the comma.
    for (;;) {
      if (open.empty()) return at_ <= end_;
      const char next = peek();
      if (next == ',') {
        ++at_;
        if (open.in_object() && !key_and_colon()) return false;
        break;
      }
      if (next != (open.in_object() ? '}' : ']')) return false;
      ++at_;
      open.pop();
    }
  }
}

bool unescape(std::string_view content, std::string& out) {
  bool well_formed = true;
  const char* p = content.data();
  const char* end = p + content.size();
  while (p < end) {
    const void* found = std::memchr(p, '\\', static_cast<std::size_t>(end - p));
    const char* backslash = found == nullptr ? end : static_cast<const char*>(found);
    out.append(p, backslash);
    if (backslash == end) break;
    const char kind = backslash[1];
    p = backslash + 2;
    switch (kind) {
      case 'b': out += '\b'; break;
      case 'f': out += '\f'; break;
      case 'n': out += '\n'; break;
      case 'r': out += '\r'; break;
      case 't': out += '\t'; break;
      case 'u': {
        unsigned code = hex4(p);
        p += 4;
        if (code >= 0xD800 && code <= 0xDFFF) {
          const bool paired = code < 0xDC00 && end - p >= 6 && p[0] == '\\' && p[1] == 'u' && hex4(p + 2) >= 0xDC00 &&
                              hex4(p + 2) <= 0xDFFF;
          if (paired) {
            code = 0x10000 + ((code - 0xD800) << 10) + (hex4(p + 2) - 0xDC00);
            p += 6;
          } else {
            code = 0xFFFD;
            well_formed = false;
          }
        }
        append_utf8(out, code);
        break;
      }
      default: out += kind;
    }
  }
  return well_formed;
}

namespace {

#ifdef __SSE2__
/// Copies sixteen bytes; false when one of them must not stand in a JSON string as it is.
bool copy_plain(char* to, const char* from) {
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
  const __m128i special =
      _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')), _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'))),
                   _mm_cmplt_epi8(bytes, _mm_set1_epi8(' ')));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(to), bytes);
  return _mm_movemask_epi8(special) == 0;
}
#endif

/// Most strings are short and plain: they are copied while they are checked, sixteen bytes at a time.
bool append_plain(TextBuffer& out, std::string_view text) {
  char* to = out.room(text.size() + 2);
  const char* from = text.data();
  std::size_t left = text.size();
  *to++ = '"';
#ifdef __SSE2__
  if (left >= 16) {
    for (; left > 16; left -= 16, from += 16, to += 16) {
      if (!copy_plain(to, from)) return false;
    }
    // The last sixteen overlap what was copied before them.
    from -= 16 - left;
    to -= 16 - left;
    if (!copy_plain(to, from)) return false;
    to += 16;
    left = 0;
  }
#endif
  for (; left > 0; --left) {
    if (*from == '"' || *from == '\\' || static_cast<signed char>(*from) < ' ') return false;
    *to++ = *from++;
  }
  *to = '"';
  out.advance(text.size() + 2);
  return true;
}

}  // namespace

void append_quoted(TextBuffer& out, std::string_view text) {
  if (append_plain(out, text)) return;
  static constexpr char hex[] = "0123456789abcdef";
  out += '"';
  const char* p = text.data();
  const char* end = p + text.size();
  while (p < end) {
    const auto byte = static_cast<unsigned char>(*p);
    if (byte == '"' || byte == '\\') {
      out += '\\';
      out += *p++;
    } else if (byte < 0x20) {
      out += "\\u00";
      out += hex[byte >> 4];
      out += hex[byte & 15];
      ++p;
    } else if (byte < 0x80) {
      const char* start = p;
      while (p < end && *p != '"' && *p != '\\' && static_cast<signed char>(*p) >= 0x20) ++p;
      out.append(std::string_view(start, static_cast<std::size_t>(p - start)));
    } else if (const std::size_t length = utf8_length(p, end)) {
      out.append(std::string_view(p, length));
      p += length;
    } else {
      out += "\xEF\xBF\xBD";
      ++p;
    }
  }
  out += '"';
}

bool is_utf8(std::string_view text) {
  const char* const end = text.data() + text.size();
  for (const char* at = text.data(); at < end;) {
    const std::size_t length = static_cast<signed char>(*at) >= 0 ? 1 : utf8_length(at, end);
    if (length == 0) return false;
    at += length;
  }
  return true;
}

std::string_view whole_characters(std::string_view text, std::size_t max_bytes) {
  if (text.size() <= max_bytes) return text;
  const auto continues = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; };
  while (max_bytes > 0 && continues(text[max_bytes])) --max_bytes;
  return text.substr(0, max_bytes);
}

void append_quoted(std::string& out, std::string_view text) {
  TextBuffer quoted;
  append_quoted(quoted, text);
  out += quoted.view();
}

}  // namespace mznode

#include <algorithm>
#include <array>
#include <optional>

#include "history/edn_transcoder.hpp"
#include "mznode/json/scanner.hpp"
#include "mznode/json/utf8.hpp"

namespace mznode::check {
namespace {

/// The bytes that end a token; the NUL is one, so the end of the text needs no test of its own.
constexpr std::array<bool, 256> delimiters = [] {
  std::array<bool, 256> table{};
  for (std::size_t c = 0; c <= ' '; ++c) table[c] = true;
  for (const char c : {',', '"', '(', ')', '[', ']', '{', '}', ';', '\\'}) table[static_cast<unsigned char>(c)] = true;
  return table;
}();

bool is_delimiter(char c) {
  return delimiters[static_cast<unsigned char>(c)];
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/// Appends the escape of a code point below U+10000, where JSON can spell an unpaired surrogate too.
void append_escape(std::string& out, unsigned code) {
  static constexpr char hex[] = "0123456789abcdef";
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) out += hex[(code >> shift) & 15];
}

struct NamedCharacter {
  std::string_view name;
  char character;
};
constexpr NamedCharacter named_characters[] = {{"newline", '\n'}, {"space", ' '},     {"tab", '\t'},
                                               {"return", '\r'},  {"formfeed", '\f'}, {"backspace", '\b'}};

/// The number of characters that UTF-8 text has.
std::size_t characters_in(std::string_view text) {
  std::size_t count = 0;
  for (const char c : text) count += (static_cast<unsigned char>(c) & 0xC0) != 0x80 ? 1 : 0;
  return count;
}

/// Appends a float without the suffix M as JSON, which wants a digit behind the point.
void append_float(std::string& out, std::string_view token) {
  const std::size_t point = token.find('.');
  if (point != std::string_view::npos && (point + 1 == token.size() || !is_digit(token[point + 1]))) {
    out.append(token.substr(0, point + 1)).append("0").append(token.substr(point + 1));
  } else {
    out.append(token);
  }
}

/// Makes of a decimal number the number times `factor` plus `addend`; both are small.
void multiply_and_add(std::string& decimal, unsigned factor, unsigned addend) {
  for (auto digit = decimal.rbegin(); digit != decimal.rend(); ++digit) {
    const unsigned value = static_cast<unsigned>(*digit - '0') * factor + addend;
    *digit = static_cast<char>('0' + value % 10);
    addend = value / 10;
  }
  for (; addend > 0; addend /= 10) decimal.insert(decimal.begin(), static_cast<char>('0' + addend % 10));
}

/// True for [0-9]+ without a superfluous leading zero.
bool is_integer(std::string_view digits) {
  return !digits.empty() && digits.find_first_not_of("0123456789") == std::string_view::npos &&
         (digits.size() == 1 || digits.front() != '0');
}

/// The value of a digit of a base up to 36; 36 for what is none.
unsigned digit_value(char c) {
  constexpr unsigned none = 36;
  if (is_digit(c)) return static_cast<unsigned>(c - '0');
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'z' ? static_cast<unsigned>(lower - 'a') + 10 : none;
}

/// Takes the mark of a base off the beginning of a number: 0x, 0, or 2r to 36r. The base; 0 where there is no mark.
unsigned take_base(std::string_view& token) {
  const std::size_t mark = token.find_first_of("rR");
  if (mark == 1 || mark == 2) {
    unsigned base = 0;
    for (const char c : token.substr(0, mark)) base = base * 10 + digit_value(c);
    const bool is_base = token.front() != '0' && is_digit(token[mark - 1]) && base >= 2 && base <= 36;
    token.remove_prefix(mark + 1);
    return is_base ? base : 0;
  }
  if (!token.starts_with('0')) return 0;
  if (token.ends_with('N')) token.remove_suffix(1);
  const bool is_hex = token.starts_with("0x") || token.starts_with("0X");
  token.remove_prefix(is_hex ? 2 : 1);
  return is_hex ? 16 : 8;
}

/// A whole number in another base as a decimal one: as Clojure reads 0x1F, 017, 2r101 and 36rZZ (LispReader's pattern
/// of integers). Nothing for what is none of these, and for what has more digits than anybody prints.
std::optional<std::string> integer_in_other_base(std::string_view token) {
  constexpr std::size_t max_digits = 1'000;
  const unsigned base = take_base(token);
  if (base == 0 || token.empty() || token.size() > max_digits) return std::nullopt;
  std::string decimal = "0";
  for (const char c : token) {
    if (digit_value(c) >= base) return std::nullopt;
    multiply_and_add(decimal, base, digit_value(c));
  }
  return decimal;
}

/// True for digits with a fraction, an exponent, or both.
bool is_float(std::string_view token) {
  const std::size_t e = std::min(token.find_first_of("eE"), token.size());
  const std::string_view mantissa = token.substr(0, e);
  const std::size_t point = std::min(mantissa.find('.'), mantissa.size());
  if (e == token.size() && point == mantissa.size()) return false;
  if (!is_integer(mantissa.substr(0, point))) return false;
  if (point < mantissa.size() && mantissa.find_first_not_of("0123456789", point + 1) != std::string_view::npos) {
    return false;
  }
  if (e == token.size()) return true;
  std::string_view exponent = token.substr(e + 1);
  if (!exponent.empty() && (exponent.front() == '+' || exponent.front() == '-')) exponent.remove_prefix(1);
  return !exponent.empty() && exponent.find_first_not_of("0123456789") == std::string_view::npos;
}

/// Longer numbers and keywords take the general way.
constexpr std::size_t longest_plain_token = 48;

/// Copies an integer, a plain keyword or nil as JSON and moves both pointers behind it; false, with the pointers
/// anywhere, where something else stands. There must be room for the longest token and two quotes.
inline bool copy_plain_scalar(const char*& at, char*& to) {
  const char* const start = at;
  char* const stop = to + longest_plain_token;
  if (is_digit(*at)) {
    while (is_digit(*at) && to < stop) *to++ = *at++;
    return is_delimiter(*at) && (*start != '0' || at - start == 1);
  }
  if (*at == ':') {
    *to++ = '"';
    for (++at; !is_delimiter(*at) && *at > ' ' && to < stop; ++at) *to++ = *at;
    *to++ = '"';
    return is_delimiter(*at) && at - start > 1;
  }
  if (*at != 'n' || at[1] != 'i' || at[2] != 'l' || !is_delimiter(at[3])) return false;
  for (const char c : {'n', 'u', 'l', 'l'}) *to++ = c;
  at += 3;
  return true;
}

}  // namespace

std::string_view EdnTranscoder::take_token() {
  const char* start = at_;
  while (!is_delimiter(*at_)) ++at_;
  return {start, static_cast<std::size_t>(at_ - start)};
}

void EdnTranscoder::run_in_vector(std::string& out) {
  // Locals and a buffer of our own, because a store through a char* may alias every member.
  static constexpr std::size_t deepest = 8;
  char buffer[1024];
  char* const limit = buffer + sizeof buffer - longest_plain_token - 3;  // comma and quotes
  const char* opened[deepest];
  std::size_t depth = 0;
  const char* at = at_;
  buffer[0] = out.back();  // so that the byte before `to` always tells whether a comma is due
  char* to = buffer + 1;
  const auto flush = [&] {
    out.append(buffer + 1, to);
    buffer[0] = out.back();
    to = buffer + 1;
  };
  for (;;) {
    if (to > limit) flush();
    const char* const start = at;
    char* const mark = to;
    switch (*at) {
      case ' ':
      case ',': ++at; continue;
      case ']':
        if (depth == 0) break;
        --depth;
        *to++ = *at++;
        continue;
      default: break;
    }
    if (to[-1] != '[') *to++ = ',';
    bool known = false;
    if (*at == '[' && depth < deepest) {
      opened[depth++] = at++;
      *to++ = '[';
      known = true;
    } else {
      known = copy_plain_scalar(at, to);
    }
    if (*start == ':' && known && words_ != nullptr) words_->add_keyword(start + 1, at);
    if (known) continue;
    at = start;
    to = mark;
    break;
  }
  out.append(buffer + 1, to);
  at_ = at;
  for (std::size_t i = 0; i < depth; ++i) {
    frames_.push_back({.kind = Kind::vector, .opened = static_cast<std::size_t>(opened[i] - text_.data())});
  }
}

void EdnTranscoder::append_text(std::string& out, std::string_view text) {
  append_quoted(out, text);
  const bool is_first = !doubts_.broken_text && !is_utf8(text);
  if (is_first) doubts_.broken_text = static_cast<std::size_t>(text.data() - text_.data());
}

void EdnTranscoder::quote_key(std::string& out, std::size_t start) {
  const std::string key = out.substr(start);
  out.resize(start);
  append_quoted(out, key);
}

bool EdnTranscoder::heads_list(const std::string& out, std::size_t start) const {
  const auto is_list = [](const Frame& frame) { return frame.kind == Kind::vector || frame.kind == Kind::list; };
  return frames_.size() >= 2 && is_list(frames_.back()) && is_list(frames_[frames_.size() - 2]) &&
         out[start - 1] == '[';
}

void EdnTranscoder::string(std::string& out) {
  const std::size_t opened = offset();
  const std::size_t from = out.size();
  bool has_escapes = false;
  ++at_;
  out += '"';
  for (;;) {
    const char* start = at_;
    while (*at_ != '"' && *at_ != '\\' && static_cast<signed char>(*at_) >= 0x20) ++at_;
    out.append(start, at_);
    if (*at_ == '"') break;
    if (at_ == end_) fail("expected \" to end the string", opened);
    if (*at_ == '\\') {
      has_escapes = true;
      string_escape(out);
    } else {
      string_control_or_multibyte(out);
    }
  }
  ++at_;
  out += '"';
  if (words_ != nullptr) {
    const std::string_view content(out.data() + from + 1, out.size() - from - 2);
    std::string plain;
    const std::string_view word = has_escapes && unescape(content, plain) ? plain : content;
    words_->add_string(word.data(), word.data() + word.size());
  }
  if (spellings_ != nullptr) spellings_->see_string(out, from, heads_list(out, from));
}

void EdnTranscoder::string_escape(std::string& out) {
  const char kind = at_[1];
  switch (kind) {
    case '"':
    case '\\':
    case 'b':
    case 'f':
    case 'n':
    case 'r':
    case 't':
      out.append(at_, 2);
      at_ += 2;
      return;
    case 'u':
      for (int i = 2; i < 6; ++i) {
        if (!is_hex(at_[i])) fail("expected four hexadecimal digits behind \\u");
      }
      out.append(at_, 6);
      at_ += 6;
      return;
    default: break;
  }
  if (kind < '0' || kind > '7') fail("expected an escape: one of \\\" \\\\ \\b \\f \\n \\r \\t \\uXXXX");
  unsigned code = 0;
  ++at_;
  for (int i = 0; i < 3 && *at_ >= '0' && *at_ <= '7'; ++i) code = code * 8 + static_cast<unsigned>(*at_++ - '0');
  append_escape(out, code);
}

void EdnTranscoder::string_control_or_multibyte(std::string& out) {
  // EDN strings may hold raw line breaks; what is not UTF-8 becomes U+FFFD.
  const char* start = at_;
  while (at_ < end_ && static_cast<signed char>(*at_) < 0x20) ++at_;
  std::string quoted;
  append_text(quoted, {start, static_cast<std::size_t>(at_ - start)});
  out.append(quoted, 1, quoted.size() - 2);
}

void EdnTranscoder::keyword(std::string& out) {
  const char* start = ++at_;
  while (!is_delimiter(*at_) && *at_ > ' ') ++at_;
  if (is_delimiter(*at_) && at_ != start) {
    if (words_ != nullptr) words_->add_keyword(start, at_);
    if (spellings_ != nullptr) {
      spellings_->see_keyword({start, static_cast<std::size_t>(at_ - start)}, heads_list(out, out.size()));
    }
    (out += '"').append(start, at_) += '"';
    return;
  }
  at_ = start;  // has characters outside ASCII, or is none
  const std::string_view name = take_token();
  if (name.empty()) fail("expected a name behind :");
  if (words_ != nullptr) words_->add_keyword(name.data(), name.data() + name.size());
  if (spellings_ != nullptr) spellings_->see_keyword(name, heads_list(out, out.size()));
  append_text(out, name);
}

void EdnTranscoder::character(std::string& out) {
  const char* start = ++at_;
  if (at_ == end_) fail("expected a character behind \\");
  ++at_;  // the first one may be a delimiter: \( or \,
  take_token();
  const std::string_view name(start, static_cast<std::size_t>(at_ - start));
  if (characters_in(name) == 1) return append_text(out, name);
  for (const NamedCharacter& named : named_characters) {
    if (name == named.name) return append_quoted(out, {&named.character, 1});
  }
  unsigned code = 0;
  const bool is_unicode = name.size() == 5 && name[0] == 'u';
  const bool is_octal = name.size() >= 2 && name.size() <= 4 && name[0] == 'o';
  bool valid = is_unicode || is_octal;
  for (const char c : name.substr(1)) {
    valid = valid && (is_unicode ? is_hex(c) : c >= '0' && c <= '7');
    const int digit = is_digit(c) ? c - '0' : (c | 0x20) - 'a' + 10;
    code = code * (is_unicode ? 16 : 8) + static_cast<unsigned>(digit);
  }
  if (!valid)
    fail("expected a character, such as \\a, \\newline or \\u00e9", static_cast<std::size_t>(start - text_.data()) - 1);
  out += '"';
  append_escape(out, code);
  out += '"';
}

void EdnTranscoder::number(std::string& out) {
  const char* start = at_;
  if (*at_ == '-' || *at_ == '+') ++at_;
  const char* digits = at_;
  while (is_digit(*at_)) ++at_;
  if (!is_delimiter(*at_) || (*digits == '0' && at_ - digits > 1)) return irregular_number(out, start);
  out.append(*start == '+' ? digits : start, at_);
}

void EdnTranscoder::irregular_number(std::string& out, const char* start) {
  at_ = start;
  std::string_view token = take_token();
  if (token.front() == '+') token.remove_prefix(1);
  const bool negative = token.front() == '-';
  const std::string_view magnitude = negative ? token.substr(1) : token;
  const std::string_view stem = magnitude.substr(0, magnitude.size() - 1);
  const std::string_view sign = negative ? "-" : "";
  if (magnitude.back() == 'N' && is_integer(stem)) {
    out.append(sign).append(stem);
  } else if (magnitude.back() == 'M' && is_integer(stem)) {
    out.append(sign).append(stem).append(".0");
  } else if (is_float(magnitude)) {
    append_float(out.append(sign), magnitude);
  } else if (magnitude.back() == 'M' && is_float(stem)) {
    append_float(out.append(sign), stem);
  } else if (const auto integer = integer_in_other_base(magnitude)) {
    out.append(*integer == "0" ? "" : sign).append(*integer);
  } else if (const std::size_t slash = magnitude.find('/'); slash != std::string_view::npos &&
                                                            is_integer(magnitude.substr(0, slash)) &&
                                                            is_integer(magnitude.substr(slash + 1))) {
    append_text(out, token);
  } else {
    fail("expected a number", static_cast<std::size_t>(start - text_.data()));
  }
}

void EdnTranscoder::symbol(std::string& out) {
  const std::string_view name = take_token();
  if (name == "nil") {
    out += "null";
  } else if (name == "true" || name == "false") {
    out += name;
  } else if (name.empty() || name.front() == '@' || name.front() == '`' || name.front() == '~' || name.front() == '^' ||
             name.front() == '\'') {
    at_ -= name.size();
    fail("expected an EDN value");  // the reader macros of Clojure are no EDN
  } else {
    append_text(out, name);
  }
}

void EdnTranscoder::symbolic_value(std::string& out) {
  const std::size_t start = offset();
  at_ += 2;
  const std::string_view name = take_token();
  if (name == "Inf") {
    out += "\"Infinity\"";
  } else if (name == "-Inf") {
    out += "\"-Infinity\"";
  } else if (name == "NaN") {
    out += "\"NaN\"";
  } else {
    fail("expected ##Inf, ##-Inf or ##NaN", start);
  }
}

}  // namespace mznode::check

#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "mznode/json/text_buffer.hpp"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace mznode {

/// A cursor over one JSON text (RFC 8259) that validates everything it passes: grammar, UTF-8, escapes. It is
/// iterative, so nesting is bounded by memory and not by the stack.
///
/// The byte behind the text must be readable and must not continue a token: the NUL of a std::string, the newline of a
/// line, the delimiter behind a value inside a valid text. It lets tokens be read without a bounds check a byte. Every
/// `bool` result is false on invalid text; the cursor then stands at the offending byte and must not be used further.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : begin_(text.data()), at_(text.data()), end_(text.data() + text.size()) {}

  /// The next byte that is not white space, or the sentinel at the end of the text.
  char peek() {
    while (static_cast<unsigned char>(*at_) <= ' ' && at_ < end_ && is_space(*at_)) ++at_;
    return *at_;
  }

  /// Passes white space and then `expected`.
  bool consume(char expected) {
    if (peek() != expected) return false;
    ++at_;
    return true;
  }

  /// Passes `token`, if that is what the text goes on with right here.
  template <std::size_t size>
  bool skip(const char (&token)[size]) {
    const bool found = static_cast<std::size_t>(end_ - at_) >= size - 1 && std::memcmp(at_, token, size - 1) == 0;
    if (found) at_ += size - 1;
    return found;
  }

  /// Passes one value of any kind; `raw` is its text without surrounding white space.
  bool value(std::string_view& raw) {
    const char first = peek();
    const char* start = at_;
    const bool valid = first == '"' ? string() : is_number_start(first) ? number() : composite_or_literal();
    if (!valid) return false;
    raw = {start, static_cast<std::size_t>(at_ - start)};
    return true;
  }

  /// Passes one string; `content` is what stands between the quotes.
  bool string(std::string_view& content) {
    if (peek() != '"') return false;
    const char* start = at_ + 1;
    if (!string()) return false;
    content = {start, static_cast<std::size_t>(at_ - 1 - start)};
    return true;
  }

  /// True when the string that was passed last has escapes.
  bool string_has_escapes() const { return has_escapes_; }
  /// True when the number that was passed last is an integer.
  bool number_is_integer() const { return is_integer_; }

  /// Passes white space; true when nothing else is left.
  bool at_end() {
    peek();
    return at_ == end_;
  }

  /// Where the cursor stands, in bytes from the start of the text.
  std::size_t offset() const { return static_cast<std::size_t>(at_ - begin_); }

  const char* position() const { return at_; }
  /// Goes on at `position`, up to which the caller has recognised the text as valid.
  void go_to(const char* position) { at_ = position; }
  /// The end of the text.
  const char* end() const { return end_; }

  static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
  static bool is_number_start(char c) { return c == '-' || (c >= '0' && c <= '9'); }

 private:
  /// The kinds of the open containers, innermost last, one bit each.
  class Nesting {
   public:
    void push(bool is_object) {
      if (depth_ % 64 == 0 && depth_ > 0) {
        spilled_.push_back(top_);
        top_ = 0;
      }
      const std::uint64_t bit = std::uint64_t{1} << (depth_ % 64);
      top_ = is_object ? top_ | bit : top_ & ~bit;
      ++depth_;
    }
    void pop() {
      --depth_;
      if (depth_ % 64 == 0 && depth_ > 0) {
        top_ = spilled_.back();
        spilled_.pop_back();
      }
    }
    bool in_object() const { return (top_ >> ((depth_ - 1) % 64)) & 1; }
    bool empty() const { return depth_ == 0; }

   private:
    std::size_t depth_ = 0;
    std::uint64_t top_ = 0;
    std::vector<std::uint64_t> spilled_;
  };

  bool string() {
    has_escapes_ = false;
    at_ = after_plain_run(at_ + 1, end_);  // behind the opening quote
    while (*at_ != '"') {
      if (!special_character()) return false;
      at_ = after_plain_run(at_, end_);
    }
    ++at_;
    return at_ <= end_;
  }

  bool number() {
    const char* at = at_;
    if (*at == '-') ++at;
    const char* digits = at;
    at = after_digits(at);
    at_ = at;
    is_integer_ = *at != '.' && *at != 'e' && *at != 'E';
    if (at == digits || (*digits == '0' && at != digits + 1)) return false;
    return is_integer_ ? at <= end_ : fraction_and_exponent();
  }

  static const char* after_digits(const char* at) {
    while (static_cast<unsigned char>(*at - '0') < 10) ++at;
    return at;
  }

  /// Passes the bytes of a string that need no attention: all but the quote, the backslash, control characters and
  /// those outside ASCII.
  static const char* after_plain_run(const char* at, const char* end) {
#ifdef __SSE2__
    const __m128i quote = _mm_set1_epi8('"');
    const __m128i backslash = _mm_set1_epi8('\\');
    const __m128i space = _mm_set1_epi8(' ');
    while (end - at >= 16) {
      const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
      // The comparison is signed, so it finds control characters and bytes outside ASCII together.
      const __m128i special = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, backslash)),
                                           _mm_cmplt_epi8(bytes, space));
      const int mask = _mm_movemask_epi8(special);
      if (mask != 0) return at + __builtin_ctz(static_cast<unsigned>(mask));
      at += 16;
    }
#endif
    while (*at != '"' && *at != '\\' && static_cast<signed char>(*at) >= ' ') ++at;
    return at;
  }

  bool special_character();
  bool fraction_and_exponent();
  bool literal(std::string_view word);
  bool composite_or_literal();
  bool key_and_colon();

  const char* begin_;
  const char* at_;
  const char* end_;
  bool has_escapes_ = false;
  bool is_integer_ = false;
};

/// Appends the characters that `content`, the validated inside of a JSON string, stands for, as UTF-8.
/// Returns false when it has an unpaired surrogate, which is appended as U+FFFD.
bool unescape(std::string_view content, std::string& out);

/// The longest beginning of a UTF-8 text that has at most `max_bytes` and does not end within a character.
std::string_view whole_characters(std::string_view text, std::size_t max_bytes);

/// Appends `text` as a JSON string with its quotes. Bytes that are not valid UTF-8 are written as U+FFFD.
void append_quoted(TextBuffer& out, std::string_view text);
void append_quoted(std::string& out, std::string_view text);

}  // namespace mznode

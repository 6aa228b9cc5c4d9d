#pragma once

#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace mznode {

/// One JSON value of any kind, kept as the validated text it arrived in, so that digits, key order and spelling survive
/// a round trip. Equality, order and hash are those of the values: objects are unordered, an integer is never equal to
/// a float, numbers are exact at any size, and the spelling (escapes, white space, exponents) does not matter. An
/// object that names a key twice has the last value.
class Json {
 public:
  enum class Kind : std::uint8_t { null, boolean, number, string, array, object };

  /// Null.
  Json() : text_("null") {}
  /// The shorter ways to write the most frequent values: integers, booleans and strings; to_json() writes any other. A
  /// constructor from bool alone would take doubles and pointers too, and make `true` of them.
  template <std::integral Value>
  Json(Value value) {
    if constexpr (std::same_as<Value, bool>) {
      text_ = value ? "true" : "false";
    } else {
      text_ = std::to_string(value);
    }
  }
  /// Explicit, because a text is not yet a value: it may be JSON to parse(), or characters to quote. And a comparison
  /// of two strings must never find that of two Json: libc++ before 14 has no <=> for strings, and would call itself.
  explicit Json(std::string_view string);
  explicit Json(const char* string) : Json(std::string_view(string)) {}
  explicit Json(const std::string& string) : Json(std::string_view(string)) {}

  /// Validates `text`, one JSON value with optional white space around it. Throws Error malformed_request.
  static Json parse(std::string_view text);
  /// Takes over a text that is already known to be one valid JSON value without surrounding white space or line breaks.
  static Json from_valid(std::string text) { return Json(Valid{}, std::move(text)); }
  /// Writes `value` compactly. Throws Error malformed_request when a string in it is not UTF-8, and for the value that
  /// nlohmann's parser returns in the place of an exception.
  static Json from(const nlohmann::json& value);

  /// The text, one line.
  const std::string& text() const { return text_; }
  /// The text, given up: the value is only good for being assigned to.
  std::string release() && { return std::move(text_); }
  Kind kind() const;
  bool is_null() const { return kind() == Kind::null; }

  /// The value as a 64-bit integer; nothing when it is not an integer in that range.
  std::optional<std::int64_t> as_int() const;
  /// The characters of a string; nothing when it is not a string.
  std::optional<std::string> as_string() const;

  /// The value as a tree. Throws Error malformed_request beyond `max_tree_depth`, and for strings or numbers that
  /// nlohmann::json cannot hold (an unpaired surrogate, 1e400).
  nlohmann::json value() const;
  /// nlohmann::json copies, prints and compares recursively; deeper values would endanger the stack.
  static constexpr std::size_t max_tree_depth = 512;

  /// A text that is the same for equal values and only for those: keys sorted, numbers and strings in one spelling.
  std::string canonical() const;

  friend bool operator==(const Json& a, const Json& b);
  /// A total order: null, false, true, numbers by value (an integer before an equal float), strings by UTF-8 bytes,
  /// then arrays and objects by canonical text.
  friend std::strong_ordering operator<=>(const Json& a, const Json& b);
  std::size_t hash() const;

 private:
  struct Valid {};
  Json(Valid, std::string text) : text_(std::move(text)) {}

  std::string text_;
};

}  // namespace mznode

template <>
struct std::hash<mznode::Json> {
  std::size_t operator()(const mznode::Json& json) const { return json.hash(); }
};

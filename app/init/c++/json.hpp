// JSON: what Json::parse() reads, text() writes.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

class Json {
 public:
  using Array = std::vector<Json>;
  using Object = std::vector<std::pair<std::string, Json>>;

  Json() = default;  // null
  Json(bool value) : value_(value) {}
  Json(int value) : value_(std::int64_t{value}) {}
  Json(std::int64_t value) : value_(value) {}
  Json(double value) : value_(value) {}
  Json(const char* value) : value_(std::string(value)) {}
  Json(std::string value) : value_(std::move(value)) {}
  static Json array(Array items) { return Json(Value(std::move(items))); }
  static Json object(Object fields) { return Json(Value(std::move(fields))); }

  /// Throws std::runtime_error for what is no JSON.
  static Json parse(const std::string& text);
  std::string text() const {
    std::string out;
    write(out);
    return out;
  }

  bool is_null() const { return std::holds_alternative<std::monostate>(value_); }
  // What the value is; std::bad_variant_access is thrown when it is something else.
  std::int64_t integer() const { return std::get<std::int64_t>(value_); }
  const std::string& string() const { return std::get<std::string>(value_); }
  const Array& items() const { return std::get<Array>(value_); }
  Array& items() { return std::get<Array>(value_); }
  const Object& fields() const { return std::get<Object>(value_); }

  /// A field of an object; null when there is none.
  const Json& operator[](const std::string& name) const {
    static const Json none;
    for (const auto& [each, value] : fields()) {
      if (each == name) return value;
    }
    return none;
  }
  /// Sets a field of an object.
  void set(const std::string& name, Json value) {
    for (auto& [each, old] : std::get<Object>(value_)) {
      if (each == name) return void(old = std::move(value));
    }
    std::get<Object>(value_).emplace_back(name, std::move(value));
  }

 private:
  using Value = std::variant<std::monostate, bool, std::int64_t, double, std::string, Array, Object>;
  class Parser;

  explicit Json(Value value) : value_(std::move(value)) {}
  static void write_string(std::string& out, const std::string& text);
  void write(std::string& out) const;

  Value value_;
};

inline void Json::write_string(std::string& out, const std::string& text) {
  const char* digits = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) >= 0x20) {
      out += c;
    } else {
      out += std::string("\\u00") + digits[c >> 4] + digits[c & 15];
    }
  }
  out += '"';
}

inline void Json::write(std::string& out) const {
  if (is_null()) {
    out += "null";
  } else if (const bool* boolean = std::get_if<bool>(&value_)) {
    out += *boolean ? "true" : "false";
  } else if (const std::int64_t* integer = std::get_if<std::int64_t>(&value_)) {
    out += std::to_string(*integer);
  } else if (const double* number = std::get_if<double>(&value_)) {
    char digits[32];
    std::snprintf(digits, sizeof digits, "%.17g", *number);
    out += digits;
  } else if (const std::string* string = std::get_if<std::string>(&value_)) {
    write_string(out, *string);
  } else if (const Array* array = std::get_if<Array>(&value_)) {
    out += '[';
    for (std::size_t i = 0; i < array->size(); ++i) {
      if (i > 0) out += ',';
      (*array)[i].write(out);
    }
    out += ']';
  } else {
    out += '{';
    for (std::size_t i = 0; i < fields().size(); ++i) {
      if (i > 0) out += ',';
      write_string(out, fields()[i].first);
      out += ':';
      fields()[i].second.write(out);
    }
    out += '}';
  }
}

class Json::Parser {
 public:
  explicit Parser(const std::string& text) : text_(text) {}

  Json whole() {
    Json read = value();
    if (peek() != 0) fail();
    return read;
  }

 private:
  [[noreturn]] void fail() const { throw std::runtime_error("no JSON at " + std::to_string(at_) + ": " + text_); }

  /// The next character that is no blank; 0 at the end.
  char peek() {
    while (at_ < text_.size() && static_cast<unsigned char>(text_[at_]) <= ' ') ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  bool take(char c) {
    if (peek() != c) return false;
    ++at_;
    return true;
  }
  void demand(char c) {
    if (!take(c)) fail();
  }

  Json value() {
    switch (peek()) {
      case '{': return object();
      case '[': return array();
      case '"': return Json(string());
      case 't': return word("true", Json(true));
      case 'f': return word("false", Json(false));
      case 'n': return word("null", Json());
      default: return number();
    }
  }

  Json word(const std::string& word, Json value) {
    if (text_.compare(at_, word.size(), word) != 0) fail();
    at_ += word.size();
    return value;
  }

  Json number() {
    const std::size_t end = std::min(text_.find_first_not_of("+-.eE0123456789", at_), text_.size());
    const std::string digits = text_.substr(at_, end - at_);
    if (digits.empty()) fail();
    at_ = end;
    const bool is_integer = digits.find_first_of(".eE") == std::string::npos;
    return is_integer ? Json(std::int64_t{std::stoll(digits)}) : Json(std::stod(digits));
  }

  Json object() {
    Object fields;
    demand('{');
    if (take('}')) return Json::object(std::move(fields));
    do {
      peek();
      std::string name = string();
      demand(':');
      fields.emplace_back(std::move(name), value());
    } while (take(','));
    demand('}');
    return Json::object(std::move(fields));
  }

  Json array() {
    Array items;
    demand('[');
    if (take(']')) return Json::array(std::move(items));
    do {
      items.push_back(value());
    } while (take(','));
    demand(']');
    return Json::array(std::move(items));
  }

  std::string string() {
    std::string out;
    demand('"');
    while (at_ < text_.size()) {
      const char c = text_[at_++];
      if (c == '"') return out;
      if (c == '\\') {
        escape(out);
      } else {
        out += c;
      }
    }
    fail();
  }

  void escape(std::string& out) {
    if (at_ >= text_.size()) fail();
    const char c = text_[at_++];
    switch (c) {
      case 'n': out += '\n'; break;
      case 't': out += '\t'; break;
      case 'r': out += '\r'; break;
      case 'b': out += '\b'; break;
      case 'f': out += '\f'; break;
      case 'u': append_utf8(out, code_point()); break;
      default: out += c;
    }
  }

  unsigned four_digits() {
    if (at_ + 4 > text_.size() || text_.find_first_not_of("0123456789abcdefABCDEF", at_) < at_ + 4) fail();
    at_ += 4;
    return static_cast<unsigned>(std::stoul(text_.substr(at_ - 4, 4), nullptr, 16));
  }

  unsigned code_point() {
    const unsigned high = four_digits();
    if (high < 0xD800 || high >= 0xDC00 || text_.compare(at_, 2, "\\u") != 0) return high;
    at_ += 2;  // a letter beyond 16 bits is written as two
    return 0x10000 + ((high & 0x3FF) << 10) + (four_digits() & 0x3FF);
  }

  static void append_utf8(std::string& out, unsigned code) {
    const auto add = [&](unsigned byte) { out += static_cast<char>(byte); };
    if (code < 0x80) return add(code);
    if (code < 0x800) {
      add(0xC0 | code >> 6);
    } else {
      if (code >= 0x10000) add(0xF0 | code >> 18);
      add(code < 0x10000 ? 0xE0 | code >> 12 : 0x80 | (code >> 12 & 0x3F));
      add(0x80 | (code >> 6 & 0x3F));
    }
    add(0x80 | (code & 0x3F));
  }

  const std::string& text_;
  std::size_t at_ = 0;
};

inline Json Json::parse(const std::string& text) {
  return Parser(text).whole();
}

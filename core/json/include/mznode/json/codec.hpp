#pragma once

#include <charconv>
#include <concepts>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "mznode/json/error.hpp"
#include "mznode/json/fields.hpp"
#include "mznode/json/json.hpp"
#include "mznode/json/scanner.hpp"
#include "mznode/json/strong_number.hpp"
#include "mznode/json/text_buffer.hpp"

/// The typed codec: between the text of a JSON value and C++ values. It knows bool, integers (range-checked),
/// StrongNumber, double, std::string, Json, optional, vector (null is an empty one), pair, tuple, map from strings, and
/// structs with MZNODE_FIELDS.
namespace mznode {

/// Collects the fields of an object that its struct does not list; written back beside the others.
using Extra = std::map<std::string, Json>;

/// One member of a JSON object: its unescaped key and the text of its value. Views into the text that was read.
struct Field {
  std::string_view key;
  std::string_view value;
};

namespace codec {
struct IgnoreField {
  template <class T>
  void operator()(std::string_view, T&) const {}
};
}  // namespace codec

/// A struct that lists its fields with MZNODE_FIELDS.
template <class T>
concept Fielded = std::is_class_v<T> && requires(T& value) {
  T::visit_fields(value, codec::IgnoreField{});
  T::field_names;
};

namespace codec {

/// Throws Error malformed_request: "expected X, got <the text, shortened>".
[[noreturn]] void fail(std::string_view expected, std::string_view text);
/// Throws the error of decoding a field again, with the field's name in front of its text.
[[noreturn]] void fail_in_field(std::string_view name, const Error& cause);
/// Throws Error malformed_request: a field of that name is missing.
[[noreturn]] void fail_missing(std::string_view name);

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;

template <class T>
inline constexpr bool is_vector = false;
template <class T>
inline constexpr bool is_vector<std::vector<T>> = true;

template <class T>
inline constexpr bool is_string_map = false;
template <class T>
inline constexpr bool is_string_map<std::map<std::string, T>> = true;

template <class T>
concept TupleLike = requires {
  std::tuple_size<T>::value;
};

/// Takes a value over as it is, except that carriage returns between its tokens become spaces: to some readers of
/// lines, Maelstrom's among them, a carriage return ends the line.
Json decode_json(std::string_view text);
/// The scalars; each throws Error malformed_request when `text` is something else, or does not fit.
bool decode_bool(std::string_view text);
double decode_double(std::string_view text);
std::string decode_string(std::string_view text);
/// Calls `each` with the text of every element of an array.
template <class Each>
void decode_array(std::string_view text, Each&& each) {
  if (text.front() != '[') fail("an array", text);
  Scanner scanner(text);
  scanner.consume('[');
  if (scanner.consume(']')) return;
  std::string_view element;
  do {
    scanner.value(element);
    each(element);
  } while (scanner.consume(','));
}
/// Calls `each` with the unescaped key and the text of every member of an object.
template <class Each>
void decode_object(std::string_view text, Each&& each) {
  if (text.front() != '{') fail("an object", text);
  Scanner scanner(text);
  scanner.consume('{');
  if (scanner.consume('}')) return;
  std::string unescaped;
  do {
    std::string_view key;
    std::string_view value;
    scanner.string(key);
    const bool has_escapes = scanner.string_has_escapes();
    scanner.consume(':');
    scanner.value(value);
    if (has_escapes) {
      unescaped.clear();
      unescape(key, unescaped);
      key = unescaped;
    }
    each(key, value);
  } while (scanner.consume(','));
}

/// The members that make a body a message: they are not among its fields.
inline bool is_envelope_key(std::string_view key) {
  return key == "type" || key == "msg_id" || key == "in_reply_to";
}

/// True when the fields of T can be those of a body: none has the name of what makes it a message.
template <Fielded T>
consteval bool is_body() {
  for (const std::string_view key : {", type,", ", msg_id,", ", in_reply_to,"}) {
    if (T::field_names.find(key) != std::string_view::npos) return false;
  }
  return true;
}

/// The fields of a body.
class FieldList {
 public:
  /// `body` must outlive the list.
  explicit FieldList(std::string_view body) {
    decode_object(body, [this](std::string_view key, std::string_view value) {
      // The key is kept by value: one with escapes has no text of its own. A deque does not move it.
      if (!is_envelope_key(key)) fields_.push_back({keys_.emplace_back(key), value});
    });
  }
  FieldList(const FieldList&) = delete;
  FieldList& operator=(const FieldList&) = delete;

  const std::vector<Field>& fields() const { return fields_; }

 private:
  std::deque<std::string> keys_;
  std::vector<Field> fields_;
};

}  // namespace codec

template <class T>
void decode(std::string_view text, T& value);

/// Fills a struct from the members of an object. `fields` may hold keys twice; the last one counts, as for Maelstrom.
/// Throws Error malformed_request that names the field, and what the struct's `void validate() const` throws, if it has
/// one: what fields must be to each other is said there, beside them, and holds for whatever is read.
template <Fielded T, class Fields>
void decode_fields(const Fields& fields, T& value) {
  T::visit_fields(value, [&](std::string_view name, auto& member) {
    using Type = std::remove_cvref_t<decltype(member)>;
    if constexpr (std::is_same_v<Type, Extra>) {
      member.clear();
      for (const Field& field : fields) {
        bool listed = false;
        T::visit_fields(value, [&](std::string_view other, auto&) { listed = listed || field.key == other; });
        if (!listed) member.insert_or_assign(std::string(field.key), codec::decode_json(field.value));
      }
    } else {
      const Field* found = nullptr;
      for (const Field& field : fields) {
        if (field.key == name) found = &field;
      }
      if (found != nullptr) {
        try {
          decode(found->value, member);
        } catch (const Error& error) {
          codec::fail_in_field(name, error);
        }
      } else if constexpr (codec::is_optional<Type>) {
        member.reset();
      } else {
        codec::fail_missing(name);
      }
    }
  });
  if constexpr (requires { std::as_const(value).validate(); }) std::as_const(value).validate();
}

/// Reads a value from `text`, which must be valid JSON (of a received message or a Json). Throws Error
/// malformed_request when the value has another type or does not fit.
template <class T>
void decode(std::string_view text, T& value) {
  if constexpr (std::is_same_v<T, Json>) {
    value = codec::decode_json(text);
  } else if constexpr (std::is_same_v<T, bool>) {
    value = codec::decode_bool(text);
  } else if constexpr (std::integral<T>) {
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || stop != text.data() + text.size()) {
      codec::fail(std::is_signed_v<T> ? "an integer in range" : "a non-negative integer in range", text);
    }
  } else if constexpr (IsStrongNumber<T>) {
    typename T::number_type number{};
    decode(text, number);
    value = T(number);
  } else if constexpr (std::is_same_v<T, double>) {
    value = codec::decode_double(text);
  } else if constexpr (std::is_same_v<T, std::string>) {
    value = codec::decode_string(text);
  } else if constexpr (codec::is_optional<T>) {
    if (text == "null") {
      value.reset();
    } else {
      decode(text, value.emplace());
    }
  } else if constexpr (codec::is_vector<T>) {
    value.clear();
    // Go writes a nil slice so, and Maelstrom's schemas take it for a list; for a map they do not.
    if (text == "null") return;
    codec::decode_array(text, [&](std::string_view element) {
      if constexpr (std::same_as<typename T::value_type, bool>) {
        value.push_back(codec::decode_bool(element));  // its elements are no objects to decode into
      } else {
        decode(element, value.emplace_back());
      }
    });
  } else if constexpr (codec::is_string_map<T>) {
    value.clear();
    codec::decode_object(
        text, [&](std::string_view key, std::string_view element) { decode(element, value[std::string(key)]); });
  } else if constexpr (codec::TupleLike<T>) {
    std::vector<std::string_view> elements;
    codec::decode_array(text, [&](std::string_view element) { elements.push_back(element); });
    if (elements.size() != std::tuple_size_v<T>) {
      codec::fail("an array of " + std::to_string(std::tuple_size_v<T>) + " elements", text);
    }
    std::size_t next = 0;
    std::apply([&](auto&... element) { (decode(elements[next++], element), ...); }, value);
  } else {
    static_assert(Fielded<T>, "the codec cannot read this type; give the struct MZNODE_FIELDS(...)");
    // Keys are kept by value: a key with escapes has no stable text.
    std::vector<std::pair<std::string, std::string_view>> members;
    codec::decode_object(text,
                         [&](std::string_view key, std::string_view element) { members.emplace_back(key, element); });
    std::vector<Field> fields;
    for (const auto& [key, element] : members) fields.push_back({key, element});
    decode_fields(fields, value);
  }
}

template <class T>
void encode(TextBuffer& out, const T& value);

/// Appends `,"name":value` for every field of a struct. Absent optionals are left out.
template <Fielded T>
void encode_fields(TextBuffer& out, const T& value, bool leading_comma = true) {
  T::visit_fields(value, [&](std::string_view name, const auto& member) {
    using Type = std::remove_cvref_t<decltype(member)>;
    const auto key = [&](std::string_view text) {
      if (leading_comma) out += ',';
      leading_comma = true;
      append_quoted(out, text);
      out += ':';
    };
    if constexpr (std::is_same_v<Type, Extra>) {
      for (const auto& [extra_name, extra_value] : member) {
        key(extra_name);
        out += extra_value.text();
      }
    } else if constexpr (codec::is_optional<Type>) {
      if (!member) return;
      key(name);
      encode(out, *member);
    } else {
      if (leading_comma) out += ',';
      leading_comma = true;
      out.append('"').append(name).append("\":");  // a C++ name needs no escapes
      encode(out, member);
    }
  });
}

namespace codec {
/// Appends a double in the shortest spelling that reads back the same. Throws Error crash for infinity and NaN.
void encode_double(TextBuffer& out, double value);

template <class Range, class Each>
void encode_list(TextBuffer& out, const Range& range, char open, char close, Each&& each) {
  out += open;
  bool first = true;
  for (const auto& element : range) {
    if (!first) out += ',';
    first = false;
    each(element);
  }
  out += close;
}
}  // namespace codec

/// Appends `value` as JSON text.
template <class T>
void encode(TextBuffer& out, const T& value) {
  if constexpr (std::is_same_v<T, Json>) {
    out += value.text();
  } else if constexpr (std::is_same_v<T, bool>) {
    out += value ? std::string_view("true") : std::string_view("false");
  } else if constexpr (std::integral<T>) {
    constexpr std::size_t max_digits = 24;
    char* digits = out.room(max_digits);
    out.advance(static_cast<std::size_t>(std::to_chars(digits, digits + max_digits, value).ptr - digits));
  } else if constexpr (IsStrongNumber<T>) {
    encode(out, static_cast<typename T::number_type>(value));
  } else if constexpr (std::is_same_v<T, double>) {
    codec::encode_double(out, value);
  } else if constexpr (std::is_convertible_v<const T&, std::string_view>) {
    append_quoted(out, value);
  } else if constexpr (codec::is_optional<T>) {
    if (value) {
      encode(out, *value);
    } else {
      out += "null";
    }
  } else if constexpr (codec::is_vector<T>) {
    codec::encode_list(out, value, '[', ']', [&](const auto& element) { encode(out, element); });
  } else if constexpr (codec::is_string_map<T>) {
    codec::encode_list(out, value, '{', '}', [&](const auto& member) {
      append_quoted(out, member.first);
      out += ':';
      encode(out, member.second);
    });
  } else if constexpr (codec::TupleLike<T>) {
    out += '[';
    bool first = true;
    std::apply(
        [&](const auto&... element) {
          ((first ? void() : void(out += ','), first = false, encode(out, element)), ...);
        },
        value);
    out += ']';
  } else {
    static_assert(Fielded<T>, "the codec cannot write this type; give the struct MZNODE_FIELDS(...)");
    out += '{';
    encode_fields(out, value, false);
    out += '}';
  }
}

/// `value` as JSON, for a dynamic field or a service's value.
template <class T>
Json to_json(const T& value) {
  TextBuffer text;
  encode(text, value);
  return Json::from_valid(text.str());
}

/// A Json as a value of type T. Throws Error malformed_request when it has another type.
template <class T>
T from_json(const Json& json) {
  T value{};
  decode(json.text(), value);
  return value;
}

}  // namespace mznode

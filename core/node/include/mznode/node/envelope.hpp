#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "mznode/json/codec.hpp"
#include "mznode/json/text_buffer.hpp"

/// The one place that writes what is around a body: `{"src":…,"dest":…,"body":` in front of it and `}` behind it.
namespace mznode::envelope {

/// The part that a sender's messages have in common, up to the receiver; with the `id` that Maelstrom's network gives.
inline void append_sender(TextBuffer& out, std::string_view src, std::optional<std::uint64_t> id = std::nullopt) {
  if (id) {
    out += "{\"id\":";
    encode(out, *id);
    out += ",\"src\":";
  } else {
    out += "{\"src\":";
  }
  append_quoted(out, src);
  out += ",\"dest\":";
}

/// The receiver, behind the sender; the body's text comes next.
inline void append_receiver(TextBuffer& out, std::string_view dest) {
  append_quoted(out, dest);
  out += ",\"body\":";
}

/// All that is in front of the body.
inline void open(TextBuffer& out, std::string_view src, std::string_view dest) {
  append_sender(out, src);
  append_receiver(out, dest);
}

/// What is behind the body.
inline void close(TextBuffer& out) {
  out += '}';
}

/// The same, with the line break that ends a message on a pipe.
inline void close_line(TextBuffer& out) {
  out += "}\n";
}

/// A whole message, without a line break; `body` is the text of an object.
inline std::string around(std::string_view src, std::string_view dest, std::string_view body) {
  TextBuffer text;
  open(text, src, dest);
  text += body;
  close(text);
  return text.str();
}

}  // namespace mznode::envelope

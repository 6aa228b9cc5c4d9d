#pragma once

#include <string>
#include <string_view>

#include "mznode/json/codec.hpp"
#include "mznode/json/json.hpp"
#include "mznode/node/identity.hpp"
#include "mznode/node/runtime.hpp"

namespace mznode {

namespace detail {

/// What a reply begins with, up to the id that it answers.
std::string make_reply_head(std::string_view reply_type);

/// The members of an object, text `{…}`, with a comma in front of them.
void append_members(TextBuffer& out, const Json& object);

template <Fielded Body>
void append_fields(TextBuffer& out, const Body& body) {
  static_assert(codec::is_body<Body>(),
                "a body has no fields type, msg_id and in_reply_to of its own: call it otherwise");
  encode_fields(out, body);
}

template <Fielded Body>
std::string fields_text(const Body& body) {
  TextBuffer text;
  append_fields(text, body);
  return text.str();
}

}  // namespace detail

/// Writes what a node sends: the body's type and ids, behind which its fields go, straight into the runtime's buffer.
class Outbox {
 public:
  Outbox(Runtime& runtime, const Identity& identity) : runtime_(runtime), identity_(identity) {}

  /// Throws what Node::send promises to throw.
  void demand_reachable(std::string_view dest) const { identity_.demand_reachable(dest); }
  /// Begins with a message to somebody who is reachable; close() ends it.
  TextBuffer& open(std::string_view dest, std::string_view type) {
    TextBuffer& body = runtime_.begin_message(identity_.id(), dest);
    body += "{\"type\":";
    append_quoted(body, type);
    return body;
  }
  /// Begins with a reply in the name of `src`.
  TextBuffer& open_reply(std::string_view src, std::string_view dest, std::string_view reply_head,
                         std::string_view msg_id) {
    TextBuffer& body = runtime_.begin_message(src, dest);
    body.append(reply_head).append(msg_id);
    return body;
  }
  void close(TextBuffer& body) {
    body += '}';
    runtime_.finish_message();
  }

 private:
  Runtime& runtime_;
  const Identity& identity_;
};

}  // namespace mznode

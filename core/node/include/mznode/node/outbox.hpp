#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "mznode/json/codec.hpp"
#include "mznode/json/json.hpp"
#include "mznode/node/carrier.hpp"
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

/// Writes what a node sends: the body's type and ids, behind which its fields go, straight into the runtime's buffer,
/// or into one of its own where a Carrier brings it.
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
  /// The same with a request that is carried.
  TextBuffer& open_carried(std::string_view dest, std::string_view type);
  /// Begins with a reply in the name of `src`.
  TextBuffer& open_reply(std::string_view src, std::string_view dest, std::string_view reply_head,
                         std::string_view msg_id) {
    const bool is_carried = carrier_ != nullptr && carries_reply(dest, msg_id);
    TextBuffer& body = is_carried ? begin_carried(dest) : runtime_.begin_message(src, dest);
    body.append(reply_head).append(msg_id);
    return body;
  }
  void close(TextBuffer& body) {
    body += '}';
    if (&body == &carried_) [[unlikely]]
      return carry();
    runtime_.finish_message();
  }

  void set_carrier(Carrier& carrier) { carrier_ = &carrier; }
  /// Tells the carrier of a request that is about to leave; true when it is to be carried.
  bool carries_request(std::string_view dest, std::uint64_t number) {
    return carrier_ != nullptr && identity_.is_peer(dest) && notes_request(dest, number);
  }
  /// Tells the carrier of a message that came straight.
  void note_arrival(std::string_view src, std::optional<std::int64_t> in_reply_to) {
    if (carrier_ != nullptr && identity_.is_peer(src)) tell_arrival(src, in_reply_to);
  }

 private:
  bool carries_reply(std::string_view dest, std::string_view msg_id) const;
  bool notes_request(std::string_view dest, std::uint64_t number);
  void tell_arrival(std::string_view src, std::optional<std::int64_t> in_reply_to);
  TextBuffer& begin_carried(std::string_view dest);
  void carry();

  Runtime& runtime_;
  const Identity& identity_;
  Carrier* carrier_ = nullptr;
  /// The body that is being written for it, and whom that is for.
  TextBuffer carried_;
  std::string carried_to_;
};

}  // namespace mznode

#include "mznode/node/outbox.hpp"

#include <utility>

#include "mznode/json/error.hpp"

namespace mznode {

TextBuffer& Outbox::open_carried(std::string_view dest, std::string_view type) {
  TextBuffer& body = begin_carried(dest);
  body += "{\"type\":";
  append_quoted(body, type);
  return body;
}

bool Outbox::carries_reply(std::string_view dest, std::string_view msg_id) const {
  return carrier_->is_carrying() && identity_.is_peer(dest) && RequestIds::is_of_any_carried(msg_id);
}

bool Outbox::notes_request(std::string_view dest, std::uint64_t number) {
  carrier_->note_request(dest, number);
  return carrier_->is_carrying();
}

void Outbox::tell_arrival(std::string_view src, std::optional<std::int64_t> in_reply_to) {
  carrier_->note_arrival(src, in_reply_to ? std::optional(RequestIds::number_of(*in_reply_to)) : std::nullopt);
}

TextBuffer& Outbox::begin_carried(std::string_view dest) {
  carried_.clear();
  carried_to_ = dest;
  return carried_;
}

void Outbox::carry() {
  // What it is made of is valid, as what goes straight.
  Json body = Json::from_valid(carried_.str());
  carried_.release();
  carrier_->carry(carried_to_, std::move(body));
}

namespace detail {

std::string make_reply_head(std::string_view reply_type) {
  TextBuffer head;
  head += "{\"type\":";
  append_quoted(head, reply_type);
  head += ",\"in_reply_to\":";
  return head.str();
}

void append_members(TextBuffer& out, const Json& object) {
  if (object.kind() != Json::Kind::object) throw Error(ErrorCode::crash, "the fields of a body must be an object");
  codec::decode_object(object.text(), [&](std::string_view key, std::string_view value) {
    if (codec::is_envelope_key(key)) return;  // of a received body that is sent on
    out += ',';
    append_quoted(out, key);
    out.append(':').append(value);
  });
}

}  // namespace detail
}  // namespace mznode

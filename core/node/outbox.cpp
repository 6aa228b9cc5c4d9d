#include "mznode/node/outbox.hpp"

#include "mznode/json/error.hpp"

namespace mznode::detail {

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

}  // namespace mznode::detail

#include "reply_times.hpp"

#include <string_view>

#include "mznode/json/codec.hpp"
#include "mznode/json/tokens.hpp"

namespace mznode::sim {
namespace {

/// A process may answer none of any number.
constexpr std::size_t most_open = 10'000;

/// What makes a message of a body, as it is spelled; empty where there is none.
struct Ids {
  std::string_view type, msg_id, in_reply_to;
};

/// `body` is the text of a valid object.
Ids ids_of(std::string_view body) {
  Ids ids;
  codec::decode_object(body, [&](std::string_view key, std::string_view value) {
    if (key == "type") {
      ids.type = unquoted(value);
    } else if (key == "msg_id") {
      ids.msg_id = value;
    } else if (key == "in_reply_to") {
      ids.in_reply_to = value;
    }
  });
  return ids;
}

}  // namespace

void ReplyTimes::asked(const Packet& packet, Time now) {
  if (first_late_ || !is_client_name(packet.src) || open_.size() >= most_open) return;
  const Ids ids = ids_of(packet.body);
  if (ids.type == "init") return;  // a program may take its time to start, and is waited for longer
  open_[{packet.src, std::string(ids.msg_id)}] = {std::string(ids.type), now};
}

void ReplyTimes::answered(const OutputLine& message, Time now) {
  if (first_late_ || open_.empty() || !is_client_name(message.dest)) return;
  const auto found = open_.find({message.dest, std::string(ids_of(message.body).in_reply_to)});
  if (found == open_.end()) return;
  if (now - found->second.at > patience_) first_late_ = {found->second.type, now - found->second.at};
  open_.erase(found);
}

}  // namespace mznode::sim

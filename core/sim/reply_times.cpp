#include "reply_times.hpp"

#include "mznode/json/seconds.hpp"
#include "mznode/node/envelope.hpp"
#include "mznode/node/message.hpp"

namespace mznode::sim {
namespace {

/// As long as the least patient of Maelstrom's clients waits.
constexpr Duration in_time = 1s;
/// A process may answer none of any number.
constexpr std::size_t most_open = 10'000;

}  // namespace

void ReplyTimes::asked(const Packet& packet, Time now) {
  if (first_late_ || !is_client_name(packet.src) || open_.size() >= most_open) return;
  MessageView view;
  const std::string line = envelope::around(packet.src, packet.dest, packet.body);
  if (view.scan(line) == MessageView::Status::junk) return;
  open_[{packet.src, std::string(view.msg_id())}] = {std::string(view.type()), now};
}

void ReplyTimes::answered(const OutputLine& message, Time now) {
  if (first_late_ || open_.empty() || !is_client_name(message.dest)) return;
  MessageView view;
  const std::string line = envelope::around(message.src, message.dest, message.body);
  if (view.scan(line) == MessageView::Status::junk || !view.in_reply_to()) return;
  const auto found = open_.find({message.dest, std::to_string(*view.in_reply_to())});
  if (found == open_.end()) return;
  if (now - found->second.at > in_time) first_late_ = {found->second.type, now - found->second.at};
  open_.erase(found);
}

std::string ReplyTimes::words(const std::string& node) const {
  if (!first_late_) return {};
  return "; " + node + " answered " + first_late_->type + " after " + seconds_text(first_late_->after.count()) +
         ": does its handler block?";
}

}  // namespace mznode::sim

#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>

#include "mznode/sim/host.hpp"
#include "mznode/sim/network.hpp"
#include "mznode/sim/node_output.hpp"

namespace mznode::sim {

/// How long a process takes to answer clients, of which some have left by then: the first reply that came late tells
/// which handler blocks, while those behind it only waited for it.
class ReplyTimes {
 public:
  /// Later than `patience` a reply is late: so long clients wait.
  explicit ReplyTimes(Duration patience) : patience_(patience) {}

  /// A message has been given to the process.
  void asked(const Packet& packet, Time now);
  /// The process has written a message.
  void answered(const OutputLine& message, Time now);

  /// The first reply that was late; nothing when none was.
  const std::optional<LateReply>& first_late() const { return first_late_; }

 private:
  struct Request {
    std::string type;
    Time at;
  };
  Duration patience_;
  /// By the client and its msg_id.
  std::map<std::pair<std::string, std::string>, Request> open_;
  std::optional<LateReply> first_late_;
};

}  // namespace mznode::sim

#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>

#include "mznode/sim/network.hpp"
#include "mznode/sim/node_output.hpp"

namespace mznode::sim {

/// How long a process takes to answer clients, of which some have left by then: the first reply that came late tells
/// which handler blocks, while those behind it only waited for it.
class ReplyTimes {
 public:
  /// A message has been given to the process.
  void asked(const Packet& packet, Time now);
  /// The process has written a message.
  void answered(const OutputLine& message, Time now);

  /// "; n0 answered read after 10.000 s: does its handler block?"; empty when no reply was late.
  std::string words(const std::string& node) const;

 private:
  struct Request {
    std::string type;
    Time at;
  };
  /// By the client and its msg_id.
  std::map<std::pair<std::string, std::string>, Request> open_;
  struct Late {
    std::string type;
    Duration after{0};
  };
  std::optional<Late> first_late_;
};

}  // namespace mznode::sim

#include "workloads/broadcast/spread.hpp"

namespace mznode::broadcast {

namespace {

/// As ReadOk, without a copy of what may be long.
struct AllElements {
  const Json& messages;
  MZNODE_FIELDS(messages)
};

}  // namespace

void serve(Node& node, dissemination::Gossip& gossip) {
  node.on("broadcast", [&gossip](Broadcast request) { gossip.add(request.message); });
  node.on("read", [&gossip] { return AllElements{gossip.elements().to_json()}; });
}

std::vector<Option> spread_options() {
  return {{.name = "flush-ms", .default_value = 0, .min = 0, .max = 60'000,
           .summary = "how long a message waits for others to share a packet"},
          {.name = "ack-ms", .default_value = 1'000, .min = 0, .max = 60'000,
           .summary = "how long an acknowledgement waits for a packet to ride on"},
          {.name = "resend-ms", .default_value = 2'000, .min = 1, .max = 60'000,
           .summary = "when to repeat what was not acknowledged; above ack-ms and a round trip"}};
}

dissemination::Disseminator::Config spread_config(const OptionValues& options, bool relay) {
  return {.relay = relay,
          .flush_delay = options.milliseconds("flush-ms"),
          .ack_delay = options.milliseconds("ack-ms"),
          .resend_after = options.milliseconds("resend-ms"),
          .announce_delay = options.milliseconds("ack-ms")};
}

Guarantees spread_guarantees() {
  std::vector<Fault> survives = message_faults();
  survives.push_back(Fault::skew);
  return {.model = "eventually consistent", .survives = survives};
}

}  // namespace mznode::broadcast

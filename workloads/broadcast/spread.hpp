#pragma once

#include "workloads/broadcast/broadcast.hpp"
#include "workloads/dissemination/gossip.hpp"

/// What the strategies that rest on a Disseminator have in common.
namespace mznode::broadcast {

/// Answers `broadcast` and `read` from the elements of `gossip`.
void serve(Node& node, dissemination::Gossip& gossip);

/// --flush-ms, --ack-ms and --resend-ms.
std::vector<Option> spread_options();
dissemination::Disseminator::Config spread_config(const OptionValues& options, bool relay);
Guarantees spread_guarantees();

}  // namespace mznode::broadcast

#pragma once

#include "dissemination/disseminator.hpp"
#include "mznode/workloads/strategy.hpp"

/// What all strategies that rest on a Disseminator have in common.
namespace mznode::dissemination {

/// How long messages and acknowledgements wait unless the user says otherwise, in milliseconds.
struct Patience {
  std::int64_t flush_ms = 0;
  std::int64_t ack_ms = 500;
  std::int64_t resend_ms = 1'000;
};

/// --flush-ms, --ack-ms and --resend-ms.
std::vector<Option> spread_options(Patience patience = {});
/// Every node passes on what it learns.
Disseminator::Config spread_config(const OptionValues& options);
/// The same without passing on: every node tells the others only what it was given itself.
Disseminator::Config direct_config(const OptionValues& options);
/// Everything but `kill`: an element is acknowledged before a second node has it.
Guarantees spread_guarantees();

}  // namespace mznode::dissemination

#pragma once

#include <vector>

#include "mznode/workloads/strategy.hpp"
#include "raft/group.hpp"

/// What all strategies that rest on a Group have in common.
namespace mznode::raft {

/// --election-ms, --heartbeat-ms, --batch-ms, --lease-reads and --snapshot-entries.
std::vector<Option> group_options();
Group::Options group_settings(const OptionValues& options);
/// The leader, and through it a majority.
Asks group_asks();
/// With a guarantee of `model`: all faults, since the group acknowledges what a majority has stored.
Guarantees group_guarantees(std::string model);

}  // namespace mznode::raft

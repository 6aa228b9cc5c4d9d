#include "raft/group_options.hpp"

#include <utility>

namespace mznode::raft {
namespace {

constexpr auto election_option = "election-ms";

}  // namespace

std::vector<Option> group_options() {
  return {{.name = election_option,
           .default_value = 400,
           .min = 10,
           .max = 60'000,
           .summary = "a leader that is not heard for so long, and up to twice that, is replaced"},
          {.name = "heartbeat-ms",
           .default_value = 100,
           .min = 1,
           .max = 10'000,
           .summary = "how often an idle leader is heard"},
          {.name = "batch-ms",
           .default_value = 0,
           .min = 0,
           .max = 1'000,
           .summary = "how long requests wait for others to share their messages"},
          {.name = "lease-reads",
           .default_value = 0,
           .min = 0,
           .max = 1,
           .summary = "1: leaders read without asking, and trust all clocks to run at nearly one speed"},
          {.name = "snapshot-entries",
           .default_value = 1'000,
           .min = 1,
           .max = 1'000'000,
           .summary = "the log is replaced by a snapshot after so many entries"}};
}

Group::Options group_settings(const OptionValues& options) {
  return {.election_timeout = options.milliseconds(election_option),
          .heartbeat = options.milliseconds("heartbeat-ms"),
          .batch_window = options.milliseconds("batch-ms"),
          .lease_reads = options.integer("lease-reads") != 0,
          .snapshot_entries = static_cast<std::uint64_t>(options.integer("snapshot-entries"))};
}

Asks group_asks() {
  // To the leader, from there to a majority, and both ways back.
  return {.whom = "a majority", .messages = 4, .election_option = election_option};
}

Guarantees group_guarantees(std::string model) {
  return {.model = std::move(model),
          .available = false,
          .survives = message_faults({Fault::kill, Fault::skew}),
          .caveat = "a kill only with storage (--data-dir); skewed clocks not with --lease-reads 1"};
}

}  // namespace mznode::raft

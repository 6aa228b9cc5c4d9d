#pragma once

#include <string>
#include <vector>

#include "mznode/check/history.hpp"
#include "mznode/check/options.hpp"
#include "mznode/check/txn/anomalies.hpp"
#include "mznode/check/verdict.hpp"

namespace mznode::check {

/// What was found of logs, in the order of the names.
struct LogsFinding final : Finding {
  struct Error {
    Anomaly anomaly;
    /// Upstream finds it and does not mind.
    bool is_tolerated = false;
  };
  std::vector<Error> errors = {};

  void write_to(nlohmann::ordered_json& details) const override;
  std::string reason() const override;
};

/// The checker of logs with offsets (jepsen.tests.kafka 0.3.7, with clients that assign themselves keys, as Maelstrom
/// uses it). It looks for:
///  - inconsistent-offsets: two messages at one offset; duplicate: one message at two offsets;
///  - lost-write: a message that was sent and that no poll has shown, while polls went on behind it;
///  - unseen: an acknowledged message that no poll has shown until the end;
///  - poll-skip, nonmonotonic-poll: a process polls past messages, or goes back, between two polls without an assign;
///    int-poll-skip, int-nonmonotonic-poll: the same within a poll;
///  - nonmonotonic-send: messages that a process sends one after the other come to stand the other way round;
///    int-nonmonotonic-send, int-send-skip: the same, or with others between, within one operation;
///  - G1a: a poll shows what a failed send wrote; precommitted-read: an operation polls what it sends;
///  - G1c and its forms: cycles of sends, polls and the realtime order, such as a message polled before it was sent.
///
/// As upstream, int-send-skip and the forms of G0 are found and tolerated. Unknown when a message was polled that
/// nobody sent. Finds a LogsFinding, and tells those that are not tolerated in words.
Verdict check_kafka(const History& history, const CheckOptions& options);

}  // namespace mznode::check

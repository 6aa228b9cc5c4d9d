#pragma once

#include <map>
#include <string>
#include <vector>

#include "kafka/kafka.hpp"

namespace mznode::kafka {

/// The logs as far as a node knows them: of each key the messages from the first one on, without gaps.
class Logs {
 public:
  Logs() = default;
  explicit Logs(std::map<std::string, std::vector<Json>> logs) : logs_(std::move(logs)) {}

  /// Puts a message at its offset. What stands there already stays. One that comes early waits, unseen, until those
  /// before it are there.
  void put(const std::string& key, Offset offset, Json message);
  /// The offset behind the last message.
  Offset end(const std::string& key) const;
  const Json& at(const std::string& key, Offset offset) const;
  /// The messages of keys from the given offsets on, `max` in all, shared among the keys so that a long log does not
  /// keep others waiting; but one of each key at least. Keys that have none are left out.
  Messages read(const Offsets& from, std::size_t max) const;
  const std::map<std::string, std::vector<Json>>& all() const { return logs_; }

 private:
  std::map<std::string, std::vector<Json>> logs_;
  std::map<std::string, std::map<Offset, Json>> early_;
};

/// Committed offsets, which only grow.
class CommittedOffsets {
 public:
  void raise(const Offsets& offsets);
  /// Those of the offsets that would raise one.
  Offsets news(const Offsets& offsets) const;
  /// Keys without one are left out.
  Offsets of(const std::vector<std::string>& keys) const;
  const Offsets& all() const { return offsets_; }

 private:
  Offsets offsets_;
};

/// Throws Error malformed_request when an offset of a client's request is below 0, or beyond what any log can reach.
void check_offsets(const Offsets& offsets);

/// The option --max-poll: how many messages a poll brings at most.
Option max_poll_option();

}  // namespace mznode::kafka

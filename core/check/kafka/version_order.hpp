#pragma once

#include <cstdint>
#include <vector>

#include "kafka/log_history.hpp"

namespace mznode::check::kafka {

/// What is known to stand at an offset of a log.
struct LogEntry {
  std::int64_t offset = 0;
  /// Several where operations disagree: first the one that counts, in upstream's choice.
  std::vector<ElementId> elements;
};

/// The order of the messages of one key. Offsets may have gaps; places count the offsets that are known from 0.
struct Log {
  std::vector<LogEntry> entries;  // by place
};

/// The logs of all keys, put together from what operations have seen: all polls, since even a failed one sees what is
/// there, and the sends that took effect for certain (jepsen.tests.kafka, version-orders).
class VersionOrders {
 public:
  explicit VersionOrders(const LogHistory& history);

  const std::vector<Log>& logs() const { return logs_; }
  /// The place of a message, the last one if it has several; none when it has none that counts.
  std::uint32_t place(ElementId element) const { return place_[element]; }
  /// The first and the last place where a message was seen, whether that counts or not.
  std::uint32_t first_seen(ElementId element) const { return first_seen_[element]; }
  std::uint32_t last_seen(ElementId element) const { return last_seen_[element]; }
  /// How many places the second message lies behind the first one; 1 where that is not known.
  std::int64_t distance(ElementId first, ElementId second) const;

  /// Whether an acknowledged poll has seen a message.
  bool was_polled(ElementId element) const { return polled_[element]; }
  /// Whether an operation took effect for certain: it was acknowledged, or it is indefinite and one of its messages was
  /// polled.
  bool took_effect(const LogOperation& operation) const;

 private:
  void find_places(const txn::Transactions& transactions);

  std::vector<bool> polled_;          // by message
  std::vector<Log> logs_;             // by key
  std::vector<std::uint32_t> place_;  // by message, as those that follow
  std::vector<std::uint32_t> first_seen_;
  std::vector<std::uint32_t> last_seen_;
};

}  // namespace mznode::check::kafka

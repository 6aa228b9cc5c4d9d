#include "kafka/log_anomalies.hpp"

#include <algorithm>

#include "mznode/check/verdict.hpp"

namespace mznode::check::kafka {

using nlohmann::ordered_json;

void LogAnomalies::find() {
  check_logs();
  check_lost_writes();
  check_unseen();
  for (const LogOperation& operation : logs_.operations) check_operation(operation);
  check_processes();
}

void LogAnomalies::check_logs() {
  std::vector<std::vector<std::int64_t>> offsets(logs_.transactions.element_count());
  for (KeyId key{0U}; key < orders_.logs().size(); ++key) {
    for (const LogEntry& entry : orders_.logs()[key].entries) {
      for (const ElementId element : entry.elements) offsets[element].push_back(entry.offset);
      if (entry.elements.size() < 2) continue;
      anomalies_.add("inconsistent-offsets", [&] {
        return ordered_json{
            {"key", evidence_.key(key)}, {"offset", entry.offset}, {"values", evidence_.elements(entry.elements)}};
      });
    }
  }
  for (ElementId element{0U}; element < offsets.size(); ++element) {
    if (offsets[element].size() < 2) continue;
    anomalies_.add("duplicate", [&] {
      return ordered_json{{"key", key(element)},
                          {"value", evidence_.element(element)},
                          {"count", offsets[element].size()},
                          {"offsets", offsets[element]}};
    });
  }
}

/// A message should have been polled if one behind it was. Where a message stands at several offsets, its first one
/// tells how far polls have come, and its last one from where on it should have been polled.
void LogAnomalies::check_lost_writes() {
  std::vector<std::uint32_t> bounds(logs_.transactions.key_count(), 0);  // one behind the last place that was polled
  for (ElementId element{0U}; element < logs_.transactions.element_count(); ++element) {
    const std::uint32_t place = orders_.first_seen(element);
    if (!orders_.was_polled(element) || place == none) continue;
    std::uint32_t& bound = bounds[logs_.transactions.elements[element].key];
    bound = std::max(bound, place + 1);
  }
  for (ElementId element{0U}; element < logs_.transactions.element_count(); ++element) {
    const std::uint32_t place = orders_.last_seen(element);
    const std::uint32_t bound = bounds[logs_.transactions.elements[element].key];
    if (orders_.was_polled(element) || place == none || place >= bound) continue;
    const std::uint32_t sender = logs_.sender[element];
    if (sender == none || !orders_.took_effect(logs_.operations[sender])) continue;
    anomalies_.add("lost-write", [&] {
      return ordered_json{{"key", key(element)},
                          {"value", evidence_.element(element)},
                          {"index", place},
                          {"max-read-index", bound - 1},
                          {"writer", op(logs_.operations[sender])}};
    });
  }
}

void LogAnomalies::check_unseen() {
  for (const LogOperation& operation : logs_.operations) {
    if (operation.type != Type::ok) continue;
    for (const Message& message : operation.sent) {
      if (orders_.was_polled(message.element)) continue;
      anomalies_.add("unseen", [&] {
        return ordered_json{
            {"key", key(message.element)}, {"value", evidence_.element(message.element)}, {"writer", op(operation)}};
      });
    }
  }
}

void LogAnomalies::check_operation(const LogOperation& operation) {
  check_own_messages(operation);
  for_each_key(operation.polled,
               [&](auto polled) { check_steps(operation, polled, "int-poll-skip", "int-nonmonotonic-poll"); });
  for_each_key(operation.sent,
               [&](auto sent) { check_steps(operation, sent, "int-send-skip", "int-nonmonotonic-send"); });
  if (operation.type != Type::ok) return;
  for (const Message& message : operation.polled) {
    const std::uint32_t sender = logs_.sender[message.element];
    if (sender == none || logs_.operations[sender].type != Type::fail) continue;
    anomalies_.add("G1a", [&] {
      return ordered_json{{"key", key(message.element)},
                          {"value", evidence_.element(message.element)},
                          {"writer", op(logs_.operations[sender])},
                          {"reader", op(operation)}};
    });
  }
}

void LogAnomalies::check_own_messages(const LogOperation& operation) {
  if (operation.sent.empty() || operation.polled.empty()) return;
  for (const Message& sent : operation.sent) {
    const auto own = std::find_if(operation.polled.begin(), operation.polled.end(),
                                  [&](const Message& polled) { return polled.element == sent.element; });
    if (own == operation.polled.end()) continue;
    anomalies_.add("precommitted-read", [&] {
      return ordered_json{
          {"op", op(operation)}, {"key", key(sent.element)}, {"value", evidence_.element(sent.element)}};
    });
    return;
  }
}

void LogAnomalies::check_steps(const LogOperation& operation, std::span<const Message> messages, const char* skip,
                               const char* back) {
  for (std::size_t i = 1; i < messages.size(); ++i) {
    const std::int64_t distance = orders_.distance(messages[i - 1].element, messages[i].element);
    if (distance == 1) continue;
    anomalies_.add(distance > 1 ? skip : back, [&] {
      ordered_json details = step(messages[i - 1].element, messages[i].element);
      details["op"] = op(operation);
      return details;
    });
  }
}

void LogAnomalies::check_processes() {
  struct Process {
    LastByKey polled;
    LastByKey sent;
  };
  std::map<std::int64_t, Process> processes;
  for (const LogOperation& operation : logs_.operations) {
    Process& process = processes[history_[operation.position].process];
    if (operation.kind == LogOperation::Kind::assign && operation.type != Type::fail) {
      // What goes on being assigned goes on where it was.
      for (auto* last : {&process.polled, &process.sent}) {
        std::erase_if(*last, [&](const auto& it) {
          return !std::binary_search(operation.keys.begin(), operation.keys.end(), it.first);
        });
      }
    }
    check_polls(operation, process.polled);
    if (operation.type != Type::fail) check_sends(operation, process.sent);
  }
}

void LogAnomalies::check_polls(const LogOperation& operation, LastByKey& last) {
  for_each_key(operation.polled, [&](std::span<const Message> messages) {
    Last& before = last[messages.front().key];
    if (before.operation != nullptr) {
      const std::int64_t distance = orders_.distance(before.element, messages.front().element);
      if (distance != 1) {
        anomalies_.add(distance > 1 ? "poll-skip" : "nonmonotonic-poll", [&] {
          ordered_json details = step(before.element, messages.front().element);
          details["ops"] = {op(*before.operation), op(operation)};
          return details;
        });
      }
    }
    if (operation.type == Type::ok) before = {&operation, messages.back().element};
  });
  if (!forgets_at_empty_polls_ || operation.type != Type::ok) return;
  for (const KeyId key : operation.polled_nothing) {
    const bool was_polled = std::any_of(operation.polled.begin(), operation.polled.end(),
                                        [key](const Message& message) { return message.key == key; });
    if (!was_polled) last.erase(key);
  }
}

void LogAnomalies::check_sends(const LogOperation& operation, LastByKey& last) {
  for_each_key(operation.sent, [&](std::span<const Message> messages) {
    Last& before = last[messages.front().key];
    if (before.operation != nullptr && orders_.distance(before.element, messages.front().element) < 1) {
      anomalies_.add("nonmonotonic-send", [&] {
        ordered_json details = step(before.element, messages.front().element);
        details["ops"] = {op(*before.operation), op(operation)};
        return details;
      });
    }
    before = {&operation, messages.back().element};
  });
}

ordered_json LogAnomalies::op(const LogOperation& operation) const {
  return to_details(history_[operation.position]);
}

ordered_json LogAnomalies::key(ElementId element) const {
  return evidence_.key(logs_.transactions.elements[element].key);
}

ordered_json LogAnomalies::step(ElementId first, ElementId second) const {
  ordered_json details = {{"key", key(first)}, {"values", {evidence_.element(first), evidence_.element(second)}}};
  const std::int64_t distance = orders_.distance(first, second);
  details["delta"] = distance;
  if (distance <= 1) return details;
  constexpr std::int64_t max_shown = 8;
  const auto& entries = orders_.logs()[logs_.transactions.elements[first].key].entries;
  for (std::uint32_t place = orders_.place(first) + 1; place < orders_.place(second); ++place) {
    if (place > orders_.place(first) + max_shown) break;
    details["skipped"].push_back(evidence_.element(entries[place].elements.front()));
  }
  return details;
}

}  // namespace mznode::check::kafka

#pragma once

#include "anomalies/anomaly_list.hpp"
#include "anomalies/evidence.hpp"
#include "kafka/version_order.hpp"

namespace mznode::check::kafka {

/// Finds the anomalies of logs that are no cycles; kafka.hpp lists them.
class LogAnomalies {
 public:
  /// `forgets_at_empty_polls`: a poll of no messages lets a process begin anew with that key, as upstream by mistake.
  LogAnomalies(const History& history, const LogHistory& logs, const VersionOrders& orders,
               const txn::Evidence& evidence, txn::AnomalyList& anomalies, bool forgets_at_empty_polls)
      : history_(history),
        logs_(logs),
        orders_(orders),
        evidence_(evidence),
        anomalies_(anomalies),
        forgets_at_empty_polls_(forgets_at_empty_polls) {}

  void find();

 private:
  void check_logs();
  void check_lost_writes();
  void check_unseen();
  void check_operation(const LogOperation& operation);
  void check_own_messages(const LogOperation& operation);
  /// Skips and steps back between the messages of one key in one operation.
  void check_steps(const LogOperation& operation, std::span<const Message> messages, const char* skip,
                   const char* back);
  void check_processes();

  /// What a process has met last under each key.
  struct Last {
    const LogOperation* operation = nullptr;
    ElementId element = none;
  };
  using LastByKey = std::map<KeyId, Last>;
  void check_polls(const LogOperation& operation, LastByKey& last);
  void check_sends(const LogOperation& operation, LastByKey& last);

  nlohmann::ordered_json op(const LogOperation& operation) const;
  nlohmann::ordered_json key(ElementId element) const;
  nlohmann::ordered_json step(ElementId first, ElementId second) const;

  const History& history_;
  const LogHistory& logs_;
  const VersionOrders& orders_;
  const txn::Evidence& evidence_;
  txn::AnomalyList& anomalies_;
  bool forgets_at_empty_polls_;
};

}  // namespace mznode::check::kafka

#include "mznode/check/kafka/kafka.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "anomalies/judge.hpp"
#include "anomalies/words.hpp"
#include "compat/upstream.hpp"
#include "kafka/log_anomalies.hpp"
#include "transactions/orders.hpp"

namespace mznode::check {
namespace {

using namespace kafka;

/// Who polled what others have sent.
class LogDependencies final : public txn::Explainer {
 public:
  explicit LogDependencies(const LogHistory& logs) : logs_(logs), transaction_of_(logs.operations.size()) {
    for (TransactionId i{0U}; i < logs.operation_of.size(); ++i) transaction_of_[logs.operation_of[i]] = i;
  }

  template <class Emit>
  void for_each_dependency(TransactionId to, Emit&& emit) const {
    for (const Message& message : logs_.operations[logs_.operation_of[to]].polled) {
      const std::uint32_t sender = logs_.sender[message.element];
      if (sender == none || transaction_of_[sender] == to) continue;
      emit(txn::Dependency{txn::wr, transaction_of_[sender], to, message.key, message.element, none});
    }
  }

  std::optional<txn::Dependency> explain(TransactionId from, TransactionId to, txn::Relations relation) const override {
    std::optional<txn::Dependency> found;
    for_each_dependency(to, [&](const txn::Dependency& it) {
      if (!found && it.from == from && it.relation == relation) found = it;
    });
    return found;
  }
  txn::Objects objects() const override { return txn::Objects::logs; }

 private:
  const LogHistory& logs_;
  std::vector<TransactionId> transaction_of_;  // by operation; none for one that is no transfer
};

/// What upstream finds and does not mind: writes of transactions interleave on logs.
bool is_tolerated(std::string_view error) {
  return error == "int-send-skip" || error.starts_with("G0") || error == "PL-1-cycle-exists" ||
         error == "strong-PL-1-cycle-exists";
}

Verdict judge(const txn::AnomalyList& anomalies, std::size_t answers) {
  LogsFinding finding;
  Verdict verdict(Valid::yes);
  bool is_unseen_alone = true;
  bool is_empty_alone = true;
  for (const std::string_view error : anomalies.names()) {
    LogsFinding::Error found{.anomaly = anomalies.at(error), .is_tolerated = is_tolerated(error)};
    if (!found.is_tolerated) {
      verdict.valid = Valid::no;
      is_unseen_alone = is_unseen_alone && error == "unseen";
      is_empty_alone = is_empty_alone && error == "empty-transaction-graph";
      for (std::string& line : txn::explain_anomaly(found.anomaly)) verdict.explanation.push_back(std::move(line));
    }
    finding.errors.push_back(std::move(found));
  }
  verdict.may_lack_time = verdict.valid == Valid::no && is_unseen_alone;
  if (verdict.valid == Valid::no && is_empty_alone && answers <= few_answers) {
    verdict.valid = Valid::unknown;
    verdict.error = too_few_answers(answers);
  }
  verdict.add(std::move(finding));
  return verdict;
}

/// The names of those errors, in their order.
nlohmann::ordered_json names_of(const std::vector<LogsFinding::Error>& errors, bool with_tolerated) {
  nlohmann::ordered_json names = nlohmann::ordered_json::array();
  for (const LogsFinding::Error& error : errors) {
    if (with_tolerated || !error.is_tolerated) names.push_back(error.anomaly.name);
  }
  return names;
}

}  // namespace

void LogsFinding::write_to(nlohmann::ordered_json& details) const {
  details["error-types"] = names_of(errors, true);
  details["bad-error-types"] = names_of(errors, false);
  for (const auto& [anomaly, is_tolerated] : errors) {
    details[anomaly.name] = {{"count", anomaly.count}, {"errs", to_details(anomaly.examples)}};
  }
}

std::string LogsFinding::reason() const {
  const nlohmann::ordered_json bad = names_of(errors, false);
  return bad.empty() ? std::string() : "bad-error-types " + bad.dump();
}

Verdict check_kafka(const History& history, const CheckOptions& options) {
  const LogHistory logs = read_log_history(history);
  const VersionOrders orders(logs);
  const LogDependencies dependencies(logs);
  const txn::Evidence evidence(history, logs.transactions, dependencies);
  txn::AnomalyList anomalies;
  LogAnomalies(history, logs, orders, evidence, anomalies, Upstream(options).forgets_at_empty_polls()).find();
  const txn::Graph graph =
      txn::build_graph(history, logs.transactions, txn::realtime,
                       [&](TransactionId to, auto&& emit) { dependencies.for_each_dependency(to, emit); });
  txn::find_cycle_anomalies(graph, {}, {txn::ww, txn::wr}, txn::prohibited_anomalies({}), evidence, anomalies);
  // Upstream counts any error.
  Verdict verdict = judge(anomalies, Upstream(options).demands_success() ? SIZE_MAX : answers_in(history));
  const auto unsent = std::find(logs.sender.begin(), logs.sender.end(), none);
  if (unsent == logs.sender.end() || verdict.valid == Valid::no) return verdict;
  const ElementId element(static_cast<std::uint32_t>(unsent - logs.sender.begin()));
  return Verdict::unknown("key " + std::string(logs.transactions.key_text(logs.transactions.elements[element].key)) +
                          " was polled with " + std::string(logs.transactions.element_text(element)) +
                          ", which nobody sent to it");
}

}  // namespace mznode::check

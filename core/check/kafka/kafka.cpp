#include "kafka/kafka.hpp"

#include <algorithm>

#include "kafka/log_anomalies.hpp"
#include "mznode/check/lack_of_time.hpp"
#include "txn/judge.hpp"
#include "txn/orders.hpp"
#include "txn/words.hpp"

namespace mznode::check {
namespace {

using namespace kafka;

/// Who polled what others have sent.
class LogDependencies final : public txn::Explainer {
 public:
  explicit LogDependencies(const LogHistory& logs) : logs_(logs), transaction_of_(logs.operations.size(), none) {
    for (std::uint32_t i = 0; i < logs.operation_of.size(); ++i) transaction_of_[logs.operation_of[i]] = i;
  }

  template <class Emit>
  void for_each_dependency(std::uint32_t to, Emit&& emit) const {
    for (const Message& message : logs_.operations[logs_.operation_of[to]].polled) {
      const std::uint32_t sender = logs_.sender[message.element];
      if (sender == none || transaction_of_[sender] == to) continue;
      emit(txn::Dependency{txn::wr, transaction_of_[sender], to, message.key, message.element, none});
    }
  }

  std::optional<txn::Dependency> explain(std::uint32_t from, std::uint32_t to, txn::Relations relation) const override {
    std::optional<txn::Dependency> found;
    for_each_dependency(to, [&](const txn::Dependency& it) {
      if (!found && it.from == from && it.relation == relation) found = it;
    });
    return found;
  }
  txn::Objects objects() const override { return txn::Objects::logs; }

 private:
  const LogHistory& logs_;
  std::vector<std::uint32_t> transaction_of_;  // by operation; none for one that is no transfer
};

/// What upstream finds and does not mind: writes of transactions interleave on logs.
bool is_tolerated(std::string_view error) {
  return error == "int-send-skip" || error.starts_with("G0") || error == "PL-1-cycle-exists" ||
         error == "strong-PL-1-cycle-exists";
}

Verdict judge(const txn::Findings& findings) {
  const txn::Names found = findings.names();
  Verdict verdict(std::all_of(found.begin(), found.end(), is_tolerated) ? Valid::yes : Valid::no);
  nlohmann::ordered_json types = nlohmann::ordered_json::array();
  nlohmann::ordered_json bad = nlohmann::ordered_json::array();
  for (const std::string_view error : found) {
    types.push_back(error);
    if (!is_tolerated(error)) bad.push_back(error);
  }
  note_lack_of_time(verdict, bad == nlohmann::ordered_json::array({"unseen"}));
  verdict.details["error-types"] = std::move(types);
  verdict.details["bad-error-types"] = std::move(bad);
  for (const std::string_view error : found) {
    verdict.details[std::string(error)] = {{"count", findings.count(error)}, {"errs", findings.examples(error)}};
    if (is_tolerated(error)) continue;
    for (std::string& line : txn::explain_anomaly(error, findings.count(error), findings.examples(error)[0])) {
      verdict.details["explanation"].push_back(std::move(line));
    }
  }
  return verdict;
}

}  // namespace

Verdict check_kafka(const History& history, const CheckOptions& options) {
  const LogHistory logs = read_log_history(history);
  const VersionOrders orders(logs);
  const LogDependencies dependencies(logs);
  const txn::Evidence evidence(history, logs.transactions, dependencies);
  txn::Findings findings;
  LogAnomalies(history, logs, orders, evidence, findings, options.compat_jepsen).find();
  const txn::Graph graph =
      txn::build_graph(history, logs.transactions, txn::realtime,
                       [&](std::uint32_t to, auto&& emit) { dependencies.for_each_dependency(to, emit); });
  txn::find_cycle_anomalies(graph, {}, {txn::ww, txn::wr}, txn::prohibited_anomalies({}), evidence, findings);
  Verdict verdict = judge(findings);
  const auto unsent = std::find(logs.sender.begin(), logs.sender.end(), none);
  if (unsent == logs.sender.end() || verdict.valid == Valid::no) return verdict;
  const auto element = static_cast<std::uint32_t>(unsent - logs.sender.begin());
  return Verdict::unknown("key " + std::string(logs.transactions.key_text(logs.transactions.elements[element].key)) +
                          " was polled with " + std::string(logs.transactions.element_text(element)) +
                          ", which nobody sent to it");
}

}  // namespace mznode::check

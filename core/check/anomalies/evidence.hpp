#pragma once

#include <nlohmann/json.hpp>
#include <span>
#include <string>

#include "cycles/cycles.hpp"
#include "cycles/dependency.hpp"
#include "mznode/check/txn/anomalies.hpp"
#include "transactions/transactions.hpp"

namespace mznode::check::txn {

/// Describes transactions, values and cycles of a history, for people and as data.
class Evidence {
 public:
  Evidence(const History& history, const Transactions& transactions, const Explainer& explainer)
      : history_(history), transactions_(transactions), explainer_(explainer) {}

  /// The entry of the history that stands for a transaction.
  nlohmann::ordered_json operation(TransactionId transaction) const;
  nlohmann::ordered_json key(KeyId key) const;
  /// Null for none, the initial state.
  nlohmann::ordered_json element(ElementId element) const;
  nlohmann::ordered_json elements(std::span<const ElementId> elements) const;

  /// In its words, T1 is the first operation of the cycle.
  CycleExample cycle(const Cycle& cycle) const;

 private:
  using Step = CycleExample::Step;
  Step step(TransactionId from, TransactionId to, Relations relation, const std::string& from_name,
            const std::string& to_name) const;
  Step data_step(const Dependency& dependency, const std::string& from_name, const std::string& to_name) const;
  Step order_step(TransactionId from, TransactionId to, Relations relation, const std::string& from_name,
                  const std::string& to_name) const;
  std::string written(ElementId element) const { return std::string(transactions_.element_text(element)); }

  const History& history_;
  const Transactions& transactions_;
  const Explainer& explainer_;
};

}  // namespace mznode::check::txn

#pragma once

#include <string>
#include <vector>

#include "isolation/link.hpp"
#include "mznode/check/txn/anomalies.hpp"
#include "transactions/transactions.hpp"

namespace mznode::check::isolation {

/// Tells of anomalies and cycles in words and as data.
class Narrator {
 public:
  Narrator(const History& history, const txn::Transactions& transactions, const Commits& commits)
      : history_(history), transactions_(transactions), commits_(commits) {}

  /// A line about a read that nothing explains.
  std::string words(const ReadAnomaly& anomaly) const;
  /// The name of that kind of anomaly, as Elle's where it has one.
  static std::string_view name(ReadAnomaly::Kind kind);
  AnomalyExample example(const ReadAnomaly& anomaly) const;

  /// The operations of a cycle, why each comes before the next one, and then what stands behind the steps that are
  /// inferences themselves.
  std::vector<std::string> words(const Cycle& cycle);
  CycleExample example(const Cycle& cycle);

 private:
  using Names = std::vector<std::uint32_t>;  // commits: T1, T2 …

  const Operation& operation(std::uint32_t commit) const {
    return history_[transactions_.position(commits_.transactions[commit])];
  }
  std::string name(std::uint32_t commit);
  std::string key(KeyId key) const { return "key " + std::string(transactions_.key_text(key)); }
  std::string value(std::uint32_t version) const;
  std::string element(ElementId element) const;
  std::string sentence(const Link& link);
  std::string reason(const Link& link);
  std::string order_reason(const Link& link);
  std::string sentences(const std::vector<Link>& links);
  CycleExample::Step step(const Link& link);

  const History& history_;
  const txn::Transactions& transactions_;
  const Commits& commits_;
  Names names_;
  std::vector<const Link*> notes_;  // inferences that are told behind what refers to them
};

}  // namespace mznode::check::isolation

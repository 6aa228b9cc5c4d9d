#include "isolation/commits.hpp"

#include <algorithm>

namespace mznode::check::isolation {

using txn::MicroOp;
using txn::Transaction;
using txn::Transactions;

bool ReadAnomaly::breaks(const Model& model) const {
  switch (kind) {
    case Kind::unwritten:
    case Kind::aborted:
    case Kind::intermediate:
    case Kind::ahead: return true;
    case Kind::own_missed: return model.demand >= Demand::atomic_view && !model.allows_internal;
    case Kind::changed: return model.demand >= Demand::read_atomic && !model.allows_internal;
  }
  return true;
}

std::uint32_t Commits::version_of(std::uint32_t commit, KeyId key) const {
  const auto begin = versions.begin() + first_version[commit];
  const auto end = versions.begin() + first_version[commit + 1];
  const auto found = std::partition_point(begin, end, [key](const Version& it) { return it.key < key; });
  return found != end && found->key == key ? static_cast<std::uint32_t>(found - versions.begin()) : none;
}

namespace {

class CommitFinder {
 public:
  CommitFinder(const History& history, const Transactions& transactions, std::vector<ReadAnomaly>& anomalies)
      : history_(history), transactions_(transactions), faults_(anomalies) {}

  Commits find() {
    commits_.key_count = transactions_.key_count();
    choose();
    find_sessions();
    write();
    latest_.assign(transactions_.key_count(), {});
    commits_.first_read.push_back(0);
    for (std::uint32_t commit = 0; commit < commits_.size(); ++commit) {
      const TransactionId transaction = commits_.transactions[commit];
      if (transactions_.list[transaction].is_ok()) read(transaction);
      commits_.first_read.push_back(static_cast<std::uint32_t>(commits_.reads.size()));
    }
    return std::move(commits_);
  }

 private:
  /// What a transaction did to a key last.
  struct Latest {
    TransactionId transaction = none;
    ElementId written = none;
    ElementId read = none;
    bool has_read = false;
  };

  void choose() {
    std::vector<bool> is_read(transactions_.size(), false);
    for (const Transaction& transaction : transactions_.list) {
      if (!transaction.is_ok()) continue;
      for (const MicroOp& it : transactions_.ops_of(transaction)) {
        if (!it.is_read() || it.element == none) continue;
        const TransactionId writer = transactions_.elements[it.element].writer;
        if (writer != none) is_read[writer] = true;
      }
    }
    for (TransactionId i{0U}; i < transactions_.size(); ++i) {
      const Transaction& it = transactions_.list[i];
      if (!it.is_ok() && !(it.is_possible() && is_read[i])) continue;
      commits_.transactions.push_back(i);
      commits_.begins.push_back(it.invocation);
      commits_.ends.push_back(it.is_ok() ? it.completion : none);
    }
  }

  /// An indefinite transaction may take effect after what its process does next, so nothing follows it.
  void find_sessions() {
    txn::NumberTable numbers;
    std::vector<std::uint32_t> latest;
    for (std::uint32_t commit = 0; commit < commits_.size(); ++commit) {
      std::uint32_t& number = numbers[static_cast<std::uint64_t>(history_[commits_.begins[commit]].process)];
      if (number == none) {
        number = static_cast<std::uint32_t>(latest.size());
        latest.push_back(none);
      }
      commits_.predecessors.push_back(latest[number]);
      if (commits_.ends[commit] != none) {
        commits_.processes.push_back(number);
        latest[number] = commit;
      } else {
        commits_.processes.push_back(static_cast<std::uint32_t>(latest.size()));
        latest.push_back(none);
      }
    }
  }

  void write() {
    version_.assign(transactions_.element_count(), none);
    std::vector<Commits::Version>& versions = commits_.versions;
    commits_.first_version.push_back(0);
    for (std::uint32_t commit = 0; commit < commits_.size(); ++commit) {
      const std::size_t first = versions.size();
      for (const MicroOp& it : transactions_.ops_of(transactions_.list[commits_.transactions[commit]])) {
        if (it.kind == MicroOp::Kind::write) versions.push_back({it.key, commit, it.element});
      }
      const auto begin = versions.begin() + static_cast<std::ptrdiff_t>(first);
      std::stable_sort(begin, versions.end(), [](const auto& a, const auto& b) { return a.key < b.key; });
      std::size_t kept = first;
      for (std::size_t i = first; i < versions.size(); ++i) {
        if (i + 1 == versions.size() || versions[i + 1].key != versions[i].key) versions[kept++] = versions[i];
      }
      versions.resize(kept);
      for (std::size_t i = first; i < kept; ++i) version_[versions[i].element] = static_cast<std::uint32_t>(i);
      commits_.first_version.push_back(static_cast<std::uint32_t>(kept));
    }
  }

  void read(TransactionId transaction) {
    for (const MicroOp& it : transactions_.ops_of(transactions_.list[transaction])) {
      Latest& latest = latest_[it.key];
      if (latest.transaction != transaction) latest = {.transaction = transaction};
      if (it.kind == MicroOp::Kind::write) {
        latest.written = it.element;
      } else if (it.is_read()) {
        read(transaction, it, latest);
      }
    }
  }

  void read(TransactionId transaction, const MicroOp& it, Latest& latest) {
    using Kind = ReadAnomaly::Kind;
    if (latest.written != none) {
      if (latest.written == it.element) return;
      faults_.push_back({Kind::own_missed, transaction, it.key, it.element, latest.written});
    } else if (latest.has_read && latest.read != it.element) {
      faults_.push_back({Kind::changed, transaction, it.key, it.element, latest.read});
    }
    latest.has_read = true;
    latest.read = it.element;
    const TransactionId writer = it.element == none ? TransactionId() : transactions_.elements[it.element].writer;
    if (it.element == none) {
      commits_.reads.push_back({it.key, none});
    } else if (writer == none) {
      faults_.push_back({Kind::unwritten, transaction, it.key, it.element});
    } else if (!transactions_.list[writer].is_possible()) {
      faults_.push_back({Kind::aborted, transaction, it.key, it.element});
    } else if (writer == transaction) {
      if (latest.written == none) faults_.push_back({Kind::ahead, transaction, it.key, it.element});
    } else if (version_[it.element] == none) {
      faults_.push_back({Kind::intermediate, transaction, it.key, it.element});
    } else {
      commits_.reads.push_back({it.key, version_[it.element]});
    }
  }

  const History& history_;
  const Transactions& transactions_;
  std::vector<ReadAnomaly>& faults_;
  Commits commits_;
  std::vector<std::uint32_t> version_;  // by element; none for what is no version
  std::vector<Latest> latest_;          // by key
};

}  // namespace

Commits find_commits(const History& history, const Transactions& transactions, std::vector<ReadAnomaly>& anomalies) {
  return CommitFinder(history, transactions, anomalies).find();
}

}  // namespace mznode::check::isolation

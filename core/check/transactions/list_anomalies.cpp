#include "transactions/list_anomalies.hpp"

#include <algorithm>
#include <set>

#include "transactions/lost_update.hpp"

namespace mznode::check::txn {
namespace {

using nlohmann::ordered_json;

class ListAnomalies {
 public:
  ListAnomalies(const Transactions& transactions, const ListReader& reader, const ListAppend& versions,
                NilRead nil_read, const Evidence& evidence, AnomalyList& anomalies)
      : transactions_(transactions),
        reader_(reader),
        versions_(versions),
        nil_read_(nil_read),
        evidence_(evidence),
        anomalies_(anomalies) {}

  void run() {
    find_marks();
    for (TransactionId i{0U}; i < transactions_.size(); ++i) check(i);
    for (KeyId key{0U}; key < transactions_.key_count(); ++key) check_dirty_updates(key);
    lost_updates_.report(evidence_, anomalies_);
  }

 private:
  /// From which length on the reads of a list show something wrong.
  struct Marks {
    std::uint32_t aborted = none;
    std::uint32_t duplicate = none;
  };

  bool is_aborted(ElementId element) const {
    const TransactionId writer = transactions_.elements[element].writer;
    return writer != none && !transactions_.list[writer].is_possible();
  }

  void find_marks() {
    marks_.resize(reader_.lists().size());
    place_.assign(transactions_.element_count(), none);
    for (std::size_t key = 0; key < marks_.size(); ++key) {
      const auto& elements = reader_.lists()[key].elements;
      for (std::uint32_t i = 0; i < elements.size(); ++i) {
        if (marks_[key].aborted == none && is_aborted(elements[i])) marks_[key].aborted = i + 1;
        if (place_[elements[i]] == none) {
          place_[elements[i]] = i;
        } else if (marks_[key].duplicate == none) {
          marks_[key].duplicate = i + 1;
        }
      }
    }
    overwritten_.assign(transactions_.element_count(), false);
    std::vector<ElementId> last(transactions_.key_count());
    for (TransactionId i{0U}; i < transactions_.size(); ++i) {
      for (const MicroOp& micro_op : transactions_.ops_of(transactions_.list[i])) {
        if (micro_op.kind != MicroOp::Kind::write) continue;
        const ElementId before = std::exchange(last[micro_op.key], micro_op.element);
        if (before != none && transactions_.elements[before].writer == i) overwritten_[before] = true;
      }
    }
    latest_.assign(transactions_.key_count(), {none, none});
  }

  void check(TransactionId transaction) {
    const Transaction& it = transactions_.list[transaction];
    if (!it.is_possible()) return;
    for (std::uint32_t i = it.first_op; i < it.end_op; ++i) {
      if (transactions_.ops[i].is_read()) check_read(transaction, i);
    }
    if (!it.is_ok()) return;
    check_internal(transaction);
    lost_updates_.add(transactions_, transaction);
  }

  void check_read(TransactionId transaction, std::uint32_t op) {
    const MicroOp& read = transactions_.ops[op];
    const bool is_odd = read.kind == MicroOp::Kind::odd_read;
    if (is_odd) check_odd_read(transaction, read);
    const Marks marks = !is_odd && read.length > 0 ? marks_[read.key] : Marks{};
    if (read.length >= marks.duplicate && !is_odd) {
      add("duplicate-elements", transaction, read, reader_.lists()[read.key].elements[marks.duplicate - 1]);
    }
    if (!transactions_.list[transaction].is_ok()) return;
    if (read.length >= marks.aborted && !is_odd) {
      add("G1a", transaction, read, reader_.lists()[read.key].elements[marks.aborted - 1]);
    }
    if (read.element != none && overwritten_[read.element] &&
        transactions_.elements[read.element].writer != transaction) {
      add("G1b", transaction, read, read.element);
    }
  }

  void check_odd_read(TransactionId transaction, const MicroOp& read) {
    const auto seen = versions_.seen(read);
    anomalies_.add("incompatible-order", [&] {
      return ordered_json{
          {"op", evidence_.operation(transaction)},
          {"key", evidence_.key(read.key)},
          {"values", {evidence_.elements(reader_.lists()[read.key].elements), evidence_.elements(seen)}}};
    });
    std::set<ElementId> distinct;
    const auto duplicate =
        std::find_if(seen.begin(), seen.end(), [&](ElementId it) { return !distinct.insert(it).second; });
    if (duplicate != seen.end()) add("duplicate-elements", transaction, read, *duplicate);
    const auto aborted = std::find_if(seen.begin(), seen.end(), [&](ElementId it) { return is_aborted(it); });
    if (aborted != seen.end() && transactions_.list[transaction].is_ok()) add("G1a", transaction, read, *aborted);
  }

  void add(std::string_view anomaly, TransactionId transaction, const MicroOp& read, ElementId element) {
    anomalies_.add(anomaly, [&] {
      ordered_json details = {{"op", evidence_.operation(transaction)}, {"key", evidence_.key(read.key)}};
      const TransactionId writer = element == none ? TransactionId() : transactions_.elements[element].writer;
      if (writer != none) details["writer"] = evidence_.operation(writer);
      details["element"] = evidence_.element(element);
      return details;
    });
  }

  void check_internal(TransactionId transaction) {
    const Transaction& it = transactions_.list[transaction];
    if (it.end_op - it.first_op < 2) return;
    previous_.assign(it.end_op - it.first_op, none);
    bool internal = false;
    bool future = false;
    for (std::uint32_t i = it.first_op; i < it.end_op; ++i) {
      const MicroOp& micro_op = transactions_.ops[i];
      Latest& latest = latest_[micro_op.key];
      if (latest.transaction == transaction) previous_[i - it.first_op] = latest.op;
      latest = {transaction, i};
      if (micro_op.is_read()) {
        if (internal || agrees(it, i)) continue;
        internal = true;
        add("internal", transaction, micro_op, micro_op.element);
      } else if (!future && was_read_before(it, i)) {
        future = true;
        anomalies_.add("future-read", [&] {
          return ordered_json{{"op", evidence_.operation(transaction)},
                              {"key", evidence_.key(micro_op.key)},
                              {"element", evidence_.element(micro_op.element)}};
        });
      }
    }
  }

  /// Whether a read shows what its transaction has read and appended before. As to Elle, null and an empty list
  /// contradict each other.
  bool agrees(const Transaction& transaction, std::uint32_t op) const {
    const auto seen = versions_.seen(transactions_.ops[op]);
    const bool is_null = transactions_.ops[op].kind == MicroOp::Kind::read_null;
    std::size_t left = seen.size();
    std::uint32_t before = previous_[op - transaction.first_op];
    const std::uint32_t nearest = before;
    for (; before != none; before = previous_[before - transaction.first_op]) {
      const MicroOp& earlier = transactions_.ops[before];
      if (earlier.is_read()) {
        if (earlier.kind == MicroOp::Kind::read_null) {
          const bool says_nothing = nil_read_ == NilRead::tells_nothing && before == nearest;
          return says_nothing || (before == nearest ? is_null : left == 0);
        }
        if (is_null) return false;
        const auto expected = versions_.seen(earlier);
        return expected.size() == left && std::equal(expected.begin(), expected.end(), seen.begin());
      }
      if (left == 0 || seen[left - 1] != earlier.element) return false;
      --left;
    }
    return true;
  }

  /// Whether the transaction has read the element that it appends with this micro-operation.
  bool was_read_before(const Transaction& transaction, std::uint32_t op) const {
    const ElementId element = transactions_.ops[op].element;
    for (std::uint32_t before = previous_[op - transaction.first_op]; before != none;
         before = previous_[before - transaction.first_op]) {
      const MicroOp& earlier = transactions_.ops[before];
      if (earlier.kind == MicroOp::Kind::read && place_[element] != none && place_[element] < earlier.length)
        return true;
      if (earlier.kind != MicroOp::Kind::odd_read) continue;
      const auto seen = versions_.seen(earlier);
      if (std::find(seen.begin(), seen.end(), element) != seen.end()) return true;
    }
    return false;
  }

  /// A version that a failed transaction appended must not be followed by one of a transaction that committed.
  void check_dirty_updates(KeyId key) {
    const auto& order = versions_.order(key);
    TransactionId aborted = none;  // the last writer that is known to have failed, unless a commit followed
    std::size_t since = 0;
    for (std::size_t i = 0; i < order.size(); ++i) {
      const TransactionId writer = transactions_.elements[order[i]].writer;
      if (writer == none) continue;
      const Transaction& it = transactions_.list[writer];
      if (!it.is_possible() && aborted == none) {
        aborted = writer;
        since = i;
      } else if (it.is_ok() && aborted != none) {
        anomalies_.add("dirty-update", [&] {
          return ordered_json{{"key", evidence_.key(key)},
                              {"values", evidence_.elements(std::span(order).subspan(since, i - since + 1))},
                              {"txns", {evidence_.operation(aborted), evidence_.operation(writer)}}};
        });
        aborted = none;
      }
    }
  }

  struct Latest {
    TransactionId transaction;
    std::uint32_t op;
  };

  const Transactions& transactions_;
  const ListReader& reader_;
  const ListAppend& versions_;
  const NilRead nil_read_;
  const Evidence& evidence_;
  AnomalyList& anomalies_;
  std::vector<Marks> marks_;             // by key
  std::vector<std::uint32_t> place_;     // by element: in the list of its key
  std::vector<bool> overwritten_;        // by element: by its own transaction
  std::vector<Latest> latest_;           // by key: what was looked at last
  std::vector<std::uint32_t> previous_;  // by micro-operation: the one before on the same key
  LostUpdates lost_updates_;
};

}  // namespace

void find_list_anomalies(const Transactions& transactions, const ListReader& reader, const ListAppend& versions,
                         NilRead nil_read, const Evidence& evidence, AnomalyList& anomalies) {
  ListAnomalies(transactions, reader, versions, nil_read, evidence, anomalies).run();
}

}  // namespace mznode::check::txn

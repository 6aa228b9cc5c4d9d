#pragma once

#include <algorithm>
#include <map>
#include <numeric>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "isolation/model.hpp"
#include "tests/check/isolation/isolation_histories.hpp"

/// What consistency models mean, tried out in every way on small histories.
namespace mznode::check::oracle {

using Order = std::vector<std::size_t>;  // commits

/// The commits of a history, one of the sets that may have taken effect.
class Commits {
 public:
  Commits(const Txns& txns, std::vector<std::size_t> members) : txns_(txns), members_(std::move(members)) {}

  std::size_t size() const { return members_.size(); }
  const Txn& operator[](std::size_t i) const { return txns_[members_[i]]; }

  /// What a transaction read of others, in its order: the key and who wrote it, -1 for the initial state.
  struct Read {
    int key;
    int writer;
  };
  /// Nothing where a read shows what cannot be committed.
  std::optional<std::vector<Read>> reads(std::size_t i, bool must_see_own) const {
    std::vector<Read> reads;
    std::map<int, int> own;
    if (!(*this)[i].is_ok()) return reads;
    for (const Op& op : (*this)[i].ops) {
      if (op.is_write) {
        own[op.key] = op.value;
        continue;
      }
      if (own.contains(op.key) && own[op.key] == op.value) continue;
      if (own.contains(op.key) && must_see_own) return std::nullopt;
      int writer = -1;
      for (std::size_t j = 0; op.value != 0 && j < size(); ++j) {
        if (last_write(j, op.key) == op.value) writer = static_cast<int>(j);
      }
      if (op.value != 0 && (writer == -1 || writer == static_cast<int>(i))) {
        const bool is_own_old = writer == -1 && own.contains(op.key) && wrote_before(i, op);
        if (!is_own_old) return std::nullopt;
        continue;
      }
      reads.push_back({op.key, writer});
    }
    return reads;
  }
  /// 0 when it writes no such key.
  int last_write(std::size_t i, int key) const {
    int last = 0;
    for (const Op& op : (*this)[i].ops) {
      if (op.is_write && op.key == key) last = op.value;
    }
    return last;
  }
  bool comes_before(std::size_t a, std::size_t b, isolation::Order order) const {
    if (a == b || order == isolation::Order::free || !(*this)[a].is_ok()) return false;
    if (order == isolation::Order::session && (*this)[a].process != (*this)[b].process) return false;
    return (*this)[a].end < (*this)[b].begin;
  }

 private:
  bool wrote_before(std::size_t i, const Op& read) const {
    for (const Op& op : (*this)[i].ops) {
      if (&op == &read) return false;
      if (op.is_write && op.key == read.key && op.value == read.value) return true;
    }
    return false;
  }

  const Txns& txns_;
  std::vector<std::size_t> members_;
};

/// The axioms of Biswas and Enea for one order of the commits.
class Axioms {
 public:
  Axioms(const Commits& commits, const isolation::Model& model) : commits_(commits), model_(model) {
    const std::size_t n = commits.size();
    sees_.assign(n, std::vector<bool>(n, false));
    for (std::size_t i = 0; i < n; ++i) {
      const auto reads = commits.reads(i, model.demand >= isolation::Demand::atomic_view);
      if (!reads) {
        is_possible_ = false;
        return;
      }
      reads_.push_back(*reads);
      for (const Commits::Read& it : reads_.back()) {
        if (it.writer >= 0) sees_[static_cast<std::size_t>(it.writer)][i] = true;
      }
      for (std::size_t j = 0; j < n; ++j) {
        if (commits.comes_before(j, i, model.order)) sees_[j][i] = true;
      }
    }
    before_ = sees_;
    if (model.demand == isolation::Demand::causal) close(sees_);
  }

  bool hold_in_some_order() const {
    if (!is_possible_) return false;
    Order order(commits_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    do {
      if (hold_in(order)) return true;
    } while (std::next_permutation(order.begin(), order.end()));
    return false;
  }

 private:
  static void close(std::vector<std::vector<bool>>& relation) {
    for (std::size_t k = 0; k < relation.size(); ++k) {
      for (std::size_t i = 0; i < relation.size(); ++i) {
        for (std::size_t j = 0; j < relation.size(); ++j) {
          if (relation[i][k] && relation[k][j]) relation[i][j] = true;
        }
      }
    }
  }

  bool hold_in(const Order& order) const {
    std::vector<int> place(order.size());
    for (std::size_t i = 0; i < order.size(); ++i) place[order[i]] = static_cast<int>(i);
    for (std::size_t i = 0; i < order.size(); ++i) {
      for (std::size_t j = 0; j < order.size(); ++j) {
        if (before_[i][j] && place[i] > place[j]) return false;
      }
    }
    if (model_.demand <= isolation::Demand::committed) return true;
    for (std::size_t reader = 0; reader < order.size(); ++reader) {
      std::set<std::size_t> read_before;
      std::map<int, int> first_writer;
      for (const Commits::Read& it : reads_[reader]) {
        for (std::size_t other = 0; other < order.size(); ++other) {
          if (static_cast<int>(other) == it.writer || commits_.last_write(other, it.key) == 0) continue;
          const bool is_seen =
              model_.demand == isolation::Demand::atomic_view ? read_before.contains(other) : sees_[other][reader];
          if (is_seen && (it.writer < 0 || place[other] > place[static_cast<std::size_t>(it.writer)])) return false;
        }
        if (it.writer >= 0) read_before.insert(static_cast<std::size_t>(it.writer));
        const int first = first_writer.try_emplace(it.key, it.writer).first->second;
        if (model_.demand >= isolation::Demand::read_atomic && first != it.writer) return false;
      }
    }
    return true;
  }

  const Commits& commits_;
  const isolation::Model& model_;
  bool is_possible_ = true;
  std::vector<std::vector<Commits::Read>> reads_;
  std::vector<std::vector<bool>> before_;
  std::vector<std::vector<bool>> sees_;
};

/// The session guarantees, for every order of the commits.
class Guarantees {
 public:
  Guarantees(const Commits& commits, const isolation::Model& model) : commits_(commits), model_(model) {}

  bool hold() {
    std::set<int> keys;
    for (std::size_t i = 0; i < commits_.size(); ++i) {
      const auto reads = commits_.reads(i, false);
      if (!reads) return false;
      reads_.push_back(*reads);
      for (const Commits::Read& it : *reads) keys.insert(it.key);
    }
    if (model_.demand == isolation::Demand::pram) return holds_in_some_order(-1);
    return std::all_of(keys.begin(), keys.end(), [&](int key) { return holds_in_some_order(key); });
  }

 private:
  bool holds_in_some_order(int key) const {
    Order order(commits_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    do {
      if (holds_in(order, key)) return true;
    } while (std::next_permutation(order.begin(), order.end()));
    return false;
  }

  bool writes(std::size_t i) const {
    return std::any_of(commits_[i].ops.begin(), commits_[i].ops.end(), [](const Op& op) { return op.is_write; });
  }

  bool is_own_before(std::size_t a, std::size_t b) const {
    return commits_.comes_before(a, b, isolation::Order::session);
  }

  /// All keys where `key` is -1.
  bool holds_in(const Order& order, int key) const {
    std::vector<int> place(order.size());
    for (std::size_t i = 0; i < order.size(); ++i) place[order[i]] = static_cast<int>(i);
    const bool is_pram = model_.demand == isolation::Demand::pram;
    for (std::size_t i = 0; is_pram && i < order.size(); ++i) {
      for (std::size_t j = 0; j < order.size(); ++j) {
        if (writes(i) && writes(j) && is_own_before(i, j) && place[i] > place[j]) return false;
      }
    }
    for (std::size_t i = 0; i < order.size(); ++i) {
      for (std::size_t r = 0; r < reads_[i].size(); ++r) {
        const Commits::Read& read = reads_[i][r];
        if (key >= 0 && read.key != key) continue;
        for (const std::size_t other : must_see(i, r)) {
          if (commits_.last_write(other, read.key) == 0 || static_cast<int>(other) == read.writer) continue;
          if (read.writer < 0 || place[other] > place[static_cast<std::size_t>(read.writer)]) return false;
        }
      }
    }
    return true;
  }

  std::set<std::size_t> must_see(std::size_t i, std::size_t r) const {
    std::set<std::size_t> seen;
    const bool is_pram = model_.demand == isolation::Demand::pram;
    for (std::size_t j = 0; j < commits_.size(); ++j) {
      if (model_.demand != isolation::Demand::monotonic_reads && is_own_before(j, i)) seen.insert(j);
      if (model_.demand == isolation::Demand::own_writes || (j != i && !is_own_before(j, i))) continue;
      const std::size_t count = j != i ? reads_[j].size() : is_pram ? r + 1 : r;
      for (std::size_t k = 0; k < count; ++k) {
        const Commits::Read& earlier = reads_[j][k];
        if (earlier.writer < 0 || (!is_pram && earlier.key != reads_[i][r].key)) continue;
        const auto writer = static_cast<std::size_t>(earlier.writer);
        seen.insert(writer);
        for (std::size_t before = 0; is_pram && before < commits_.size(); ++before) {
          if (is_own_before(before, writer)) seen.insert(before);
        }
      }
    }
    return seen;
  }

  const Commits& commits_;
  const isolation::Model& model_;
  std::vector<std::vector<Commits::Read>> reads_;
};

/// Executes transactions: each takes a snapshot when it begins, and commits later. Tries every order of these events.
class Execution {
 public:
  Execution(const Commits& commits, const isolation::Model& model) : commits_(commits), model_(model) {}

  bool is_possible() {
    snapshots_.assign(commits_.size(), {});
    began_.assign(commits_.size(), -1);
    committed_.assign(commits_.size(), -1);
    return go_on({}, 0);
  }

 private:
  using State = std::map<int, int>;

  bool go_on(const State& state, int time) {
    if (std::none_of(committed_.begin(), committed_.end(), [](int at) { return at < 0; })) return true;
    for (std::size_t i = 0; i < commits_.size(); ++i) {
      if (began_[i] < 0) {
        if (!may_begin(i)) continue;
        began_[i] = time;
        snapshots_[i] = state;
        if (fits(i) &&
            (model_.demand == isolation::Demand::serializable ? commit(i, state, time + 1) : go_on(state, time + 1)))
          return true;
        began_[i] = -1;
      } else if (committed_[i] < 0 && commit(i, state, time)) {
        return true;
      }
    }
    return false;
  }

  bool commit(std::size_t i, State state, int time) {
    if (model_.demand == isolation::Demand::snapshot && conflicts(i)) return false;
    for (const Op& op : commits_[i].ops) {
      if (op.is_write) state[op.key] = op.value;
    }
    committed_[i] = time;
    if (go_on(state, time + 1)) return true;
    committed_[i] = -1;
    return false;
  }

  bool may_begin(std::size_t i) const {
    for (std::size_t j = 0; j < commits_.size(); ++j) {
      if (committed_[j] < 0 && commits_.comes_before(j, i, model_.order)) return false;
    }
    return true;
  }

  bool fits(std::size_t i) const {
    State state = snapshots_[i];
    for (const Op& op : commits_[i].ops) {
      if (op.is_write) {
        state[op.key] = op.value;
      } else if (commits_[i].is_ok() && state[op.key] != op.value) {
        return false;
      }
    }
    return true;
  }

  bool conflicts(std::size_t i) const {
    for (std::size_t j = 0; j < commits_.size(); ++j) {
      if (committed_[j] < began_[i]) continue;
      for (const Op& op : commits_[i].ops) {
        if (op.is_write && commits_.last_write(j, op.key) != 0) return true;
      }
    }
    return false;
  }

  const Commits& commits_;
  const isolation::Model& model_;
  std::vector<State> snapshots_;
  std::vector<int> began_;
  std::vector<int> committed_;
};

/// Whether some of the transactions, those that were acknowledged among them, satisfy the model.
inline bool satisfies(const Txns& txns, const isolation::Model& model) {
  for (std::size_t set = 0; set < (std::size_t{1} << txns.size()); ++set) {
    std::vector<std::size_t> members;
    bool is_possible = true;
    for (std::size_t i = 0; i < txns.size(); ++i) {
      const bool is_member = ((set >> i) & 1) != 0;
      if (is_member) members.push_back(i);
      is_possible = is_possible && txns[i].type != (is_member ? "fail" : "ok");
    }
    if (!is_possible) continue;
    const Commits commits(txns, members);
    if (model.demand >= isolation::Demand::prefix ? Execution(commits, model).is_possible()
        : model.is_session_guarantee()
            ? Axioms(commits, model).hold_in_some_order() && Guarantees(commits, model).hold()
            : Axioms(commits, model).hold_in_some_order())
      return true;
  }
  return false;
}

}  // namespace mznode::check::oracle

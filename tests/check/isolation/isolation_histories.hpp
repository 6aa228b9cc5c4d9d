#pragma once

#include <cstdint>
#include <map>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "tests/check/transactions/transactions.hpp"

/// Small random histories of registers, as plain data.
namespace mznode::check::oracle {

struct Op {
  bool is_write;
  int key;
  int value;  // 0 is the initial one
};

struct Txn {
  int process;
  int begin;
  int end;
  std::string type;  // ok, info or fail
  std::vector<Op> ops;

  bool is_ok() const { return type == "ok"; }
};

using Txns = std::vector<Txn>;

inline History history_of(const Txns& txns) {
  std::vector<TestTransaction> transactions;
  for (const Txn& txn : txns) {
    nlohmann::json value = nlohmann::json::array();
    for (const Op& op : txn.ops) {
      nlohmann::json shown = op.value;
      if (!op.is_write && (op.value == 0 || !txn.is_ok())) shown = nullptr;
      value.push_back({op.is_write ? "w" : "r", op.key, shown});
    }
    transactions.push_back({txn.begin, txn.end, txn.process, value.dump(), txn.type});
  }
  return check::history_of(transactions);
}

/// Small histories of a database that is more or less wrong.
class Histories {
 public:
  explicit Histories(std::uint64_t seed) : random_(seed) {}

  Txns next() { return draw(4) == 0 ? next_of_replicas() : next_of_one(); }

 private:
  /// Two replicas, each of which executes and tells the other one later, if ever, and not in order.
  Txns next_of_replicas() {
    Txns txns(4 + static_cast<std::size_t>(draw(3)));
    std::map<int, int> written;
    std::vector<std::map<int, int>> states(2);
    std::vector<std::vector<std::map<int, int>>> untold(2);
    int time = 0;
    for (Txn& txn : txns) {
      const auto replica = static_cast<std::size_t>(draw(2));
      if (draw(3) == 0) tell(untold[1 - replica], states[replica]);
      time += 1 + draw(3);
      txn = {static_cast<int>(replica) + 2 * draw(3), 4 * time, 4 * time + 1, "ok", {}};
      const bool writes = draw(2) == 0;
      const int first = draw(2);
      if (!writes || draw(2) == 0) txn.ops.push_back({false, first, states[replica][first]});
      const int second = 1 - first;
      if (!writes) {
        txn.ops.push_back({false, second, states[replica][second]});
        continue;
      }
      states[replica][second] = ++written[second];
      txn.ops.push_back({true, second, written[second]});
      untold[replica].push_back({{second, written[second]}});
    }
    return txns;
  }

  void tell(std::vector<std::map<int, int>>& untold, std::map<int, int>& state) {
    std::vector<std::map<int, int>> left;
    for (const auto& writes : untold) {
      if (draw(3) == 0) {
        left.push_back(writes);
        continue;
      }
      for (const auto& [key, value] : writes) state[key] = value;
    }
    untold = left;
  }

  Txns next_of_one() {
    const int sessions = 1 + draw(4);
    const int keys = 1 + draw(3);
    const int wrong = draw(4) == 0 ? 0 : 1 + draw(12);
    const bool is_blind = draw(2) == 0;  // writes without reading the key
    Txns txns(2 + static_cast<std::size_t>(draw(5)));
    std::vector<std::map<int, int>> states = {{}};  // after each commit
    std::map<int, int> written;
    std::map<int, int> free_at;
    int next_process = sessions;
    std::vector<int> processes(static_cast<std::size_t>(sessions));
    std::iota(processes.begin(), processes.end(), 0);
    for (Txn& txn : txns) {
      int& process = processes[static_cast<std::size_t>(draw(sessions))];
      txn.process = process;
      const int fate = draw(20);
      txn.type = fate == 0 ? "fail" : fate < 3 ? "info" : "ok";
      const bool takes_effect = txn.is_ok() || draw(2) == 0;
      txn.begin = free_at[txn.process] + 2 * draw(4);
      txn.end = txn.begin + 1 + 2 * draw(6);
      free_at[txn.process] = txn.end + 1;
      if (txn.type == "info") process = next_process++;
      fill(txn, keys, wrong, is_blind, states, written);
      auto state = states.back();
      for (const Op& op : txn.ops) {
        if (op.is_write) state[op.key] = op.value;
      }
      if (takes_effect) states.push_back(state);
    }
    if (draw(6) == 0) std::swap(txns.front().ops, txns.back().ops);
    if (draw(20) == 0)
      txns[static_cast<std::size_t>(draw(static_cast<int>(txns.size())))].ops.push_back({false, 0, 99});
    return txns;
  }

  int draw(int bound) {
    random_ = random_ * 6364136223846793005U + 1442695040888963407U;
    return static_cast<int>((random_ >> 33) % static_cast<std::uint64_t>(bound));
  }

  void fill(Txn& txn, int keys, int wrong, bool is_blind, const std::vector<std::map<int, int>>& states,
            std::map<int, int>& written) {
    const auto pick = [&] { return static_cast<std::size_t>(draw(static_cast<int>(states.size()))); };
    auto seen = states[draw(12) < wrong ? pick() : states.size() - 1];
    for (int i = 0, count = 1 + draw(3); i < count; ++i) {
      const int key = draw(keys);
      if (draw(40) < wrong) seen = states[pick()];
      if (draw(80) < wrong && written[key] > 0) seen[key] = 1 + draw(written[key]);
      if (draw(2) == 0) {
        if (!is_blind) txn.ops.push_back({false, key, seen[key]});
        seen[key] = ++written[key];
        txn.ops.push_back({true, key, seen[key]});
      } else {
        txn.ops.push_back({false, key, seen[key]});
      }
    }
  }

  std::uint64_t random_;
};

}  // namespace mznode::check::oracle

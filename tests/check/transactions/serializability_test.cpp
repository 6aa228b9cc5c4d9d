// Compares the checker of list-append with what it stands for: a history is serializable if some serial order explains
// all reads, and strictly so if that order also respects real time. Tried out for tiny random histories.

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <numeric>

#include "tests/check/transactions/transactions.hpp"

namespace mznode::check {
namespace {

struct TinyOp {
  bool is_append;
  int key;
  int element = 0;
  std::vector<int> seen = {};
};

struct Tiny {
  int begin = 0;
  int end = 0;
  bool is_ok = true;  // or indefinite
  std::vector<TinyOp> ops;
};

using Lists = std::map<int, std::vector<int>>;

class TinyHistories {
 public:
  explicit TinyHistories(std::uint64_t seed) : random_(seed) {}

  /// Executes transactions one after the other, gives them overlapping times, and sometimes falsifies a read. The last
  /// transaction reads everything, so that the order of all appends that took effect is known.
  std::vector<Tiny> next() {
    std::vector<Tiny> history(3 + draw(2));
    Lists lists;
    std::map<int, int> elements;
    int time = 0;
    for (Tiny& transaction : history) {
      transaction.is_ok = draw(8) != 0;
      const bool takes_effect = transaction.is_ok || draw(2) == 0;
      Lists after = lists;
      for (std::uint64_t i = 0, count = 1 + draw(3); i < count; ++i) {
        const int key = static_cast<int>(draw(2));
        if (draw(2) == 0) {
          transaction.ops.push_back({true, key, ++elements[key]});
          after[key].push_back(elements[key]);
        } else {
          transaction.ops.push_back({false, key, 0, after[key]});
        }
      }
      if (takes_effect) lists = after;
      time += static_cast<int>(draw(6));
      transaction.begin = 2 * time;
      transaction.end = transaction.begin + 1 + 2 * static_cast<int>(draw(10));
    }
    Tiny& last = history.emplace_back();
    last.begin = 1000;
    last.end = 1001;
    for (int key = 0; key < 2; ++key) last.ops.push_back({false, key, 0, lists[key]});
    if (draw(2) == 0) falsify(history[draw(history.size() - 1)]);
    return history;
  }

 private:
  std::uint64_t draw(std::uint64_t bound) {
    random_ = random_ * 6364136223846793005U + 1442695040888963407U;
    return (random_ >> 33) % bound;
  }

  void falsify(Tiny& transaction) {
    for (TinyOp& op : transaction.ops) {
      if (!op.is_append && !op.seen.empty()) return op.seen.pop_back();
    }
  }

  std::uint64_t random_;
};

bool explains(const std::vector<Tiny>& history, const std::vector<std::size_t>& order) {
  Lists lists;
  for (const std::size_t i : order) {
    for (const TinyOp& op : history[i].ops) {
      if (op.is_append) {
        lists[op.key].push_back(op.element);
      } else if (history[i].is_ok && lists[op.key] != op.seen) {
        return false;
      }
    }
  }
  return true;
}

bool respects_time(const std::vector<Tiny>& history, const std::vector<std::size_t>& order) {
  for (std::size_t i = 0; i < order.size(); ++i) {
    for (std::size_t j = i + 1; j < order.size(); ++j) {
      if (history[order[j]].is_ok && history[order[j]].end < history[order[i]].begin) return false;
    }
  }
  return true;
}

/// Tries every order of every set of transactions that has the acknowledged ones.
bool is_serializable(const std::vector<Tiny>& history, bool strict) {
  for (std::size_t set = 0; set < (std::size_t{1} << history.size()); ++set) {
    std::vector<std::size_t> order;
    bool is_possible = true;
    for (std::size_t i = 0; i < history.size(); ++i) {
      if ((set >> i) & 1) order.push_back(i);
      is_possible = is_possible && (!history[i].is_ok || ((set >> i) & 1));
    }
    if (!is_possible) continue;
    do {
      if (explains(history, order) && (!strict || respects_time(history, order))) return true;
    } while (std::next_permutation(order.begin(), order.end()));
  }
  return false;
}

std::string value_of(const Tiny& transaction) {
  nlohmann::json value = nlohmann::json::array();
  for (const TinyOp& op : transaction.ops) {
    if (op.is_append) {
      value.push_back({"append", op.key, op.element});
    } else if (op.seen.empty() || !transaction.is_ok) {
      value.push_back({"r", op.key, nullptr});
    } else {
      value.push_back({"r", op.key, op.seen});
    }
  }
  return value.dump();
}

TEST(ListAppend, AgreesWithEverySerialOrderOfTinyHistories) {
  TinyHistories histories(7);
  std::map<std::pair<bool, bool>, int> verdicts;
  for (int round = 0; round < 5000; ++round) {
    const std::vector<Tiny> tiny = histories.next();
    std::vector<TestTransaction> transactions;
    for (const Tiny& it : tiny) {
      const int process = static_cast<int>(transactions.size());
      transactions.push_back({it.begin, it.end, process, value_of(it), it.is_ok ? "ok" : "info"});
    }
    const History history = history_of(transactions);
    std::pair<bool, bool> expected;
    for (const bool strict : {false, true}) {
      const bool valid = is_serializable(tiny, strict);
      (strict ? expected.second : expected.first) = valid;
      const Verdict verdict = judged(history, "list-append", strict ? "strict-serializable" : "serializable");
      // A history without dependencies has every order.
      const Valid wanted = verdict.valid == Valid::unknown ? Valid::unknown : valid ? Valid::yes : Valid::no;
      EXPECT_TRUE(verdict.valid == wanted && (verdict.valid != Valid::unknown || valid))
          << "round " << round << (strict ? ", strict: " : ": ") << to_details(verdict).dump(1);
    }
    ++verdicts[expected];
    if (HasFailure()) break;
  }
  for (const auto& kind : {std::pair(true, true), std::pair(true, false), std::pair(false, false)}) {
    EXPECT_GT(verdicts[kind], 50) << kind.first << kind.second;
  }
}

}  // namespace
}  // namespace mznode::check

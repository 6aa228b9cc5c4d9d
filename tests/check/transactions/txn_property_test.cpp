// What must hold of every history: what a serial execution gave is valid, an anomaly is found wherever it happens, the
// order of what is concurrent does not matter, and no text makes a checker fail.

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "mznode/check/edn.hpp"
#include "mznode/check/jsonl.hpp"
#include "tests/check/transactions/transactions.hpp"

namespace mznode::check {
namespace {

class Draws {
 public:
  explicit Draws(std::uint64_t seed) : state_(seed) {}
  std::size_t draw(std::size_t bound) {
    state_ = state_ * 6364136223846793005U + 1442695040888963407U;  // Knuth, MMIX
    return (state_ >> 33) % bound;
  }
  int draw_int(std::size_t bound) { return static_cast<int>(draw(bound)); }

 private:
  std::uint64_t state_;
};

/// A database that executes each transaction at one moment between its begin and its end. Some fail, of some nobody
/// learns how they ended.
class Database {
 public:
  Database(std::uint64_t seed, bool lists) : random_(seed), lists_(lists) {}

  std::vector<TestTransaction> run(int count) {
    std::vector<TestTransaction> transactions;
    for (int i = 0; i < count; ++i) {
      const int moment = 10 * i + 50;
      TestTransaction it;
      it.begin = moment - random_.draw_int(45);
      it.end = moment + 1 + random_.draw_int(45);
      const std::size_t fate = random_.draw(20);
      it.type = fate == 0 ? "fail" : fate < 3 ? "info" : "ok";
      it.value = execute(it.type == "ok", fate > 1);
      it.process = free_process(it);
      transactions.push_back(std::move(it));
    }
    return transactions;
  }

 private:
  struct Key {
    int name = 0;
    int writes = 0;
    std::vector<int> state = {};
  };

  std::string execute(bool tells_reads, bool takes_effect) {
    const std::vector<Key> before = keys_;
    std::string value = "[";
    for (std::size_t i = 0, count = 1 + random_.draw(4); i < count; ++i) {
      Key& key = keys_[random_.draw(keys_.size())];
      const std::string name = std::to_string(key.name);
      if (i > 0) value += ',';
      if (random_.draw(2) == 0) {
        value += "[\"r\"," + name + "," + (tells_reads ? shown(key) : "null") + "]";
        continue;
      }
      const int element = ++elements_[key.name];
      value += (lists_ ? "[\"append\"," : "[\"w\",") + name + "," + std::to_string(element) + "]";
      if (!lists_) key.state.clear();
      key.state.push_back(element);
      if (++key.writes == 20) key = {.name = next_key_++};
    }
    if (!takes_effect) keys_ = before;
    return value + "]";
  }

  std::string shown(const Key& key) const {
    if (key.state.empty()) return "null";
    return lists_ ? nlohmann::json(key.state).dump() : std::to_string(key.state.back());
  }

  int free_process(const TestTransaction& transaction) {
    for (auto& [process, busy_until] : processes_) {
      if (busy_until >= transaction.begin) continue;
      busy_until = transaction.end;
      if (transaction.type != "info") return process;
      const int crashed = process;
      processes_.erase(crashed);
      return crashed;
    }
    if (transaction.type != "info") processes_[next_process_] = transaction.end;
    return next_process_++;
  }

  Draws random_;
  bool lists_;
  std::vector<Key> keys_ = {{.name = 0}, {.name = 1}, {.name = 2}, {.name = 3}};
  std::map<int, int> elements_;  // by key
  std::map<int, int> processes_;
  int next_key_ = 4;
  int next_process_ = 0;
};

/// Transactions that show an anomaly, on the keys x, y and z, and a model that forbids it.
struct Gadget {
  std::string anomaly;
  std::string model;
  std::vector<TestTransaction> transactions;
};

std::vector<TestTransaction> overlapping(const std::vector<std::string>& values) {
  std::vector<TestTransaction> transactions;
  for (const std::string& value : values) {
    const int number = static_cast<int>(transactions.size());
    transactions.push_back({number, 20 + number, number, value});
  }
  return transactions;
}

std::vector<Gadget> list_gadgets() {
  return {
      {"G0", "read-uncommitted",
       overlapping({R"([["append","x",1],["append","y",1]])", R"([["append","x",2],["append","y",2]])",
                    R"([["r","x",[1,2]],["r","y",[2,1]]])"})},
      {"G1a", "read-committed", {{0, 9, 0, R"([["append","x",1]])", "fail"}, {1, 8, 1, R"([["r","x",[1]]])"}}},
      {"G1b", "read-committed", overlapping({R"([["append","x",1],["append","x",2]])", R"([["r","x",[1]]])"})},
      {"G1c", "read-committed",
       overlapping({R"([["append","x",1],["r","y",[1]]])", R"([["append","y",1],["r","x",[1]]])"})},
      {"G-single-item", "snapshot-isolation",
       overlapping({R"([["r","x",null],["r","y",[1]]])", R"([["append","x",1],["append","y",1]])"})},
      {"G-nonadjacent-item", "snapshot-isolation",
       overlapping({R"([["r","a",null],["r","d",[1]]])", R"([["append","a",1],["append","b",1]])",
                    R"([["r","b",[1]],["r","c",null]])", R"([["append","c",1],["append","d",1]])"})},
      {"G2-item", "serializable",
       overlapping({R"([["r","x",null],["append","y",1]])", R"([["r","y",null],["append","x",1]])"})},
      {"G-single-item-process",
       "strong-session-serializable",
       {{0, 1, 0, R"([["append","x",1]])"}, {2, 3, 0, R"([["r","x",null]])"}}},
      {"G-single-item-realtime",
       "strict-serializable",
       {{0, 1, 0, R"([["append","x",1]])"}, {2, 3, 1, R"([["r","x",null]])"}}},
      {"lost-update", "update-atomic",
       overlapping({R"([["r","x",null],["append","x",1]])", R"([["r","x",null],["append","x",2]])"})},
      {"internal", "read-atomic", overlapping({R"([["append","x",1],["r","x",null]])"})},
      {"future-read", "read-atomic", overlapping({R"([["r","x",[1]],["append","x",1]])"})},
      {"incompatible-order", "read-committed",
       overlapping({R"([["append","x",1],["append","x",2]])", R"([["r","x",[1,2]]])", R"([["r","x",[2]]])"})},
      {"duplicate-elements", "read-uncommitted", overlapping({R"([["append","x",1]])", R"([["r","x",[1,1]]])"})},
      {"dirty-update",
       "read-committed",
       {{0, 9, 0, R"([["append","x",1]])", "fail"},
        {1, 8, 1, R"([["append","x",2]])"},
        {2, 7, 2, R"([["r","x",[1,2]]])"}}},
  };
}

std::vector<Gadget> register_gadgets() {
  return {
      {"G1a", "read-committed", {{0, 9, 0, R"([["w","x",1]])", "fail"}, {1, 8, 1, R"([["r","x",1]])"}}},
      {"G1b", "read-committed", overlapping({R"([["w","x",1],["w","x",2]])", R"([["r","x",1]])"})},
      {"G1c", "read-committed", overlapping({R"([["w","x",1],["r","y",1]])", R"([["w","y",1],["r","x",1]])"})},
      {"G-single-item", "snapshot-isolation",
       overlapping({R"([["r","x",null],["r","y",1]])", R"([["w","x",1],["w","y",1]])"})},
      {"G2-item", "serializable", overlapping({R"([["r","x",null],["w","y",1]])", R"([["r","y",null],["w","x",1]])"})},
      {"G-single-item-realtime",
       "strict-serializable",
       {{0, 1, 0, R"([["w","x",1]])"}, {2, 3, 1, R"([["r","x",null]])"}}},
      {"lost-update", "update-atomic",
       overlapping({R"([["r","x",null],["w","x",1]])", R"([["r","x",null],["w","x",2]])"})},
      {"internal", "read-atomic", overlapping({R"([["w","x",1],["r","x",2]])", R"([["w","x",2]])"})},
      {"cyclic-versions", "read-uncommitted",
       overlapping({R"([["r","x",1],["w","x",2]])", R"([["r","x",2],["w","x",1]])"})},
  };
}

std::vector<TestTransaction> with_gadget(std::vector<TestTransaction> transactions, const Gadget& gadget, int at) {
  for (TestTransaction it : gadget.transactions) {
    it.begin += at;
    it.end += at;
    it.process += 10'000;
    transactions.push_back(std::move(it));
  }
  return transactions;
}

/// Puts what is concurrent into another order: invocations, or completions, that stand next to each other.
History shuffled(History history, Draws& random) {
  for (std::size_t begin = 0; begin < history.size();) {
    std::size_t end = begin + 1;
    const auto begins = [&](std::size_t i) { return history[i].type == Type::invoke; };
    while (end < history.size() && begins(end) == begins(begin)) ++end;
    for (std::size_t i = begin + 1; i < end; ++i) std::swap(history[i], history[begin + random.draw(i - begin + 1)]);
    begin = end;
  }
  for (std::size_t i = 0; i < history.size(); ++i) {
    history[i].index = static_cast<std::int64_t>(i);
    history[i].time_ns = static_cast<std::int64_t>(i) * 1'000'000;
  }
  return history;
}

class Transactions : public testing::TestWithParam<bool> {
 protected:
  bool lists() const { return GetParam(); }
  std::vector<Gadget> gadgets() const { return lists() ? list_gadgets() : register_gadgets(); }
  Verdict judge(const History& history, const std::string& models) const {
    CheckOptions options;
    options.consistency_models = ConsistencyModels::parse(models);
    options.assume.wfr_keys = true;
    options.strongest_models = true;
    return find_checker(lists() ? "list-append" : "rw-register")->check(history, options);
  }
};

TEST_P(Transactions, WhatASerialExecutionGaveIsValid) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    const auto transactions = Database(seed, lists()).run(10 + 5 * static_cast<int>(seed));
    const Verdict verdict = judge(history_of(transactions), "strict-serializable");
    ASSERT_EQ(verdict.valid, Valid::yes) << "seed " << seed << ": " << to_details(verdict).dump(1);
    EXPECT_EQ(to_details(verdict)["strongest-models"].dump(), R"(["strict-serializable"])");
  }
}

TEST_P(Transactions, AnAnomalyIsFoundByNameWhereverItHappens) {
  for (const Gadget& gadget : gadgets()) {
    for (std::uint64_t seed = 0; seed < 5; ++seed) {
      const auto transactions = Database(seed, lists()).run(150);
      const History history = history_of(with_gadget(transactions, gadget, 200 + 250 * static_cast<int>(seed)));
      const Verdict verdict = judge(history, gadget.model);
      EXPECT_EQ(verdict.valid, Valid::no) << gadget.anomaly;
      EXPECT_TRUE(types(verdict).contains(gadget.anomaly))
          << gadget.anomaly << ": " << to_details(verdict)["anomaly-types"];
      EXPECT_FALSE(to_details(verdict)["explanation"].empty());
      for (const std::string& model : verdict.found<check::StrongestModelsFinding>()->models) {
        EXPECT_EQ(judge(history, model).valid, Valid::yes) << gadget.anomaly << " and " << model;
      }
    }
  }
}

TEST_P(Transactions, TheOrderOfWhatIsConcurrentDoesNotMatter) {
  Draws random(5);
  for (const Gadget& gadget : gadgets()) {
    const History history = history_of(with_gadget(Database(random.draw(1000), lists()).run(60), gadget, 300));
    const Verdict expected = judge(history, gadget.model);
    for (int round = 0; round < 5; ++round) {
      const History other = shuffled(history, random);
      const Verdict verdict = judge(other, gadget.model);
      EXPECT_EQ(verdict.valid, expected.valid) << gadget.anomaly;
      EXPECT_EQ(to_details(verdict)["strongest-models"], to_details(expected)["strongest-models"]) << gadget.anomaly;
      for (const char* model : {"strict-serializable", "serializable", "snapshot-isolation", "read-committed"}) {
        EXPECT_EQ(judge(other, model).valid, judge(history, model).valid) << gadget.anomaly << " and " << model;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Checkers, Transactions, testing::Bool(),
                         [](const auto& lists) { return lists.param ? "ListAppend" : "RwRegister"; });

std::string damaged(std::string text, Draws& random) {
  static constexpr std::string_view pieces[] = {
      "[",  "]",     "{",    "}", "\"", ":", " ",  ",",   "nil", "-1",  "99999999999999999999",
      ":r", "\"r\"", "null", "0", "ok", "#", "\\", "1.5", "\n",  "\xff"};
  for (std::size_t i = 0, count = 1 + random.draw(4); i < count; ++i) {
    const std::size_t at = random.draw(text.size());
    switch (random.draw(4)) {
      case 0: text.erase(at, 1 + random.draw(6)); break;
      case 1: text.insert(at, pieces[random.draw(std::size(pieces))]); break;
      case 2: text.insert(at, text.substr(random.draw(text.size()), random.draw(20))); break;
      default: text.replace(at, 1, pieces[random.draw(std::size(pieces))]);
    }
    if (text.empty()) text = " ";
  }
  return text;
}

TEST(DamagedHistories, GetAnErrorOrAVerdict) {
  const History logs = shorthand({R"(0 invoke send [["send","x",1]])", R"(0 ok send [["send","x",[0,1]]])",
                                  R"(1 invoke assign ["x"])", R"(1 ok assign ["x"])", R"(1 invoke poll [["poll"]])",
                                  R"(1 ok poll [["poll",{"x":[[0,1]]}]])", "1 invoke crash null", "1 info crash null"});
  const std::pair<const char*, History> histories[] = {{"list-append", history_of(Database(1, true).run(6))},
                                                       {"rw-register", history_of(Database(2, false).run(6))},
                                                       {"kafka", logs}};
  CheckOptions options;
  options.strongest_models = true;
  options.assume = {.wfr_keys = true, .sequential_keys = true, .linearizable_keys = true};
  Draws random(11);
  int judged = 0;
  int refused = 0;
  for (int round = 0; round < 3000; ++round) {
    const auto& [checker, history] = histories[random.draw(std::size(histories))];
    const std::string text = damaged(round % 2 == 0 ? write_edn(history) : write_jsonl(history), random);
    options.compat_jepsen = random.draw(2) == 0;
    try {
      find_checker(checker)->check(read_history(text), options);
      ++judged;
    } catch (const HistoryError& error) {
      EXPECT_NE(std::string(error.what()), "");
      ++refused;
    }
  }
  EXPECT_GT(judged, 100);
  EXPECT_GT(refused, 100);
}

}  // namespace
}  // namespace mznode::check

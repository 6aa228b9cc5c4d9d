#pragma once

#include <set>
#include <string>
#include <vector>

#include "mznode/check/registry.hpp"
#include "mznode/check/txn/anomalies.hpp"
#include "tests/check/shorthand.hpp"

namespace mznode::check {

/// A transaction of a test: when it begins and ends, in any unit, and what it did.
struct TestTransaction {
  int begin = 0;
  int end = 0;
  int process = 0;
  std::string value;
  std::string type = "ok";
};

/// Their history. What reads have seen stands in the invocations, too, where it means nothing.
inline History history_of(const std::vector<TestTransaction>& transactions) {
  struct Event {
    int time;
    bool ends;
    const TestTransaction* transaction;
  };
  std::vector<Event> events;
  for (const auto& it : transactions) {
    events.push_back({it.begin, false, &it});
    events.push_back({it.end, true, &it});
  }
  std::stable_sort(events.begin(), events.end(), [](const Event& a, const Event& b) { return a.time < b.time; });
  std::vector<std::string> lines;
  for (const Event& event : events) {
    const TestTransaction& it = *event.transaction;
    lines.push_back(std::to_string(it.process) + " " + (event.ends ? it.type : "invoke") + " txn " + it.value);
  }
  return shorthand(lines);
}

/// Transactions that all overlap, each of a process of its own.
inline History concurrent(const std::vector<std::string>& values) {
  std::vector<TestTransaction> transactions;
  for (const auto& value : values) {
    const int number = static_cast<int>(transactions.size());
    transactions.push_back({number, 100 + number, number, value, "ok"});
  }
  return history_of(transactions);
}

inline Verdict judged(const History& history, const std::string& checker, const std::string& models,
                      Assumptions assume = {}, CompleteCheck complete = CompleteCheck::where_affordable) {
  CheckOptions options;
  options.complete = complete;
  options.consistency_models = ConsistencyModels::parse(models);
  options.assume = assume;
  return find_checker(checker)->check(history, options);
}

/// The types of the anomalies that were found.
inline std::set<std::string> types(const Verdict& verdict) {
  return to_details(verdict).value("anomaly-types", std::set<std::string>{});
}

}  // namespace mznode::check

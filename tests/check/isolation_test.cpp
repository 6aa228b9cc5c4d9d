// Compares the complete checkers with what the models mean, on small random histories, and with the labelled histories
// that lie next to the source tree, where they do.

#include <gtest/gtest.h>

#include <map>

#include "isolation/decision.hpp"
#include "tests/check/isolation_oracle.hpp"
#include "tests/check/labels.hpp"
#include "txn/registers.hpp"

namespace mznode::check {
namespace {

using isolation::Decision;
using isolation::Demand;
using isolation::Model;

Decision decided(const History& history, const Model& model) {
  txn::Transactions transactions;
  txn::RegisterReader(history).read(transactions);
  std::vector<isolation::ReadFault> faults;
  const isolation::Commits commits = isolation::find_commits(history, transactions, faults);
  return isolation::decide(commits, faults, model, {});
}

TEST(Isolation, AgreesWithEveryOrderOfSmallHistories) {
  const int rounds = std::getenv("ROUNDS") ? std::atoi(std::getenv("ROUNDS")) : 1000;
  oracle::Histories histories(11);
  std::map<std::string_view, std::map<bool, int>> verdicts;
  for (int round = 0; round < rounds && !HasFailure(); ++round) {
    const oracle::Txns txns = histories.next();
    const History history = oracle::history_of(txns);
    for (const Model& model : isolation::models()) {
      const bool expected = oracle::satisfies(txns, model);
      const Decision decision = decided(history, model);
      EXPECT_EQ(decision.valid, expected ? Valid::yes : Valid::no) << "round " << round << ", " << model.name << "\n"
                                                                   <<
          [&] {
            std::string text;
            for (const Operation& it : history) {
              text += std::to_string(it.process) + " " + std::string(type_name(it.type)) + " " + it.value.text() + "\n";
            }
            return text;
          }();
      ++verdicts[model.name][expected];
    }
  }
  for (const auto& [name, counts] : verdicts) {
    std::cout << name << " " << counts.at(true) << " " << counts.at(false) << "\n";
  }
}

TEST(Isolation, Labelled) {
  const auto histories = find_histories();
  if (histories.empty()) return;
  const auto causal = histories.parent_path() / "cases" / "causal";
  std::ifstream labels(causal / "expected.tsv");
  std::string name;
  std::string label;
  while (labels >> name >> label) {
    const Decision decision = decided(read_history(contents(causal / name)), *isolation::find_model("causal"));
    EXPECT_EQ(decision.valid, label == "true" ? Valid::yes : Valid::no) << name;
  }
  EXPECT_EQ(decided(read_history(contents(causal / "dgraph_si.edn")), *isolation::find_model("causal")).valid,
            Valid::no);
}

}  // namespace
}  // namespace mznode::check

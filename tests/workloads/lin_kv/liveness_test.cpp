#include "tests/workloads/liveness.hpp"

#include <gtest/gtest.h>

#include "mznode/workloads/harness.hpp"
#include "tests/workloads/trial.hpp"

// Two seconds after a fault has ended, every operation is answered with certainty.
namespace mznode::linearizable_kv {
namespace {

struct Case {
  const char* strategy;
  Fault fault;
};

/// Of strategies that find a majority as soon as there is one.
std::vector<Case> all_cases() {
  std::vector<Case> cases;
  for (const char* strategy : {"raft", "caspaxos"}) {
    for (const Fault fault : find_strategy(find_workload("lin-kv"), strategy).guarantees.survives) {
      cases.push_back({strategy, fault});
    }
  }
  return cases;
}

TestSettings settings_of(const Case& each, std::size_t nodes, std::uint64_t seed) {
  TestSettings settings;
  settings.workload = "lin-kv";
  settings.strategy = each.strategy;
  settings.nodes = sim::node_names(nodes);
  settings.concurrency = 4;
  // What one register carries when all nodes change it at once: CASPaxos' proposers meet again and again beyond that.
  settings.rate_millis = 20'000;
  settings.time_limit = 30s;
  settings.nemesis = {std::string(fault_name(each.fault))};
  settings.nemesis_interval = 4s;
  settings.latency.mean_ms = static_cast<std::int64_t>(seed % 3) * 10;
  settings.seed = seed;
  settings.keep_journal = false;
  return settings;
}

class Liveness : public testing::TestWithParam<Case> {};

TEST_P(Liveness, TwoSecondsAfterAFaultEveryOperationIsAnswered) {
  std::size_t answered = 0;
  for (const std::size_t nodes : {2U, 3U, 5U}) {
    for (std::uint64_t seed = 0; seed < seeds_per_cell(3); ++seed) {
      const auto report = run_test(settings_of(GetParam(), nodes, seed), [] { return false; });
      const CalmOperations findings = find_calm_operations(report.run.history);
      answered += findings.answered;
      ASSERT_TRUE(findings.unanswered.empty())
          << fault_name(GetParam().fault) << ", nodes " << nodes << ", seed " << seed << ": "
          << findings.unanswered.front().f << " at " << findings.unanswered.front().time_ns
          << " ns: " << findings.unanswered.front().error.value_or(Json()).text();
    }
  }
  EXPECT_GT(answered, 100u);
}

INSTANTIATE_TEST_SUITE_P(All, Liveness, testing::ValuesIn(all_cases()), [](const auto& each) {
  std::string name = each.param.strategy + ("_" + std::string(fault_name(each.param.fault)));
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

check::Operation completion(check::Type type, const char* f, std::optional<Json> error = {}) {
  check::Operation event;
  event.type = type;
  event.process = 0;
  event.f = f;
  event.error = std::move(error);
  return event;
}

TEST(AnswersEveryKind, ARefusalByTheRegisterIsAnAnswerButWantOfAMajorityIsNone) {
  const check::History refused = {completion(check::Type::ok, "read"),
                                  completion(check::Type::fail, "cas", Json("precondition-failed"))};
  EXPECT_TRUE(answers_every_kind(refused));
  const check::History unavailable = {completion(check::Type::ok, "read"),
                                      completion(check::Type::fail, "cas", Json("temporarily-unavailable"))};
  EXPECT_FALSE(answers_every_kind(unavailable));
  EXPECT_FALSE(answers_every_kind({completion(check::Type::ok, "read"), completion(check::Type::info, "cas")}));
}

}  // namespace
}  // namespace mznode::linearizable_kv

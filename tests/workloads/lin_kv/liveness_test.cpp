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
  settings.keep_journal = true;
  return settings;
}

class Liveness : public testing::TestWithParam<Case> {};

TEST_P(Liveness, TwoSecondsAfterAFaultEveryOperationIsAnswered) {
  std::size_t answered = 0;
  for (const std::size_t nodes : {2U, 3U, 5U}) {
    for (std::uint64_t seed = 0; seed < seeds_per_cell(3); ++seed) {
      const auto report = run_test(settings_of(GetParam(), nodes, seed), [] { return false; });
      const CalmOperations findings = find_calm_operations(report.run);
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

/// A run with a fault in its first second, during which a message was sent that comes three seconds later, and an
/// operation without an answer that begins at `begins_at`.
sim::RunResult run_with_late_message(Duration begins_at) {
  const auto event = [](check::Type type, std::int64_t process, const char* f, Duration at) {
    check::Operation each = completion(type, f);
    each.process = process;
    each.time_ns = at.count();
    return each;
  };
  sim::RunResult run;
  run.started = Time(7s);
  run.history = {event(check::Type::info, check::nemesis_process, "start-slow", 0s),
                 event(check::Type::info, check::nemesis_process, "stop-slow", 1s),
                 event(check::Type::invoke, 0, "write", begins_at),
                 event(check::Type::info, 0, "write", begins_at + 1s)};
  const std::uint64_t early = 0;
  const std::uint64_t late = 1;
  const std::uint64_t quick = 2;
  using Event = sim::JournalEntry::Event;
  run.journal = {{run.started + 800ms, Event::send, late},     {run.started + 900ms, Event::send, early},
                 {run.started + 950ms, Event::receive, early}, {run.started + 3900ms, Event::receive, late},
                 {run.started + 4100ms, Event::send, quick},   {run.started + 4200ms, Event::receive, quick}};
  return run;
}

TEST(CalmOperations, BeginTwoSecondsAfterTheLastMessageCameThatWasSentBeforeAFaultEnded) {
  EXPECT_TRUE(find_calm_operations(run_with_late_message(3100ms)).unanswered.empty());
  EXPECT_TRUE(find_calm_operations(run_with_late_message(5899ms)).unanswered.empty());
  EXPECT_EQ(find_calm_operations(run_with_late_message(5900ms)).unanswered.size(), 1u);
  sim::RunResult without_journal = run_with_late_message(5900ms);
  without_journal.journal.clear();
  EXPECT_THROW(find_calm_operations(without_journal), std::invalid_argument) << "it would pass for calm too early";
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

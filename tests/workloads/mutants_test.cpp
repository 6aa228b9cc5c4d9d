#include <gtest/gtest.h>

#include "tests/workloads/mutants/mutants.hpp"
#include "tests/workloads/trial.hpp"

namespace mznode {
namespace {

using check::Valid;
using Find = bool (*)(const Trial::Result&);

bool has_wrong_echo(const Trial::Result& result) {
  return result.workload.valid == Valid::no && !result.workload.details["errors"].empty();
}
bool has_second_answer(const Trial::Result& result) {
  return !result.run.malformed_replies.empty() &&
         result.run.malformed_replies[0].find("answered this request before") != std::string::npos;
}
bool has_unasked_answer(const Trial::Result& result) {
  return !result.run.malformed_replies.empty() &&
         result.run.malformed_replies[0].find("in_reply_to is of no request") != std::string::npos;
}
bool has_duplicate_ids(const Trial::Result& result) {
  return result.workload.valid == Valid::no && result.workload.details["duplicated-count"] > 0;
}
bool has_lost_element(const Trial::Result& result) {
  return result.workload.valid == Valid::no && result.workload.details["lost-count"] > 0;
}
bool has_duplicated_element(const Trial::Result& result) {
  return result.workload.valid == Valid::no && result.workload.details["duplicated-count"] > 0;
}

bool has_wrong_sum(const Trial::Result& result) {
  return result.workload.valid == Valid::no && !result.workload.details["errors"].empty();
}
bool has_no_linearization(const Trial::Result& result) {
  return result.workload.valid == Valid::no && !result.workload.details["failures"].empty();
}

struct Mutant {
  const char* name;
  const char* workload;
  mutants::Installed (*install)(Node&);
  std::vector<Fault> faults;
  /// Recognises the anomaly that this mutant must show.
  Find finds;
  std::size_t nodes = 3;
};

std::ostream& operator<<(std::ostream& out, const Mutant& mutant) { return out << mutant.name; }

const std::vector<Mutant>& all_mutants() {
  static const std::vector<Mutant> all = {
      {"EchoWithAnotherPayload", "echo", mutants::echo_wrong_payload, {}, has_wrong_echo},
      {"EchoAnsweredTwice", "echo", mutants::echo_answers_twice, {}, has_second_answer},
      {"EchoWithTheWrongInReplyTo", "echo", mutants::echo_wrong_in_reply_to, {}, has_unasked_answer},
      {"IdsWithoutTheNode", "unique-ids", mutants::ids_without_node, {}, has_duplicate_ids},
      {"IdsFromAClockThatJumps", "unique-ids", mutants::ids_from_time, {Fault::skew}, has_duplicate_ids},
      {"IdsThatRestartFromZero", "unique-ids", mutants::ids_without_incarnation, {Fault::kill}, has_duplicate_ids},
      {"BroadcastDropsAnElement", "broadcast", mutants::broadcast_drops, {}, has_lost_element},
      {"BroadcastShowsAnElementTwice", "broadcast", mutants::broadcast_duplicates, {}, has_duplicated_element},
      {"BroadcastForgetsInAPartition", "broadcast", mutants::broadcast_never_resends, {Fault::partition}, has_lost_element},
      {"BroadcastForgetsInAOneWayPartition", "broadcast", mutants::broadcast_never_resends, {Fault::partition_one_way},
       has_lost_element},
      {"BroadcastForgetsWhatIsLost", "broadcast", mutants::broadcast_never_resends, {Fault::loss}, has_lost_element},
      {"BroadcastAcksBeforeItStores", "broadcast", mutants::broadcast_acks_before_storing, {Fault::kill}, has_lost_element},
      {"BroadcastResendsWithoutDedupe", "broadcast", mutants::broadcast_resends_without_dedupe, {Fault::loss},
       has_duplicated_element},
      {"BroadcastTakesMessagesTwice", "broadcast", mutants::broadcast_resends_without_dedupe, {Fault::duplicate},
       has_duplicated_element},
      {"BroadcastTakesARestartedNodeForTheOldOne", "broadcast", mutants::broadcast_acks_without_incarnation,
       {Fault::kill}, has_lost_element},
      {"BroadcastMergesByOverwriting", "broadcast", mutants::broadcast_overwrites, {}, has_lost_element},
      {"SetDropsAnElement", "g-set", mutants::set_drops, {}, has_lost_element, 1},
      {"CounterCountsTwice", "g-counter", mutants::counter_counts_twice, {}, has_wrong_sum, 1},
      {"LinKvReadsFromACache", "lin-kv", mutants::lin_kv_reads_from_a_cache, {}, has_no_linearization},
      {"LinKvLosesWrites", "lin-kv", mutants::lin_kv_loses_writes, {}, has_no_linearization},
      {"LinKvCasIgnoresTheExpectedValue", "lin-kv", mutants::lin_kv_cas_ignores_the_expected, {}, has_no_linearization},
      {"LinKvCasFailsAndSets", "lin-kv", mutants::lin_kv_cas_fails_and_sets, {}, has_no_linearization},
      {"LinKvCallsAnOpenOutcomeAFailure", "lin-kv", mutants::lin_kv_calls_an_open_outcome_a_failure, {},
       has_no_linearization},
      {"CounterShowsOneTooMany", "pn-counter", mutants::counter_reads_wrong, {}, has_wrong_sum, 1},
  };
  return all;
}

class Mutants : public testing::TestWithParam<Mutant> {};

TEST_P(Mutants, IsJudgedInvalidByTheCheckerThatShouldFindIt) {
  const Mutant& mutant = GetParam();
  constexpr std::uint64_t seeds = 12;
  std::uint64_t found = 0;
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    const Trial trial{.workload = mutant.workload, .nodes = mutant.nodes, .rate = 100, .faults = mutant.faults, .seed = seed};
    const auto result = trial.run(mutant.install);
    ASSERT_FALSE(result.run.error) << *result.run.error;
    if (!mutant.finds(result)) continue;
    EXPECT_FALSE(result.is_valid());
    ++found;
  }
  // Some faults need luck to show: a kill in the right moment.
  EXPECT_GE(found, seeds / 3) << "of " << seeds;
}

INSTANTIATE_TEST_SUITE_P(All, Mutants, testing::ValuesIn(all_mutants()),
                         [](const auto& each) { return std::string(each.param.name); });

TEST(MutantControls, WithoutTheirFaultTheMutantsThatNeedOnePass) {
  for (const Mutant& mutant : all_mutants()) {
    if (mutant.faults.empty()) continue;
    for (std::uint64_t seed = 0; seed < 3; ++seed) {
      const Trial trial{.workload = mutant.workload, .rate = 20, .seed = seed};
      const auto result = trial.run(mutant.install);
      EXPECT_TRUE(result.is_valid()) << mutant.name << " with seed " << seed << ": " << result.workload.details.dump();
    }
  }
}

// What the two mutants break that fail only when processes die: a node that comes back with empty memory is told again
// what it told before, as long as one node was up all the time.
TEST(MutantControls, ADisseminatorThatRelaysRefillsNodesThatWereKilled) {
  for (std::uint64_t seed = 0; seed < seeds_per_cell(40); ++seed) {
    const Trial trial{.workload = "broadcast", .rate = 100, .faults = {Fault::kill}, .seed = seed};
    const auto result = trial.run(mutants::broadcast_relay);
    EXPECT_TRUE(result.is_valid()) << "seed " << seed << ": " << result.workload.details.dump();
  }
}

TEST(Verdicts, ATestWithoutAnySuccessOfAKindSaysSo) {
  const Trial trial{.workload = "broadcast", .seed = 1};
  const auto result = trial.run(mutants::broadcast_never_acks);
  EXPECT_FALSE(result.is_valid());
  EXPECT_EQ(result.stats.valid, Valid::no);
  EXPECT_EQ(result.stats.details["error"], "every kind of operation needs at least one ok, but has none: broadcast");
}

}  // namespace
}  // namespace mznode

#include "tests/workloads/mutants/table.hpp"

namespace mznode {
namespace {

using check::Valid;

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

/// So much that some answers of a service come later than the mutants' time-out.
constexpr std::int64_t latency_ms = 20;
/// So many that those who wait for a node that is down leave some for the moment when it is back.
constexpr std::size_t many_workers = 100;

}  // namespace

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
      {"SetMergesByOverwriting", "g-set", mutants::set_overwrites, {}, has_lost_element},
      {"SetForgetsInAPartition", "g-set", mutants::set_never_resends, {Fault::partition}, has_lost_element},
      {"SetForgetsInAOneWayPartition", "g-set", mutants::set_never_resends, {Fault::partition_one_way}, has_lost_element},
      {"SetForgetsWhatIsLost", "g-set", mutants::set_never_resends, {Fault::loss}, has_lost_element},
      {"SetDropsAnElement", "g-set", mutants::set_drops, {}, has_lost_element, 1},
      {"CounterCountsTwice", "g-counter", mutants::counter_counts_twice, {}, has_wrong_sum, 1},
      {"CounterShowsOneTooMany", "pn-counter", mutants::counter_reads_wrong, {}, has_wrong_sum, 1},
      {"CounterMergesByOverwriting", "g-counter", mutants::counter_overwrites, {}, has_wrong_sum, 3, latency_ms},
      {"CounterTakesTheSlotOfTheOldProcess", "g-counter", mutants::counter_without_incarnation, {Fault::kill}, has_wrong_sum,
       3, 0, many_workers},
      {"CounterAcksBeforeItStores", "g-counter", mutants::counter_acks_before_storing, {Fault::kill}, has_wrong_sum},
      {"CounterForgetsInAPartition", "pn-counter", mutants::counter_never_resends, {Fault::partition}, has_wrong_sum},
      {"CounterForgetsWhatIsLost", "pn-counter", mutants::counter_never_resends, {Fault::loss}, has_wrong_sum},
      {"CounterCountsTwiceWhatItResends", "pn-counter", mutants::counter_resends_without_dedupe, {Fault::loss}, has_wrong_sum},
      {"CounterCountsTwiceWhatComesTwice", "pn-counter", mutants::counter_resends_without_dedupe, {Fault::duplicate},
       has_wrong_sum},
      {"CounterReadsStaleStates", "pn-counter", mutants::counter_reads_stale_states, {}, has_wrong_sum},
      {"CounterWritesOverOthers", "pn-counter", mutants::counter_writes_over_others, {}, has_wrong_sum, 3, latency_ms},
      {"LinKvReadsFromACache", "lin-kv", mutants::lin_kv_reads_from_a_cache, {}, has_no_linearization},
      {"LinKvLosesWrites", "lin-kv", mutants::lin_kv_loses_writes, {}, has_no_linearization},
      {"LinKvCasIgnoresTheExpectedValue", "lin-kv", mutants::lin_kv_cas_ignores_the_expected, {}, has_no_linearization},
      {"LinKvCasFailsAndSets", "lin-kv", mutants::lin_kv_cas_fails_and_sets, {}, has_no_linearization},
      {"LinKvCallsAnOpenOutcomeAFailure", "lin-kv", mutants::lin_kv_calls_an_open_outcome_a_failure, {},
       has_no_linearization},
      {"CasPaxosSkipsTheReadPhase", "lin-kv", mutants::caspaxos_skips_the_read_phase, {Fault::loss},
       has_no_linearization, 3, latency_ms},
      {"CasPaxosShowsWhatMayNotBeChosen", "lin-kv", mutants::caspaxos_shows_what_may_not_be_chosen, {Fault::partition},
       has_no_linearization, 3, latency_ms},
      {"CasPaxosRepeatsWhatMayHaveTakenEffect", "lin-kv", mutants::caspaxos_repeats_what_may_have_taken_effect,
       {Fault::loss}, has_no_linearization, 3, latency_ms},
      {"CounterRepeatsWhatTimedOut", "pn-counter", mutants::counter_repeats_what_timed_out, {}, has_wrong_sum, 3,
       latency_ms},
  };
  return all;
}

const std::vector<Control>& all_controls() {
  static const std::vector<Control> all = {
      // A node that comes back with empty memory is told again what it told before, as long as one node was up all the
      // time.
      {"BroadcastRefillsNodesThatWereKilled", "broadcast", mutants::broadcast_relay, {Fault::kill}},
      {"CounterRefillsNodesThatWereKilled", "g-counter", mutants::counter_replica, {Fault::kill}},
      {"CounterSurvivesPartitions", "g-counter", mutants::counter_replica, {Fault::partition}},
      {"CasPaxosSurvivesPartitions", "lin-kv", mutants::caspaxos_replica, {Fault::partition}},
      {"CasPaxosSurvivesWhatIsLostAndTwice", "lin-kv", mutants::caspaxos_replica, {Fault::loss, Fault::duplicate}},
      {"CounterSurvivesWhatIsLostAndTwice", "g-counter", mutants::counter_replica, {Fault::loss, Fault::duplicate}},
  };
  return all;
}

}  // namespace mznode

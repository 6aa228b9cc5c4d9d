#include "tests/workloads/mutants/table.hpp"

#include <algorithm>

#include "mznode/check/echo.hpp"
#include "mznode/check/kafka/kafka.hpp"
#include "mznode/check/linearizable.hpp"
#include "mznode/check/pn_counter.hpp"
#include "mznode/check/set_full.hpp"
#include "mznode/check/txn/anomalies.hpp"
#include "mznode/check/unique_ids.hpp"
#include "stories/witness.hpp"
#include "tests/workloads/kafka/conversations.hpp"
#include "tests/workloads/txn/fractured.hpp"

namespace mznode {
namespace {

using check::Valid;

/// What the workload's checker found in a run that is invalid by it; null otherwise.
template <class Kind>
const Kind* found(const Trial::Result& result) {
  return result.workload.valid == Valid::no ? result.workload.found<Kind>() : nullptr;
}

bool has_wrong_echo(const Trial::Result& result) {
  const auto* finding = found<check::EchoFinding>(result);
  return finding != nullptr && !finding->errors.empty();
}
bool has_second_answer(const Trial::Result& result) {
  return !result.run.malformed_replies.empty() &&
         result.run.malformed_replies[0].find("a second time") != std::string::npos;
}
bool has_unasked_answer(const Trial::Result& result) {
  return !result.run.malformed_replies.empty() &&
         result.run.malformed_replies[0].find("answered no request") != std::string::npos;
}
bool has_duplicate_ids(const Trial::Result& result) {
  const auto* finding = found<check::UniqueIdsFinding>(result);
  return finding != nullptr && finding->duplicated_count > 0;
}
bool has_lost_element(const Trial::Result& result) {
  const auto* finding = found<check::SetFinding>(result);
  return finding != nullptr && !finding->lost.empty();
}
/// An element that a node lacks in the end though another one has it.
bool has_element_that_one_lacks(const Trial::Result& result) {
  const auto* finding = found<check::SetFinding>(result);
  const check::History& history = result.run.history;
  return finding != nullptr && std::any_of(finding->lost.begin(), finding->lost.end(), [&](const Json& element) {
           return std::any_of(history.begin(), history.end(), [&](const check::Operation& operation) {
             const bool is_shown = operation.is_final && operation.f == "read" && operation.type == check::Type::ok;
             return is_shown && story::holds(operation.value, element);
           });
         });
}
bool has_duplicated_element(const Trial::Result& result) {
  const auto* finding = found<check::SetFinding>(result);
  return finding != nullptr && !finding->duplicated.empty();
}

bool has_wrong_sum(const Trial::Result& result) {
  const auto* finding = found<check::PnCounterFinding>(result);
  return finding != nullptr && !finding->errors.empty();
}

bool has_no_linearization(const Trial::Result& result) {
  const auto* finding = found<check::RegistersFinding>(result);
  return finding != nullptr && std::any_of(finding->registers.begin(), finding->registers.end(),
                                           [](const auto& each) { return each.verdict.valid == Valid::no; });
}

bool has_anomaly(const Trial::Result& result, const std::string& name) {
  const auto* finding = found<check::TransactionsFinding>(result);
  return finding != nullptr && std::any_of(finding->anomalies.begin(), finding->anomalies.end(),
                                           [&](const check::Anomaly& each) { return each.name == name; });
}
bool has_dirty_write(const Trial::Result& result) {
  return has_anomaly(result, "G0");
}
bool has_aborted_read(const Trial::Result& result) {
  return has_anomaly(result, "G1a");
}
bool has_intermediate_read(const Trial::Result& result) {
  return has_anomaly(result, "G1b");
}
bool has_lost_update(const Trial::Result& result) {
  return has_anomaly(result, "lost-update");
}
bool has_read_skew(const Trial::Result& result) {
  return has_anomaly(result, "G-single-item");
}
bool has_stale_read(const Trial::Result& result) {
  return has_anomaly(result, "G-single-item-realtime");
}
bool has_internal(const Trial::Result& result) {
  return has_anomaly(result, "internal");
}
bool has_fractured_read(const Trial::Result& result) {
  return txn::fractured_reads(result.run.history) > 0;
}
bool has_log_anomaly(const Trial::Result& result, std::initializer_list<const char*> names) {
  const auto* finding = found<check::LogsFinding>(result);
  return finding != nullptr && std::any_of(names.begin(), names.end(), [&](const char* name) {
           return std::any_of(finding->errors.begin(), finding->errors.end(),
                              [&](const auto& error) { return !error.is_tolerated && error.anomaly.name == name; });
         });
}
bool has_two_messages_at_an_offset(const Trial::Result& result) {
  return has_log_anomaly(result, {"inconsistent-offsets"});
}
bool has_message_at_two_offsets(const Trial::Result& result) {
  return has_log_anomaly(result, {"duplicate"});
}
bool has_lost_message(const Trial::Result& result) {
  // One that was lost at the end of a log, no poll shows that it was passed.
  return has_log_anomaly(result, {"lost-write", "unseen", "inconsistent-offsets"});
}
bool has_left_out_message(const Trial::Result& result) {
  return has_log_anomaly(result, {"lost-write", "int-poll-skip"});
}
bool has_skip(const Trial::Result& result) {
  return has_log_anomaly(result, {"poll-skip"});
}
bool has_poll_that_goes_back(const Trial::Result& result) {
  return has_log_anomaly(result, {"nonmonotonic-poll"});
}
bool has_failed_message(const Trial::Result& result) {
  return has_log_anomaly(result, {"G1a"});
}
bool has_commit_that_goes_back(const Trial::Result& result) {
  return !kafka::commits_that_go_back(result.run.packets).empty();
}
bool has_stale_poll(const Trial::Result& result) {
  return !kafka::stale_polls(result.run.packets).empty();
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
      {"BroadcastForgetsInAPartition",
       "broadcast",
       mutants::broadcast_never_resends,
       {Fault::partition},
       has_lost_element},
      {"BroadcastForgetsInAOneWayPartition",
       "broadcast",
       mutants::broadcast_never_resends,
       {Fault::partition_one_way},
       has_lost_element},
      {"BroadcastForgetsWhatIsLost", "broadcast", mutants::broadcast_never_resends, {Fault::loss}, has_lost_element},
      {"BroadcastAcksBeforeItStores",
       "broadcast",
       mutants::broadcast_acks_before_storing,
       {Fault::kill},
       has_lost_element},
      {"BroadcastResendsWithoutDedupe",
       "broadcast",
       mutants::broadcast_resends_without_dedupe,
       {Fault::loss},
       has_duplicated_element},
      {"BroadcastTakesMessagesTwice",
       "broadcast",
       mutants::broadcast_resends_without_dedupe,
       {Fault::duplicate},
       has_duplicated_element},
      {"BroadcastTakesARestartedNodeForTheOldOne",
       "broadcast",
       mutants::broadcast_acks_without_incarnation,
       {Fault::kill},
       has_element_that_one_lacks},
      {"BroadcastMergesByOverwriting", "broadcast", mutants::broadcast_overwrites, {}, has_lost_element},
      {"SetMergesByOverwriting", "g-set", mutants::set_overwrites, {}, has_lost_element},
      {"SetForgetsInAPartition", "g-set", mutants::set_never_resends, {Fault::partition}, has_lost_element},
      {"SetForgetsInAOneWayPartition",
       "g-set",
       mutants::set_never_resends,
       {Fault::partition_one_way},
       has_lost_element},
      {"SetForgetsWhatIsLost", "g-set", mutants::set_never_resends, {Fault::loss}, has_lost_element},
      {"SetDropsAnElement", "g-set", mutants::set_drops, {}, has_lost_element, 1},
      {"CounterCountsTwice", "g-counter", mutants::counter_counts_twice, {}, has_wrong_sum, 1},
      {"CounterShowsOneTooMany", "pn-counter", mutants::counter_reads_wrong, {}, has_wrong_sum, 1},
      {"CounterMergesByOverwriting", "g-counter", mutants::counter_overwrites, {}, has_wrong_sum, 3, latency_ms},
      {"CounterTakesTheSlotOfTheOldProcess",
       "g-counter",
       mutants::counter_without_incarnation,
       {Fault::kill},
       has_wrong_sum,
       3,
       0,
       many_workers},
      {"CounterAcksBeforeItStores", "g-counter", mutants::counter_acks_before_storing, {Fault::kill}, has_wrong_sum},
      {"CounterForgetsInAPartition", "pn-counter", mutants::counter_never_resends, {Fault::partition}, has_wrong_sum},
      {"CounterForgetsWhatIsLost", "pn-counter", mutants::counter_never_resends, {Fault::loss}, has_wrong_sum},
      {"CounterCountsTwiceWhatItResends",
       "pn-counter",
       mutants::counter_resends_without_dedupe,
       {Fault::loss},
       has_wrong_sum},
      {"CounterCountsTwiceWhatComesTwice",
       "pn-counter",
       mutants::counter_resends_without_dedupe,
       {Fault::duplicate},
       has_wrong_sum},
      {"CounterReadsStaleStates", "pn-counter", mutants::counter_reads_stale_states, {}, has_wrong_sum, 5},
      {"CounterWritesOverOthers", "pn-counter", mutants::counter_writes_over_others, {}, has_wrong_sum, 3, latency_ms},
      {"LinKvReadsFromACache", "lin-kv", mutants::lin_kv_reads_from_a_cache, {}, has_no_linearization},
      {"LinKvLosesWrites", "lin-kv", mutants::lin_kv_loses_writes, {}, has_no_linearization},
      {"LinKvCasIgnoresTheExpectedValue", "lin-kv", mutants::lin_kv_cas_ignores_the_expected, {}, has_no_linearization},
      {"LinKvCasFailsAndSets", "lin-kv", mutants::lin_kv_cas_fails_and_sets, {}, has_no_linearization},
      {"LinKvCallsAnOpenOutcomeAFailure",
       "lin-kv",
       mutants::lin_kv_calls_an_open_outcome_a_failure,
       {},
       has_no_linearization},
      {"CasPaxosSkipsTheReadPhase",
       "lin-kv",
       mutants::caspaxos_skips_the_read_phase,
       {Fault::loss},
       has_no_linearization,
       3,
       latency_ms},
      {"CasPaxosShowsWhatMayNotBeChosen",
       "lin-kv",
       mutants::caspaxos_shows_what_may_not_be_chosen,
       {Fault::partition},
       has_no_linearization,
       3,
       latency_ms},
      {"CasPaxosRepeatsWhatMayHaveTakenEffect",
       "lin-kv",
       mutants::caspaxos_repeats_what_may_have_taken_effect,
       {Fault::loss},
       has_no_linearization,
       3,
       latency_ms},
      {"TxnDirtyWrite", "txn-list-append", mutants::txn_commits_each_micro_op, {}, has_dirty_write, 3, latency_ms},
      {"TxnIntermediateRead",
       "txn-list-append",
       mutants::txn_commits_each_micro_op,
       {},
       has_intermediate_read,
       3,
       latency_ms},
      {"TxnIntermediateReadOfARegister",
       "txn-rw-register",
       mutants::txn_commits_each_micro_op,
       {},
       has_intermediate_read,
       3,
       latency_ms},
      {"TxnAbortedRead",
       "txn-list-append",
       mutants::txn_calls_a_commit_a_conflict,
       {},
       has_aborted_read,
       3,
       latency_ms},
      {"TxnAbortedReadOfARegister",
       "txn-rw-register",
       mutants::txn_calls_a_commit_a_conflict,
       {},
       has_aborted_read,
       3,
       latency_ms},
      {"TxnLostUpdate", "txn-list-append", mutants::txn_writes_over_others, {}, has_lost_update, 3, latency_ms},
      {"TxnLostUpdateOfARegister",
       "txn-rw-register",
       mutants::txn_writes_over_others,
       {},
       has_lost_update,
       3,
       latency_ms},
      {"TxnReadSkew", "txn-list-append", mutants::txn_reads_one_after_the_other, {}, has_read_skew, 3, latency_ms},
      {"TxnStaleRoot", "txn-list-append", mutants::txn_builds_on_a_stale_root, {}, has_lost_update, 3, latency_ms},
      {"TxnStaleReadOnlyTransaction",
       "txn-list-append",
       mutants::txn_reads_from_an_old_state,
       {},
       has_stale_read,
       3,
       latency_ms},
      {"TxnForgetsItsOwnWrites",
       "txn-list-append",
       mutants::txn_forgets_its_own_writes,
       {},
       has_internal,
       3,
       latency_ms},
      {"TxnFracturedRead",
       "txn-rw-register",
       mutants::txn_tells_each_write_alone,
       {},
       has_fractured_read,
       3,
       latency_ms},
      {"TxnReplicasThatDisagree",
       "txn-rw-register",
       mutants::txn_takes_what_comes_last,
       {},
       has_lost_update,
       3,
       latency_ms},
      {"KafkaReusesOffsets", "kafka", mutants::kafka_reuses_offsets, {}, has_two_messages_at_an_offset},
      {"KafkaLeavesOutMessages", "kafka", mutants::kafka_leaves_out_messages, {}, has_left_out_message},
      {"KafkaSkipsAhead", "kafka", mutants::kafka_skips_ahead, {}, has_skip},
      {"KafkaGoesBack", "kafka", mutants::kafka_goes_back, {}, has_poll_that_goes_back},
      {"KafkaRepeatsWithoutIds",
       "kafka",
       mutants::kafka_repeats_without_ids,
       {Fault::loss},
       has_message_at_two_offsets},
      {"KafkaAppendsWhatComesTwice",
       "kafka",
       mutants::kafka_repeats_without_ids,
       {Fault::duplicate},
       has_message_at_two_offsets},
      {"KafkaLosesWhatItRepeats", "kafka", mutants::kafka_loses_what_it_repeats, {Fault::loss}, has_lost_message},
      {"KafkaAcksBeforeItStores", "kafka", mutants::kafka_acks_before_storing, {Fault::kill}, has_lost_message},
      {"KafkaCallsASendAFailure", "kafka", mutants::kafka_calls_a_send_a_failure, {}, has_failed_message},
      {"KafkaWritesOverOthers",
       "kafka",
       mutants::kafka_writes_over_others,
       {},
       has_two_messages_at_an_offset,
       3,
       latency_ms},
      {"CounterRepeatsWhatTimedOut",
       "pn-counter",
       mutants::counter_repeats_what_timed_out,
       {},
       has_wrong_sum,
       3,
       latency_ms},
  };
  return all;
}

const std::vector<Mutant>& mutants_of_promises() {
  static const std::vector<Mutant> all = {
      {"KafkaKeepsCommitsToItself",
       "kafka",
       mutants::kafka_keeps_commits_to_itself,
       {},
       has_commit_that_goes_back,
       3,
       0,
       2,
       true},
      {"KafkaShowsOldStates", "kafka", mutants::kafka_shows_old_states, {}, has_stale_poll, 3, 0, 2, true},
  };
  return all;
}

const std::vector<Control>& all_controls() {
  static const std::vector<Control> all = {
      // A node that comes back with empty memory is told again what it told before, as long as one node was up all the
      // time.
      {"BroadcastRefillsNodesThatWereKilled", "broadcast", mutants::broadcast_relay, {Fault::kill}, 1},
      {"CounterRefillsNodesThatWereKilled", "g-counter", mutants::counter_replica, {Fault::kill}, 1},
      {"CounterSurvivesPartitions", "g-counter", mutants::counter_replica, {Fault::partition}},
      {"CasPaxosSurvivesPartitions", "lin-kv", mutants::caspaxos_replica, {Fault::partition}},
      {"CasPaxosSurvivesWhatIsLostAndTwice", "lin-kv", mutants::caspaxos_replica, {Fault::loss, Fault::duplicate}},
      {"TxnInOneValue", "txn-list-append", mutants::txn_in_one_value, {Fault::kill, Fault::pause}},
      {"KafkaKeepsWhatItStoredThroughKills", "kafka", mutants::kafka_keeper, {Fault::kill}},
      {"KafkaSurvivesWhatIsLostAndTwice", "kafka", mutants::kafka_keeper, {Fault::loss, Fault::duplicate}},
      {"CounterSurvivesWhatIsLostAndTwice", "g-counter", mutants::counter_replica, {Fault::loss, Fault::duplicate}},
  };
  return all;
}

}  // namespace mznode

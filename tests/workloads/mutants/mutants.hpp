#pragma once

#include <memory>

#include "mznode/node/node.hpp"

/// Nodes that are broken on purpose, each in one way that a checker must find. They are installed as strategies are.
namespace mznode::mutants {

using Installed = std::shared_ptr<void>;

// echo
Installed echo_wrong_payload(Node& node);
Installed echo_answers_twice(Node& node);
Installed echo_wrong_in_reply_to(Node& node);

// unique-ids
/// Counts, but forgets that other nodes count too.
Installed ids_without_node(Node& node);
/// Milliseconds of the calendar clock and a count within the millisecond, which trusts the clock not to go back.
Installed ids_from_time(Node& node);
/// Node and count: the count begins anew with every process.
Installed ids_without_incarnation(Node& node);

// broadcast
/// Acknowledges every tenth element and forgets it.
Installed broadcast_drops(Node& node);
/// Shows the first element twice.
Installed broadcast_duplicates(Node& node);
/// Sends every element to every node, once.
Installed broadcast_never_resends(Node& node);
/// Acknowledges an element and keeps it half a second later.
Installed broadcast_acks_before_storing(Node& node);
/// Sends again until it hears an acknowledgement, and keeps all that arrives.
Installed broadcast_resends_without_dedupe(Node& node);
/// Acknowledges a log up to a position, and takes a restarted process for the old one.
Installed broadcast_acks_without_incarnation(Node& node);
/// Gossips its whole set; the receiver takes it for its own.
Installed broadcast_overwrites(Node& node);

/// A star whose leaves know no hub but the first.
Installed broadcast_star_without_failover(Node& node);

// g-set
/// Sends its set to all nodes; each takes the last that came for its own.
Installed set_overwrites(Node& node);
/// Sends what was added to all nodes, once.
Installed set_never_resends(Node& node);

// g-set and counters, for clusters of one node
/// Acknowledges every tenth element and forgets it.
Installed set_drops(Node& node);
/// Adds every tenth delta twice.
Installed counter_counts_twice(Node& node);
/// Every second read shows one too many.
Installed counter_reads_wrong(Node& node);

// counters
/// Takes the state of another node for its own.
Installed counter_overwrites(Node& node);
/// A slot a node: a restarted process goes on in the one of the old.
Installed counter_without_incarnation(Node& node);
/// Acknowledges a delta and adds it half a second later.
Installed counter_acks_before_storing(Node& node);
/// Sends every delta to every node, once.
Installed counter_never_resends(Node& node);
/// Sends deltas again until it hears an acknowledgement, and adds all that arrives.
Installed counter_resends_without_dedupe(Node& node);
/// Sums keys of seq-kv as they are in whatever state it shows.
Installed counter_reads_stale_states(Node& node);
/// Reads the sum in lin-kv, and writes the new one whatever happened meanwhile.
Installed counter_writes_over_others(Node& node);
/// Takes a compare-and-set without an answer for one that did not happen.
Installed counter_repeats_what_timed_out(Node& node);

/// Not broken: the counter of which some of the mutants above differ in one thing each.
Installed counter_replica(Node& node);
/// Not broken: every node sends what it learns to all others, by the Disseminator. The control of the mutants that only
/// break when processes die.
Installed broadcast_relay(Node& node);
/// Not broken, but never answers a broadcast.
Installed broadcast_never_acks(Node& node);

// lin-kv
/// Answers reads from what it read less than 300 ms ago.
Installed lin_kv_reads_from_a_cache(Node& node);
/// Acknowledges every fifth write and forgets it.
Installed lin_kv_loses_writes(Node& node);
/// Sets the new value whatever the old one is.
Installed lin_kv_cas_ignores_the_expected(Node& node);
/// Says of every fifth compare-and-set that it failed, and it did not.
Installed lin_kv_cas_fails_and_sets(Node& node);
/// Gives up on every fifth write after it sent it, and says that it certainly had no effect.
Installed lin_kv_calls_an_open_outcome_a_failure(Node& node);

// lin-kv by CASPaxos
/// Not broken, as long as no process dies.
Installed caspaxos_replica(Node& node);
/// Proposes without regard to what others have accepted.
Installed caspaxos_skips_the_read_phase(Node& node);
/// Answers reads from its own acceptor, and has nothing accepted first that others do not hold.
Installed caspaxos_shows_what_may_not_be_chosen(Node& node);
/// Does not look whether an attempt in doubt has taken effect.
Installed caspaxos_repeats_what_may_have_taken_effect(Node& node);

// txn
/// Not broken: the whole database under one key of lin-kv.
Installed txn_in_one_value(Node& node);
/// Reads the database, and writes the new one whatever happened meanwhile.
Installed txn_writes_over_others(Node& node);
/// Each micro-operation is a transaction of its own.
Installed txn_commits_each_micro_op(Node& node);
/// A transaction that only reads sees another state with each read.
Installed txn_reads_one_after_the_other(Node& node);
/// Answers transactions that only read from what it read less than 300 ms ago.
Installed txn_reads_from_an_old_state(Node& node);
/// Writes to the newest state, and reads from the one that it knew before.
Installed txn_builds_on_a_stale_root(Node& node);
/// Says of every fifth transaction that it failed, and it did not.
Installed txn_calls_a_commit_a_conflict(Node& node);
/// Reads do not see what the same transaction wrote before.
Installed txn_forgets_its_own_writes(Node& node);
/// Replicas that tell each other every write of a transaction by itself.
Installed txn_tells_each_write_alone(Node& node);
/// Replicas that take what comes last for the newest.
Installed txn_takes_what_comes_last(Node& node);

// kafka
/// Acknowledges every tenth message at the offset of the last one.
Installed kafka_reuses_offsets(Node& node);
/// Polls do not show some messages.
Installed kafka_leaves_out_messages(Node& node);
/// Every fifth poll begins one too far.
Installed kafka_skips_ahead(Node& node);
/// Polls begin one too early.
Installed kafka_goes_back(Node& node);
/// Polls show what was there up to half a second ago.
Installed kafka_shows_old_states(Node& node);
/// Nodes do not tell each other what was committed.
Installed kafka_keeps_commits_to_itself(Node& node);
/// Forwards a message until it hears an answer, and appends all that arrives.
Installed kafka_repeats_without_ids(Node& node);
/// Takes a forwarded message without an answer for one that was appended.
Installed kafka_loses_what_it_repeats(Node& node);
/// Acknowledges a message and stores it half a second later.
Installed kafka_acks_before_storing(Node& node);
/// Says of every tenth message that it was not appended, and it was.
Installed kafka_calls_a_send_a_failure(Node& node);
/// Reads a log in lin-kv, and writes the longer one whatever happened meanwhile.
Installed kafka_writes_over_others(Node& node);
/// Not broken: the first node keeps all logs, and stores them. Most of the mutants above differ from it in one thing
/// each.
Installed kafka_keeper(Node& node);

}  // namespace mznode::mutants

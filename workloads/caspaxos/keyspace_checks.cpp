// What a node believes of what others tell about a register.

#include <set>

#include "caspaxos/keyspace.hpp"

namespace mznode::caspaxos {

/// Throws Error malformed_request unless there can be such a ballot. The default one stands for none.
void Keyspace::demand_ballot(const Json& key, const Ballot& ballot) const {
  demand(ballot.proposer < shares_->peers().size(), "the proposer of a ballot is no node");
  demand_within_reach("ballot", ballot.counter, shares_->counter(key));
}

void Keyspace::demand_state(const Json& key, const State& state) const {
  std::set<Member> proposers;
  for (const Ballot& change : state.changes) {
    demand_ballot(key, change);
    demand(proposers.insert(change.proposer).second, "a state has one change of each proposer");
  }
  if (!state.value.is_null() && options_.check_value) options_.check_value(state.value);
}

/// A proposer speaks of its own ballots.
void Keyspace::demand_possible(const Json& key, Member from, const Request& request) const {
  if (const auto* prepare = std::get_if<Prepare>(&request)) {
    demand_ballot(key, prepare->ballot);
    demand(prepare->ballot.proposer == from, "the ballot is of another proposer");
  } else if (const auto* accept = std::get_if<Accept>(&request)) {
    demand_ballot(key, accept->next);
    demand(accept->ballot.proposer == from, "the ballot is of another proposer");
    demand_state(key, accept->state);
  }
}

void Keyspace::demand_possible(const Json& key, const Reply& reply) const {
  if (const auto* conflict = std::get_if<Conflict>(&reply)) demand_ballot(key, conflict->promised);
  const Accepted* accepted = nullptr;
  if (const auto* promise = std::get_if<Promise>(&reply)) accepted = &promise->accepted;
  if (const auto* report = std::get_if<Report>(&reply)) accepted = &report->accepted;
  if (accepted == nullptr) return;
  demand_ballot(key, accepted->ballot);
  demand_state(key, accepted->state);
}

}  // namespace mznode::caspaxos

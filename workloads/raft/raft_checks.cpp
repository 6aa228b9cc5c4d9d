// What a server believes of others, and what it holds itself to: the first is refused with an error when it cannot be,
// the second ends the process. What only one of its parts has to do with, that part checks.

#include <algorithm>

#include "mznode/node/invariant.hpp"
#include "raft/raft.hpp"

namespace mznode::raft {
namespace {

/// Entries that a leader may have committed since it last told a follower. It tells ten times a second.
constexpr Index longest_commit_leap = 1 << 20;

}  // namespace

void Raft::demand_possible(const RequestVote& request) const {
  demand_within_reach("term", request.term, term());
}

void Raft::demand_possible(const Vote& vote) const {
  demand_within_reach("term", vote.term, term());
}

void Raft::demand_possible(const AppendEntries& request) const {
  demand_within_reach("term", request.term, term());
  if (request.term < term()) return;
  Index index = request.prev_index;
  for (const Entry& entry : request.entries) {
    if (++index > commit()) break;
    const auto known = log().term_at(index);
    demand(!known || *known == entry.term, "a leader has what is committed (paper, figure 3, leader completeness)");
  }
}

/// A leader sends a snapshot of what it has committed, and to whom it has told of that in heartbeats just before.
void Raft::demand_possible(const InstallSnapshot& request) const {
  demand_within_reach("term", request.term, term());
  demand_within_reach("the snapshot's index", request.snapshot.index, std::max(commit(), leader_commit_),
                      longest_commit_leap);
}

void Raft::demand_possible(const Appended& reply) const {
  demand_within_reach("term", reply.term, term());
  if (!election_.leads() || reply.term != term()) return;
  demand(reply.index <= log().last_index(), "the follower has more than this leader, which it follows");
  demand(reply.round <= rounds_.current(), "the follower answers what this leader has not sent yet");
}

void Raft::check_step() {
  const Checked now{.role = role(), .term = term(), .last_index = log().last_index()};
  const Checked before = std::exchange(checked_, now);
  const bool leads_on = now.term == before.term && now.role == Role::leader && before.role == Role::leader;
  invariant(!leads_on || now.last_index >= before.last_index, "a leader does not shorten its log",
            {now.last_index, before.last_index});
  journal_.check();
  check_role();
}

void Raft::check_role() const {
  const bool leads = election_.leads();
  invariant(role() == Role::follower || is_voter(), "only voters campaign");
  invariant(leads == (leader() == config_.self), "a server knows whether it leads", {term()});
  invariant((role() != Role::candidate && !leads) || vote() == config_.self, "a candidate votes for itself", {term()});
  if (!leads) {
    invariant(reads_.pending() == 0, "only a leader confirms reads", {reads_.pending()});
    return;
  }
  invariant(log().last_term() == term() && reads_.first_of_term() <= log().last_index(),
            "a leader's log ends in its own term", {log().last_term(), term(), reads_.first_of_term()});
  rounds_.check();
  tracker_.check(log(), rounds_.current());
}

}  // namespace mznode::raft

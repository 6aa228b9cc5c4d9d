#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "raft/raft.hpp"

namespace mznode::raft {

/// Watches a cluster from outside, and says when a property is violated that Raft keeps at all times (paper, figure 3),
/// or one that each step keeps. The idea of checking both after every event is LogCabin's.
class Invariants {
 public:
  /// Looks at all servers after an event, a death included; null for one that does not run. Returns what is wrong, in
  /// words.
  std::optional<std::string> check(const std::vector<const Raft*>& servers);
  /// Looks at a message that left a server.
  std::optional<std::string> check_vote(Member from, Member to, const Message& message);

 private:
  /// What a server was like after the event before.
  struct Before {
    Role role = Role::follower;
    Term term = 0;
    Index commit = 0;
    Index last_index = 0;
    Term last_term = 0;
    bool operator==(const Before&) const = default;
  };
  struct Committed {
    Entry entry;
    /// The earliest term in which a server was seen to know it: leaders of later ones must have it.
    Term known_in = 0;
  };

  static Before state_of(const Raft& server);
  std::optional<std::string> check_step(Member member, const Raft& server);
  std::optional<std::string> check_election_safety(Member member, const Raft& server);
  std::optional<std::string> check_state_machine_safety(Member member, const Raft& server);
  std::optional<std::string> check_leader_completeness(Member member, const Raft& server) const;

  std::map<Member, Before> before_;
  std::map<Term, Member> leaders_;
  std::map<std::pair<Member, Term>, Member> votes_;
  std::map<Index, Committed> committed_;
};

/// If two logs have an entry of the same index and term, they are the same up to there.
std::optional<std::string> check_log_matching(const Log& a, const Log& b);

}  // namespace mznode::raft

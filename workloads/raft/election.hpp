#pragma once

#include <optional>
#include <set>

#include "raft/config.hpp"

namespace mznode::raft {

enum class Role : std::uint8_t { follower, pre_candidate, candidate, leader };

/// Who leads, as far as one server knows: its own role, the leader it follows and when it heard it, the votes it has
/// got, and when it will campaign (paper, 5.2; thesis, 4.2.3 and 9.6).
class Election {
 public:
  /// `may_be_led` says that there may be a leader that was heard just before `now`, by an earlier process.
  Election(const Config& config, Time now, bool may_be_led);

  Role role() const { return role_; }
  bool leads() const { return role_ == Role::leader; }
  std::optional<Member> leader() const { return leader_; }
  /// When a server that does not lead campaigns.
  Time due_at() const { return due_at_; }
  /// True while a leader is heard, so that anybody else who asks for votes would only disturb.
  bool hears_leader(Time now) const;
  /// Those who have voted in the campaign of this server.
  const std::set<Member>& votes() const { return votes_; }

  /// Waits for a leader for a time of chance. In a new cluster there is none whose silence had to be waited for.
  void restart_timer(Time now, bool is_new_cluster);
  /// A leader of the present term was heard.
  void follow(Member leader, Time now);
  /// Nobody leads, as far as this server knows.
  void follow_nobody();
  /// Leaves it to another candidate to campaign.
  void withdraw() { role_ = Role::follower; }
  /// Asks for votes, as a pre_candidate or a candidate. A pre-candidate only asks whether it would get them, so that a
  /// server that was cut off does not come back with a term that unseats the leader.
  void campaign(Role role);
  /// Counts a vote for this server. True when a majority has voted for it.
  bool add_vote(Member voter);
  void lead();

 private:
  Config config_;
  Role role_ = Role::follower;
  std::optional<Member> leader_;
  /// When a leader was last heard. A server that restarts may have heard one just before.
  std::optional<Time> heard_at_;
  std::set<Member> votes_;
  Time due_at_;
};

}  // namespace mznode::raft

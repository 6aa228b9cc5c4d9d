#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "mznode/json/codec.hpp"
#include "mznode/node/message.hpp"
#include "mznode/workloads/harness.hpp"
#include "raft/group.hpp"
#include "raft/invariants.hpp"

namespace mznode::raft {

/// Checks the invariants of Raft while a test runs whose nodes form a group, whenever something has happened. Tests of
/// other nodes it leaves alone; but where the messages of a group are sent, it must have seen the server of each node.
class Watch {
 public:
  /// Sees the nodes of a test that is run with these settings.
  explicit Watch(TestSettings& settings) : nodes_(settings.nodes) {
    settings.on_start = [this](const std::shared_ptr<Strategy>& strategy) {
      if (strategy->group() != nullptr) started_.push_back(strategy);
    };
  }

  /// Looks at all servers. False when a property is violated, which violation() then tells.
  bool look() {
    if (violation_) return false;
    std::erase_if(started_, [](const auto& each) { return each.expired(); });
    std::vector<const Raft*> servers(nodes_.size());
    for (const auto& each : started_) {
      const Raft* raft = each.lock()->group()->raft();
      if (raft == nullptr) continue;  // it has no name yet
      servers[raft->config().self] = raft;
      seen_.insert(raft->config().self);
    }
    // The only server of a cluster takes for committed what it has yet to save; it tells nobody before it has.
    if (nodes_.size() == 1) return true;
    std::vector<State> states;
    for (const Raft* server : servers) states.push_back(state_of(server));
    if (states == states_) return true;
    states_ = std::move(states);
    violation_ = invariants_.check(servers);
    return !violation_;
  }

  /// Looks at the messages of the test when it is over, and back at what was seen.
  void look_at(const std::vector<sim::Packet>& packets) {
    bool is_group = !seen_.empty();
    for (const sim::Packet& packet : packets) {
      if (violation_) return;
      if (place(packet.src) == nodes_.size() || packet.body.find("vote\"") == std::string::npos) continue;
      is_group = look_at(packet) || is_group;
    }
    if (is_group && seen_.size() < nodes_.size() && !violation_) {
      violation_ =
          "the watch saw " + std::to_string(seen_.size()) + " of " + std::to_string(nodes_.size()) + " servers";
    }
  }

  /// The servers that were looked at.
  const std::set<Member>& seen() const { return seen_; }

  const std::optional<std::string>& violation() const { return violation_; }

 private:
  using State = std::tuple<const Raft*, Role, Term, Index, Index, Term, Index>;

  struct Kind {
    std::string type;
    MZNODE_FIELDS(type)
  };

  static State state_of(const Raft* raft) {
    if (raft == nullptr) return {};
    return {raft,
            raft->role(),
            raft->term(),
            raft->commit(),
            raft->log().last_index(),
            raft->log().last_term(),
            raft->log().snapshot().index};
  }
  Member place(const std::string& node) const {
    return Member(static_cast<std::size_t>(std::find(nodes_.begin(), nodes_.end(), node) - nodes_.begin()));
  }
  /// True when it is a message of a group.
  bool look_at(const sim::Packet& packet) {
    const Json body = Json::from_valid(packet.body);
    const auto type = from_json<Kind>(body).type;
    const Member from = place(packet.src);
    const Member to = place(packet.dest);
    if (type == "request_vote") violation_ = invariants_.check_vote(from, to, from_json<RequestVote>(body));
    if (type == "vote") violation_ = invariants_.check_vote(from, to, from_json<Vote>(body));
    return type == "request_vote" || type == "vote";
  }

  const std::vector<std::string> nodes_;
  std::vector<std::weak_ptr<Strategy>> started_;
  std::set<Member> seen_;
  std::vector<State> states_;
  Invariants invariants_;
  std::optional<std::string> violation_;
};

}  // namespace mznode::raft

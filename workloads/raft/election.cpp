#include "raft/election.hpp"

#include "mznode/node/invariant.hpp"

namespace mznode::raft {

Election::Election(const Config& config, Time now, bool may_be_led) : config_(config) {
  if (may_be_led) heard_at_ = now;
  restart_timer(now, !may_be_led);
}

bool Election::hears_leader(Time now) const {
  return leads() || (heard_at_ && now < *heard_at_ + config_.election_timeout);
}

void Election::restart_timer(Time now, bool is_new_cluster) {
  const auto spread = static_cast<std::uint64_t>(config_.election_timeout.count());
  const Duration random_part(static_cast<std::int64_t>(config_.random() % spread));
  due_at_ = now;
  if (config_.quorum() == 1) return;
  due_at_ += random_part;
  if (!is_new_cluster) due_at_ += config_.election_timeout;
}

void Election::follow(Member leader, Time now) {
  invariant(role_ == Role::follower, "who follows a leader is no candidate", {leader});
  leader_ = leader;
  heard_at_ = now;
}

void Election::follow_nobody() {
  role_ = Role::follower;
  leader_.reset();
}

void Election::campaign(Role role) {
  role_ = role;
  leader_.reset();
  votes_.clear();
}

bool Election::add_vote(Member voter) {
  votes_.insert(voter);
  return votes_.size() >= config_.quorum();
}

void Election::lead() {
  role_ = Role::leader;
  leader_ = config_.self;
}

}  // namespace mznode::raft

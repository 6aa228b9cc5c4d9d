#pragma once

#include <set>
#include <vector>

#include "core/runtime.hpp"
#include "workloads/caspaxos/messages.hpp"

namespace mznode::caspaxos {

/// What the proposers of a node have in common: whom it is worth asking first, and how long an answer takes.
class Peers {
 public:
  Peers(std::size_t members, Member self) : members_(members), self_(self) {}

  std::size_t size() const { return members_; }
  std::size_t quorum() const { return members_ / 2 + 1; }
  Member self() const { return self_; }

  void note_heard(Member member) { silent_.erase(member); }
  void note_silent(Member member) { silent_.insert(member); }
  void note_round_trip(Duration duration);
  /// A round trip to most members, smoothed; zero as long as it is unknown.
  Duration round_trip() const { return round_trip_; }

  /// So many members as make a quorum: this one and those behind it, but rather those that were heard lately.
  std::vector<Member> nearest_quorum() const;

 private:
  std::size_t members_;
  Member self_;
  /// Those that owe an answer.
  std::set<Member> silent_;
  Duration round_trip_{0};
};

}  // namespace mznode::caspaxos

#pragma once

#include <map>
#include <set>

#include "enrolment/memory_id.hpp"
#include "member.hpp"
#include "mznode/node/peer_message.hpp"
#include "mznode/node/runtime.hpp"
#include "relay/messages.hpp"

namespace mznode {

/// Introduces a server that starts without anything saved.
struct Hello {
  MemoryId life = 0;
  MZNODE_FIELDS(life)
  MZNODE_IDENTITIES(life)
  void validate() const { demand(life != 0, "no life is 0"); }
  relay::Token asks() const { return {relay::Token::Kind::hello, life, 0}; }
};
struct Welcome {
  /// Of the server that is welcomed.
  MemoryId life = 0;
  /// True when it was met in another life before.
  bool knew_another = false;
  /// True when the one who answers has itself only just begun its first life.
  bool is_young = false;
  /// True when the one who answers has lost its memory, so that not to have met a server means nothing.
  bool has_forgotten = false;
  MZNODE_FIELDS(life, knew_another, is_young, has_forgotten)
  MZNODE_IDENTITIES(life)
  relay::Token answers() const { return {relay::Token::Kind::hello, life, 0}; }
};

/// Finds out whether a server that has nothing saved is new, and may vote, or has lost its memory, and may not: it
/// might vote twice, or help to elect a leader without entries that it had acknowledged.
///
/// It asks the others. One who knew an earlier life settles it. It is new when enough others knew none: so many that,
/// even when all but a majority have lost their memories too, one of them would have met an earlier life that had
/// introduced itself to as many. One that is known to have lost its memory is no witness.
///
/// While a cluster starts that would let one server that is cut off keep all others waiting; so then a majority
/// suffices, itself included, of servers that all began within `boot_window`.
class Admission {
 public:
  enum class Verdict : std::uint8_t { open, voter, non_voter };
  static constexpr Duration boot_window = 1s;

  /// `is_first_life` is false for a server that has something saved.
  Admission(std::size_t members, MemoryId memory, bool is_first_life, Time now);

  /// Answers a server, and remembers it.
  Welcome answer(Time now, Member from, const Hello& hello);
  void receive(Member from, const Welcome& welcome);
  Verdict verdict() const;
  /// True when every other server has met this one, which must go on introducing itself until then.
  bool is_known_to_all() const { return known_to_.size() == members_ - 1; }
  bool is_known_to(Member member) const { return known_to_.contains(member); }

  MemoryId memory() const { return memory_; }
  /// The first life in which each other server was met.
  const std::map<Member, MemoryId>& met() const { return met_; }
  void remember(Member member, MemoryId memory) { met_.emplace(member, memory); }

 private:
  std::size_t members_;
  MemoryId memory_ = 0;
  bool is_first_life_;
  Time started_;
  std::map<Member, MemoryId> met_;
  std::set<Member> known_to_;
  std::set<Member> knew_none_;
  std::set<Member> young_;
  bool lived_before_ = false;
};

}  // namespace mznode

#pragma once

#include <map>
#include <optional>
#include <set>
#include <vector>

#include "mznode/node/runtime.hpp"
#include "relay/messages.hpp"

namespace mznode::relay {

/// What a node has heard of who hears whom, and the ways that leaves. It forgets what is not told again. Pure.
class Links {
 public:
  Links(std::size_t members, Member self) : self_(self), known_(members) {}

  /// Takes in what came in a message of `teller`. True when it says something new.
  bool learn(Time now, Member teller, const Hearing& hearing, Duration lifetime);
  /// Forgets what is older than its lifetime. True when that was something.
  bool expire(Time now);
  void forget();

  /// What the others have told of themselves.
  std::vector<Hearing> told() const;
  bool is_anybody_waiting() const;
  /// Whether one of the others is known to hear it, or it has told something itself.
  bool is_heard_by_others(Member member) const;

  enum class State : std::uint8_t { heard, unheard, unknown };
  /// Whether a message of `from` comes to `to`. `own` is what this node hears.
  State state(const Hearing& own, Member from, Member to) const;
  /// The way to a member: the direct one unless that is known to be cut, and the shortest one around it unless it is
  /// known to be whole, links that are known to be whole before others. The direct one when there is no other.
  std::vector<std::vector<Member>> ways(const Hearing& own, Member to) const;

 private:
  struct Known {
    Hearing hearing;
    /// Nothing when it is forgotten, but for its life and its number.
    std::optional<Time> expires_at;
    /// The lives that it had before.
    std::vector<Incarnation> past;
  };
  static constexpr std::size_t most_past_lives = 8;

  std::vector<Member> way_around(const Hearing& own, Member to) const;

  Member self_;
  std::vector<Known> known_;
};

/// Which parcels have come, of the last lives of each node. Pure.
class Seen {
 public:
  /// True the first time. What is too old to be known is taken for seen.
  bool is_new(const Parcel& parcel);

 private:
  struct Numbers {
    Incarnation life = 0;
    /// All up to this one count as seen, and these.
    std::uint64_t floor = 0;
    std::set<std::uint64_t> above;
  };
  static constexpr std::size_t most_lives = 4;
  static constexpr std::size_t most_numbers = 1'024;

  /// The last life that something was heard of comes first.
  std::map<Member, std::vector<Numbers>> lives_;
};

}  // namespace mznode::relay

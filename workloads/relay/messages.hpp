#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "incarnation.hpp"
#include "member.hpp"
#include "mznode/json/json.hpp"
#include "mznode/node/peer_message.hpp"

/// Relays around broken links. Links that are cut in part, or in one direction, may leave a way through other nodes
/// where the direct one is gone (Alfatafta et al., "Toward a Generic Fault Tolerance Technique for Partial Network
/// Partitioning", OSDI 2020); of three nodes in a ring everybody still reaches everybody.
namespace mznode::relay {

/// A set of members: bit i is member i.
using Members = std::uint64_t;
inline constexpr std::size_t most_members = 62;
inline constexpr Members only(Member member) {
  return Members{1} << member;
}

/// So many times a message is passed on at most, its arrival included.
inline constexpr std::size_t most_hops = 8;

/// Whom a node hears.
struct Hearing {
  Member member = 0;
  /// Of its process, which counts what it says about itself.
  Incarnation life = 0;
  std::uint64_t number = 0;
  /// Those that it has heard lately, itself and not through others.
  Members heard = 0;
  /// Those that it has not heard though they should have been.
  Members unheard = 0;
  /// It waits for the answer of one of those.
  bool is_waiting = false;
  MZNODE_FIELDS(member, life, number, heard, unheard, is_waiting)
  MZNODE_IDENTITIES(life)
  void validate() const {
    demand(number > 0, "hearings count from 1");
    demand((heard & unheard) == 0, "nobody is both heard and unheard");
    demand(member < most_members && ((heard | unheard) & only(member)) == 0, "nobody tells of itself");
  }
};

/// Who hears whom, as far as its sender knows; its own hearing comes first.
struct Hearings {
  std::vector<Hearing> all;
  MZNODE_FIELDS(all)
  void validate() const { demand(!all.empty(), "its sender tells of itself"); }
};

/// A message on its way through others.
struct Parcel {
  Member from = 0;
  /// Of the process that it is from, which counts its parcels.
  Incarnation life = 0;
  std::uint64_t number = 0;
  /// Those whom it has yet to come to; the last is the one that it is for.
  std::vector<Member> way;
  /// What is in it: the type and the fields of a message.
  std::string kind;
  Json fields;
  MZNODE_FIELDS(from, life, number, way, kind, fields)
  MZNODE_IDENTITIES(life)
  void validate() const {
    demand(number > 0, "parcels count from 1");
    demand(!way.empty() && way.size() <= most_hops, "a parcel has some way to go, and not too long a one");
    const std::set<Member> places(way.begin(), way.end());
    demand(places.size() == way.size() && !places.contains(from), "no parcel comes to anybody twice");
  }
};

/// What tells a question from the others that a node has asked: which kind it is, and what its answer repeats.
struct Token {
  enum class Kind : std::uint8_t { vote, append, request, prepare, accept, query, hello, call };
  static constexpr std::size_t kinds = static_cast<std::size_t>(Kind::call) + 1;
  Kind kind = Kind::vote;
  std::uint64_t first = 0;
  std::uint64_t second = 0;
  bool operator==(const Token&) const = default;
  /// False when an answer may take longer than its way: until others have been asked.
  bool is_answered_at_once() const { return kind != Kind::request; }
};

}  // namespace mznode::relay

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "caspaxos/effects.hpp"

namespace mznode::caspaxos {

/// Ids of changes, in the order in which they were applied: as the value of a register it shows its whole history.
using List = std::vector<std::int64_t>;

List list_of(const Value& value);
Value value_of(const List& list);
/// Puts an id behind all others.
Change append(std::int64_t id);
Change look();

/// Watches a register of lists from outside, and says in `violation` when something is wrong that CASPaxos keeps at all
/// times: a ballot has one state; a state that is proposed descends from all that were chosen by lesser ballots; no
/// change is applied twice, or after its client was told that it is not; what a client sees is chosen, and not older
/// than what any client had seen when it asked.
class History {
 public:
  explicit History(std::size_t members) : members_(members) {}

  void note_proposed(const Accept& accept);
  /// A member has said that it accepted this ballot.
  void note_accepted(Member member, const Ballot& ballot);
  /// A client begins to wait for the change of this id; a positive one is of an append().
  void note_submitted(std::int64_t id) { seen_before_[id] = seen_; }
  void note_done(std::int64_t id, const List& found);
  /// A client was told that this change has no effect.
  void note_denied(std::int64_t id);

  /// The longest list that is chosen.
  const List& chosen() const { return chosen_.empty() ? none_ : chosen_.rbegin()->second; }

  std::optional<std::string> violation;

 private:
  void report(const std::string& what) {
    if (!violation) violation = what;
  }
  void check_descent(const Ballot& from, const List& ancestor, const Ballot& to, const List& list);

  std::size_t members_;
  List none_;
  std::map<Ballot, List> proposed_;
  std::map<Ballot, std::set<Member>> accepted_;
  std::map<Ballot, List> chosen_;
  std::set<std::int64_t> denied_;
  /// The length of the longest list that a client has seen, now and when each change was submitted.
  std::size_t seen_ = 0;
  std::map<std::int64_t, std::size_t> seen_before_;
};

}  // namespace mznode::caspaxos

#pragma once

#include <deque>
#include <optional>
#include <vector>

#include "mznode/node/invariant.hpp"
#include "raft/messages.hpp"

namespace mznode::raft {

/// The replicated log of one server: a snapshot, and the entries behind its base. The base is at or before the
/// snapshot, so that a follower that is a little behind can be sent entries instead of a snapshot.
class Log {
 public:
  Log() = default;
  /// `entries` follow the snapshot.
  Log(Snapshot snapshot, std::vector<Entry> entries);

  /// The last index that is gone, and known only by its term.
  Index base_index() const { return base_index_; }
  Index last_index() const { return base_index_ + entries_.size(); }
  Term last_term() const { return entries_.empty() ? base_term_ : entries_.back().term; }
  const Snapshot& snapshot() const { return snapshot_; }

  /// The term of the entry at `index`; nothing before the base and behind the end.
  std::optional<Term> term_at(Index index) const;
  /// The entry at an index from base_index() + 1 to last_index().
  const Entry& at(Index index) const {
    invariant(index > base_index_ && index <= last_index(), "an entry that is asked for is in the log", {index});
    return entries_[index - base_index_ - 1];
  }
  /// At most `count` entries from `first` on.
  std::vector<Entry> slice(Index first, std::size_t count) const;
  /// The largest index up to `index` whose entry is of `term` or an earlier one: where logs may agree at most.
  Index last_possible_match(Index index, Term term) const;
  /// True when a log that ends so is at least as up to date as this one (paper, 5.4.1).
  bool is_up_to_date(Index other_last_index, Term other_last_term) const;

  /// Returns the new entry's index.
  Index append(Entry entry);
  /// Removes the entries from `first` on.
  void truncate(Index first);
  /// Replaces the entries up to `index` by the state that they have led to, but keeps the last `keep` of them.
  void compact(Index index, Json state, std::size_t keep);
  /// Takes over a leader's snapshot. Entries behind it stay if they follow it (paper, figure 13, steps 6 and 7).
  void install(Snapshot snapshot);

 private:
  Snapshot snapshot_;
  Index base_index_ = 0;
  Term base_term_ = 0;
  std::deque<Entry> entries_;
};

}  // namespace mznode::raft

#pragma once

#include <optional>
#include <vector>

#include "raft/log.hpp"
#include "raft/saved.hpp"

namespace mznode::raft {

/// An entry that a majority has, and its place in the log.
struct Committed {
  Index index = 0;
  Entry entry;
};

/// What a server must not forget (paper, figure 2, "persistent state": term, vote and log), and how far that is saved,
/// committed and applied. Each change is held to what may never be taken back.
class Journal {
 public:
  /// Goes on from what was saved. What a snapshot stands for is committed.
  explicit Journal(Saved saved);

  Term term() const { return hard_state_.term; }
  std::optional<Member> vote() const { return hard_state_.vote; }
  bool is_voter() const { return hard_state_.is_voter; }
  const Log& log() const { return log_; }
  Index commit() const { return commit_; }
  Index applied() const { return applied_; }

  /// Begins a later term, in which this server has voted for nobody yet.
  void enter(Term term);
  /// Whether this server has not voted for anybody else in its term.
  bool may_vote_for(Member candidate) const;
  void vote_for(Member candidate);
  void become_voter() { hard_state_.is_voter = true; }

  /// Appends an entry of this term, and returns its index.
  Index append(Command command);
  /// Brings the entries that follow `prev`, where the logs agree, into the log (paper, figure 2, AppendEntries, steps 3
  /// and 4), and returns up to where it now agrees with the leader's.
  Index take(Index prev, const std::vector<Entry>& entries);
  /// The entries up to `index` are committed.
  void commit_up_to(Index index);
  /// Takes over a leader's snapshot, which is of more than is committed here.
  void install(const Snapshot& snapshot);
  /// Replaces the entries up to `index`, which were applied, by the state they have led to, but keeps the last `keep`.
  void compact(Index index, Json state, std::size_t keep);

  /// What was not saved when this was last called; it is taken for saved from now on.
  Unsaved take_unsaved();
  /// The snapshot to go on from instead of what was applied so far, once.
  std::optional<Snapshot> take_restore();
  /// What was committed since this was last called; it is taken for applied from now on.
  std::vector<Committed> take_committed();

  /// Ends the process unless the log, what is saved, committed and applied fit together.
  void check() const;

 private:
  std::vector<Entry> entries_from(Index first) const { return log_.slice(first, log_.last_index()); }

  HardState hard_state_;
  Log log_;
  /// What the last `Unsaved` has covered.
  HardState saved_;
  Index first_unsaved_ = 1;
  /// The snapshot is another than the one that is saved.
  bool must_rewrite_ = false;
  bool must_restore_ = false;
  Index commit_ = 0;
  Index applied_ = 0;
};

}  // namespace mznode::raft

#include "raft/journal.hpp"

#include <algorithm>
#include <utility>

#include "mznode/node/invariant.hpp"

namespace mznode::raft {

Journal::Journal(Saved saved)
    : hard_state_(saved.hard_state),
      log_(std::move(saved.snapshot), std::move(saved.entries)),
      saved_(saved.hard_state),
      first_unsaved_(log_.last_index() + 1),
      must_restore_(log_.snapshot().index > 0),
      commit_(log_.snapshot().index) {}

void Journal::enter(Term term) {
  invariant(term > hard_state_.term, "no server goes back in term", {term, hard_state_.term});
  hard_state_.term = term;
  hard_state_.vote.reset();
}

bool Journal::may_vote_for(Member candidate) const {
  return !hard_state_.vote || *hard_state_.vote == candidate;
}

void Journal::vote_for(Member candidate) {
  invariant(!hard_state_.vote || *hard_state_.vote == candidate, "a server votes once in a term", {hard_state_.term});
  invariant(hard_state_.is_voter, "only voters vote", {hard_state_.term});
  hard_state_.vote = candidate;
}

Index Journal::append(Command command) {
  return log_.append({.term = hard_state_.term, .command = std::move(command)});
}

Index Journal::take(Index prev, const std::vector<Entry>& entries) {
  Index index = prev;
  for (const Entry& entry : entries) {
    ++index;
    // Those that are committed are there, and the same: the leader has them too (paper, figure 3, leader completeness).
    if (index <= commit_ || log_.term_at(index) == entry.term) continue;
    if (index <= log_.last_index()) {
      log_.truncate(index);
      first_unsaved_ = std::min(first_unsaved_, index);
    }
    const Index appended = log_.append(entry);
    invariant(appended == index, "an entry has the place that its leader gave it", {appended, index});
  }
  return std::max(index, commit_);
}

void Journal::commit_up_to(Index index) {
  invariant(index >= commit_, "no commit is taken back", {index, commit_});
  commit_ = index;
}

void Journal::install(const Snapshot& snapshot) {
  invariant(snapshot.index > commit_, "a snapshot brings what is not committed here", {snapshot.index, commit_});
  log_.install(snapshot);
  commit_ = snapshot.index;
  must_rewrite_ = must_restore_ = true;
}

void Journal::compact(Index index, Json state, std::size_t keep) {
  invariant(index <= applied_, "a snapshot is of what was applied", {index, applied_});
  log_.compact(index, std::move(state), keep);
  must_rewrite_ = true;
}

Unsaved Journal::take_unsaved() {
  Unsaved unsaved;
  if (std::exchange(must_rewrite_, false)) {
    const Snapshot& snapshot = log_.snapshot();
    unsaved.rewrite = {.hard_state = hard_state_, .snapshot = snapshot, .entries = entries_from(snapshot.index + 1)};
  } else {
    if (hard_state_ != saved_) unsaved.hard_state = hard_state_;
    if (first_unsaved_ <= log_.last_index())
      unsaved.append = {.first = first_unsaved_, .entries = entries_from(first_unsaved_)};
  }
  saved_ = hard_state_;
  first_unsaved_ = log_.last_index() + 1;
  return unsaved;
}

std::optional<Snapshot> Journal::take_restore() {
  if (!std::exchange(must_restore_, false)) return std::nullopt;
  invariant(log_.snapshot().index > applied_, "nothing is applied twice", {log_.snapshot().index, applied_});
  applied_ = log_.snapshot().index;
  return log_.snapshot();
}

std::vector<Committed> Journal::take_committed() {
  invariant(!must_restore_, "a snapshot is restored before entries are applied", {applied_, commit_});
  std::vector<Committed> committed;
  committed.reserve(commit_ - applied_);
  while (applied_ < commit_) {
    ++applied_;
    committed.push_back({.index = applied_, .entry = log_.at(applied_)});
  }
  return committed;
}

void Journal::check() const {
  const Index last = log_.last_index();
  const Index snapshot = log_.snapshot().index;
  invariant(applied_ <= commit_ && commit_ <= last, "what is applied is committed, and what is committed is there",
            {applied_, commit_, last});
  invariant(log_.base_index() <= snapshot && snapshot <= commit_, "a snapshot is of what is committed",
            {log_.base_index(), snapshot, commit_});
  invariant(must_restore_ == (applied_ < snapshot), "a snapshot is restored, or made of what was applied",
            {applied_, snapshot});
  invariant(log_.last_term() <= hard_state_.term, "no entry is of a later term than its server",
            {log_.last_term(), hard_state_.term});
  invariant(must_rewrite_ || (first_unsaved_ > snapshot && first_unsaved_ <= last + 1),
            "what is not saved yet begins behind the snapshot", {first_unsaved_, snapshot, last});
}

}  // namespace mznode::raft

#include "raft/log.hpp"

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

namespace mznode::raft {

Log::Log(Snapshot snapshot, std::vector<Entry> entries)
    : snapshot_(std::move(snapshot)),
      base_index_(snapshot_.index),
      base_term_(snapshot_.term),
      entries_(std::make_move_iterator(entries.begin()), std::make_move_iterator(entries.end())) {}

std::optional<Term> Log::term_at(Index index) const {
  if (index < base_index_ || index > last_index()) return std::nullopt;
  return index == base_index_ ? base_term_ : at(index).term;
}

std::vector<Entry> Log::slice(Index first, std::size_t count) const {
  std::vector<Entry> entries;
  const Index end = std::min<Index>(last_index() + 1, first + count);
  for (Index index = first; index < end; ++index) entries.push_back(at(index));
  return entries;
}

Index Log::last_possible_match(Index index, Term term) const {
  index = std::min(index, last_index());
  while (index > base_index_ && at(index).term > term) --index;
  return index;
}

bool Log::is_up_to_date(Index other_last_index, Term other_last_term) const {
  return std::tuple(other_last_term, other_last_index) >= std::tuple(last_term(), last_index());
}

Index Log::append(Entry entry) {
  invariant(entry.term >= last_term(), "terms do not fall along the log", {entry.term, last_term()});
  entries_.push_back(std::move(entry));
  return last_index();
}

void Log::truncate(Index first) {
  invariant(first > snapshot_.index, "nothing is removed of what a snapshot holds", {first, snapshot_.index});
  entries_.resize(std::min<std::size_t>(entries_.size(), first - base_index_ - 1));
}

void Log::compact(Index index, Json state, std::size_t keep) {
  invariant(index > snapshot_.index && index <= last_index(), "a snapshot is of entries behind the one before it",
            {index, snapshot_.index, last_index()});
  snapshot_ = {.index = index, .term = *term_at(index), .state = std::move(state)};
  const Index new_base = std::max(base_index_, index - std::min<std::uint64_t>(index, keep));
  base_term_ = *term_at(new_base);
  entries_.erase(entries_.begin(), entries_.begin() + static_cast<std::ptrdiff_t>(new_base - base_index_));
  base_index_ = new_base;
}

void Log::install(Snapshot snapshot) {
  invariant(snapshot.index > snapshot_.index, "a snapshot is never replaced by an earlier one",
            {snapshot.index, snapshot_.index});
  if (term_at(snapshot.index) == snapshot.term) {
    entries_.erase(entries_.begin(), entries_.begin() + static_cast<std::ptrdiff_t>(snapshot.index - base_index_));
  } else {
    entries_.clear();
  }
  snapshot_ = std::move(snapshot);
  base_index_ = snapshot_.index;
  base_term_ = snapshot_.term;
}

}  // namespace mznode::raft

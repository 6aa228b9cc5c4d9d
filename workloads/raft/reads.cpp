#include "raft/reads.hpp"

#include <algorithm>

namespace mznode::raft {

bool Reads::ask(ReadId id, std::optional<Member> witness, bool has_lease, const Tracker& tracker, Index commit) {
  const Pending read{.id = id, .round = std::nullopt, .index = std::max(commit, first_of_term_), .witness = witness};
  if (has_lease || is_confirmed(read, tracker, commit)) {
    results_.push_back({.id = id, .confirmed = true});
    return true;
  }
  pending_.push_back(read);
  return false;
}

/// True when a majority was in this term after the read was asked for: there was no other leader then whose commits
/// this one could miss.
bool Reads::is_confirmed(const Pending& read, const Tracker& tracker, Index commit) {
  std::size_t confirming = 1;
  for (const Member member : tracker.others()) {
    const Progress& progress = tracker[member];
    const bool has_answered = progress.is_voter() && read.round && progress.acked_round() >= *read.round;
    if (has_answered || read.witness == member) ++confirming;
  }
  return confirming >= tracker.quorum() && read.index <= commit;
}

std::set<Member> Reads::join(Round round, const Tracker& tracker) {
  std::set<Member> asked;
  if (pending_.empty()) return asked;
  const std::vector<Member> others = tracker.voters_heard_last();
  for (Pending& read : pending_) {
    if (read.round) continue;
    read.round = round;
    std::size_t missing = tracker.quorum() - (read.witness ? 2 : 1);
    for (const Member member : others) {
      if (missing == 0) break;
      if (member == read.witness) continue;
      asked.insert(member);
      --missing;
    }
  }
  return asked;
}

void Reads::confirm(const Tracker& tracker, Index commit) {
  std::erase_if(pending_, [&](const Pending& read) {
    if (!is_confirmed(read, tracker, commit)) return false;
    results_.push_back({.id = read.id, .confirmed = true});
    return true;
  });
}

void Reads::fail() {
  for (const Pending& read : pending_) results_.push_back({.id = read.id, .confirmed = false});
  pending_.clear();
}

}  // namespace mznode::raft

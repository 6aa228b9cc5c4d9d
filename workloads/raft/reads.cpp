// Reads without log entries, and what a leader knows about its being one: thesis, sections 6.2 and 6.4.

#include <algorithm>

#include "raft/raft.hpp"

namespace mznode::raft {

bool Raft::read(Time now, ReadId id, std::optional<Witness> witness) {
  if (role_ != Role::leader) return false;
  PendingRead read{
      .id = id, .round = std::nullopt, .index = std::max(commit_, first_of_term_), .witness = std::nullopt};
  if (witness && witness->term == term_) read.witness = witness->member;
  if (has_lease(now) || is_confirmed(read)) {
    reads_.push_back({.id = id, .confirmed = true});
    return true;
  }
  pending_reads_.push_back(read);
  if (!broadcast_at_) broadcast_at_ = now + config_.batch_window;
  return true;
}

/// True when a majority was in this term after the read was asked for: there was no other leader then whose commits
/// this one could miss.
bool Raft::is_confirmed(const PendingRead& read) const {
  std::size_t confirming = 1;
  for (Member member = 0; member < config_.members; ++member) {
    if (member == config_.self) continue;
    const Progress& progress = progress_[member];
    const bool has_answered = progress.is_voter && read.round && progress.acked_round >= *read.round;
    if (has_answered || read.witness == member) ++confirming;
  }
  return confirming >= quorum() && read.index <= commit_;
}

void Raft::confirm_reads() {
  const Round confirmed = reached_by_quorum(round_, &Progress::acked_round);
  round_sent_at_.erase(round_sent_at_.begin(), round_sent_at_.lower_bound(confirmed));
  std::erase_if(pending_reads_, [this](const PendingRead& read) {
    if (!is_confirmed(read)) return false;
    reads_.push_back({.id = read.id, .confirmed = true});
    return true;
  });
}

/// Lets the reads that wait for a broadcast take part in this one. Returns who must answer it for their sake: as many
/// as make a majority, those that were heard last. The next heartbeat asks all, should one of them be silent.
std::set<Member> Raft::begin_round_for_reads() {
  std::set<Member> asked;
  const std::vector<Member> others = voters_heard_last();
  for (PendingRead& read : pending_reads_) {
    if (read.round) continue;
    read.round = round_;
    std::size_t missing = quorum() - (read.witness ? 2 : 1);
    for (const Member member : others) {
      if (missing == 0) break;
      if (member == read.witness) continue;
      asked.insert(member);
      --missing;
    }
  }
  return asked;
}

/// The other voters, those first that were heard last.
std::vector<Member> Raft::voters_heard_last() const {
  std::vector<Member> others;
  for (Member member = 0; member < config_.members; ++member) {
    if (member != config_.self && progress_[member].is_voter) others.push_back(member);
  }
  std::stable_sort(others.begin(), others.end(),
                   [this](Member a, Member b) { return progress_[a].heard_at > progress_[b].heard_at; });
  return others;
}

void Raft::fail_reads() {
  for (const PendingRead& read : pending_reads_) reads_.push_back({.id = read.id, .confirmed = false});
  pending_reads_.clear();
}

/// True as long as the majority that has answered a broadcast votes for nobody else: each of them waits an election
/// time-out from when it heard it.
bool Raft::has_lease(Time now) const {
  if (!config_.lease_reads || commit_ < first_of_term_) return false;
  const Round confirmed = reached_by_quorum(round_, &Progress::acked_round);
  const auto sent = round_sent_at_.find(confirmed);
  // A quarter for clocks that run at different speeds.
  return sent != round_sent_at_.end() && now < sent->second + config_.election_timeout * 3 / 4;
}

bool Raft::quorum_is_silent(Time now) const {
  return reached_by_quorum(now, &Progress::heard_at) + config_.election_timeout <= now;
}

}  // namespace mznode::raft

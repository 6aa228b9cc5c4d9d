#pragma once

#include <cstddef>
#include <cstdint>
#include <variant>
#include <vector>

#include "enrolment/memory_id.hpp"
#include "member.hpp"
#include "mznode/json/json.hpp"
#include "mznode/node/peer_message.hpp"
#include "relay/messages.hpp"

/// Raft, after Ongaro and Ousterhout, "In Search of an Understandable Consensus Algorithm" (2014, "the paper"), and
/// Ongaro, "Consensus: Bridging Theory and Practice" (2014, "the thesis"). Names are those of the paper where it has
/// one. What validate() demands is so whatever the state of the server that sends the message.
namespace mznode::raft {

using Term = StrongNumber<struct TermKind>;
/// A position in the log; the first entry has 1.
using Index = StrongNumber<struct IndexKind>;
/// Counts the broadcasts of a leader within its term.
using Round = StrongNumber<struct RoundKind>;
/// What the log is a list of; Raft does not look inside. Null is the entry that a leader begins its term with.
using Command = Json;

struct Entry {
  Term term = 0;
  Command command;
  MZNODE_FIELDS(term, command)
  bool operator==(const Entry&) const = default;
};

/// The state that the entries up to an index have led to, in place of these entries (paper, section 7).
struct Snapshot {
  Index index = 0;
  Term term = 0;
  Json state;
  MZNODE_FIELDS(index, term, state)
};

struct RequestVote {
  /// The term that the candidate has begun, or would begin if this is a pre-vote (thesis, 9.6).
  Term term = 0;
  bool is_pre_vote = false;
  Index last_index = 0;
  Term last_term = 0;
  MZNODE_FIELDS(term, is_pre_vote, last_index, last_term)
  void validate() const {
    demand(last_term < term, "a candidate's log is of terms before the one that it begins");
    demand((last_index == 0) == (last_term == 0), "the log ends at index 0 if it is empty, and then with term 0");
  }
  relay::Token asks() const { return {relay::Token::Kind::vote, term, is_pre_vote ? 1U : 0U}; }
};

struct Vote {
  /// When granted, the term of the request; otherwise the voter's own.
  Term term = 0;
  bool is_pre_vote = false;
  bool granted = false;
  MZNODE_FIELDS(term, is_pre_vote, granted)
  relay::Token answers() const { return {relay::Token::Kind::vote, term, is_pre_vote ? 1U : 0U}; }
};

struct AppendEntries {
  Term term = 0;
  Index prev_index = 0;
  Term prev_term = 0;
  std::vector<Entry> entries;
  Index commit = 0;
  Round round = 0;
  MZNODE_FIELDS(term, prev_index, prev_term, entries, commit, round)
  void validate() const {
    demand((prev_index == 0) == (prev_term == 0), "index 0, and it alone, has term 0");
    Term last = prev_term;
    for (const Entry& entry : entries) {
      demand(entry.term > 0 && entry.term >= last, "terms do not fall along a log");
      last = entry.term;
    }
    demand(term > 0 && last <= term, "no entry is of a later term than its leader");
  }
  relay::Token asks() const { return {relay::Token::Kind::append, term, round}; }
};

/// The whole snapshot in one message: what carries messages here has no limit that a state in memory would reach.
struct InstallSnapshot {
  Term term = 0;
  Snapshot snapshot;
  Round round = 0;
  MZNODE_FIELDS(term, snapshot, round)
  void validate() const {
    demand(snapshot.index > 0 && snapshot.term > 0, "a snapshot stands for one entry at least");
    demand(snapshot.term <= term, "no entry is of a later term than its leader");
  }
  relay::Token asks() const { return {relay::Token::Kind::append, term, round}; }
};

/// The answer to AppendEntries and InstallSnapshot.
struct Appended {
  Term term = 0;
  bool success = false;
  /// When successful, the log agrees with the leader's up to here. Otherwise it cannot agree beyond here, nor with an
  /// entry of a later term than `conflict_term`.
  Index index = 0;
  Term conflict_term = 0;
  Round round = 0;
  MemoryId life = 0;
  bool is_voter = false;
  MZNODE_FIELDS(term, success, index, conflict_term, round, life, is_voter)
  MZNODE_IDENTITIES(life)
  void validate() const { demand(conflict_term <= term, "no entry is of a later term than its server"); }
  relay::Token answers() const { return {relay::Token::Kind::append, term, round}; }
};

using Message = std::variant<RequestVote, Vote, AppendEntries, InstallSnapshot, Appended>;

}  // namespace mznode::raft

#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "raft/tracker.hpp"

namespace mznode::raft {

using ReadId = StrongNumber<struct ReadKind>;

/// What came of a read that was asked for.
struct ReadResult {
  ReadId id = 0;
  /// True when the state that all that was committed so far has led to may be read; false when this server does not
  /// lead any more.
  bool confirmed = false;
};

/// Reads without log entries (thesis, 6.4, ReadIndex): each waits until a majority has shown that it was in the
/// leader's term after the read was asked for, and until what an earlier leader committed is known to be.
class Reads {
 public:
  /// A leader whose first entry is at `first_of_term`. As long as that is not committed, it may not know of commits of
  /// leaders before it.
  void begin(Index first_of_term) { first_of_term_ = first_of_term; }
  Index first_of_term() const { return first_of_term_; }

  /// Asks for a read. `witness` counts for the majority that has to confirm it; nothing else is needed with a lease.
  /// False when a round has to confirm it, which then join() is to be called for.
  bool ask(ReadId id, std::optional<Member> witness, bool has_lease, const Tracker& tracker, Index commit);
  /// Lets the reads that wait for a round take part in this one. Returns who must answer it for their sake: as many as
  /// make a majority, those that were heard last. The next heartbeat asks all, should one of them be silent.
  std::set<Member> join(Round round, const Tracker& tracker);
  /// Answers the reads that followers' answers, or what is committed now, have confirmed.
  void confirm(const Tracker& tracker, Index commit);
  /// The server does not lead any more.
  void fail();

  std::size_t pending() const { return pending_.size(); }
  /// What came of reads since this was last called.
  std::vector<ReadResult> take_results() { return std::exchange(results_, {}); }

 private:
  struct Pending {
    ReadId id = 0;
    /// The round that will confirm it; nothing as long as there was none since it came.
    std::optional<Round> round;
    /// Must be committed before, lest an earlier leader's commits be missed.
    Index index = 0;
    std::optional<Member> witness;
  };
  static bool is_confirmed(const Pending& read, const Tracker& tracker, Index commit);

  Index first_of_term_ = 0;
  std::vector<Pending> pending_;
  std::vector<ReadResult> results_;
};

}  // namespace mznode::raft

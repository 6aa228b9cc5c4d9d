#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "raft/reads.hpp"
#include "raft/requests.hpp"

namespace mznode::raft {

/// What a leader was asked for and has yet to answer: commands that it has proposed, and queries that wait until it is
/// known to lead.
class Backlog {
 public:
  /// A query, and the node that it came from.
  struct Waiting {
    std::string asker;
    Query query;
  };

  /// True when the command is to be proposed; false when this leader of `term` has done so.
  bool add(Term term, const SessionCommand& command);
  /// The command was applied.
  void remove(const SessionCommand& command) { proposed_.erase(command.id()); }
  /// Returns the name of the read that the query waits for.
  ReadId add(Waiting waiting);
  /// The query that waited for a read, which takes place, or never will.
  Waiting take(ReadId id);

 private:
  Term proposed_in_ = 0;
  std::set<decltype(SessionCommand().id())> proposed_;
  ReadId last_read_ = 0;
  std::map<ReadId, Waiting> waiting_;
};

}  // namespace mznode::raft

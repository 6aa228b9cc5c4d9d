#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "incarnation.hpp"
#include "raft/messages.hpp"

namespace mznode::raft {

/// A command of the replicated log: an operation, and who asks for it.
struct SessionCommand {
  std::string origin;
  Incarnation life = 0;
  /// 0 to open a session; then there is no operation.
  Index session = 0;
  /// Counts the operations of the origin's process.
  std::uint64_t number = 0;
  /// The origin asks for no operation before this one any more.
  std::uint64_t oldest = 0;
  Json operation;
  MZNODE_FIELDS(origin, life, session, number, oldest, operation)
  MZNODE_IDENTITIES(life)
  void validate() const {
    demand(life != 0, "no life is 0");
    demand(number > 0 && oldest <= number, "operations count from 1, and the oldest is no later than this one");
  }

  relay::Token asks() const { return {relay::Token::Kind::request, life, number}; }

  auto id() const { return std::tuple(origin, life, session, number); }
};

/// What came of a command.
struct SessionOutcome {
  /// The session that was opened; 0 when the command's own has been superseded by one of another life.
  Index session = 0;
  Json result;
  MZNODE_FIELDS(session, result)
};

/// What a snapshot holds.
struct SnapshotState {
  Json machine;
  Json sessions;
  MZNODE_FIELDS(machine, sessions)
};

/// Makes operations that are asked for several times take effect once (thesis, 6.3). Part of the replicated state:
/// every server comes to the same. There is one session an origin, named by the log index that opened it, so that what
/// an earlier life asked for, and the network kept back, is told from what the present one asks for; and no more
/// results are kept than an origin has operations under way.
class Sessions {
 public:
  /// What came of a command that was applied before; nothing when it was not, or that is forgotten.
  std::optional<SessionOutcome> find(const SessionCommand& command) const;
  /// Calls `execute` when the operation is to take effect now.
  SessionOutcome apply(Index index, const SessionCommand& command, const std::function<Json(const Json&)>& execute);

  Json save() const;
  void restore(const Json& saved);
  /// Throws Error malformed_request unless restore() can take what was saved behind the entry at `index`.
  static void demand_saved(const Json& saved, Index index);

 private:
  struct Session {
    Index opened_at = 0;
    Incarnation life = 0;
    std::uint64_t oldest = 0;
    std::vector<std::pair<std::uint64_t, Json>> results;
    MZNODE_FIELDS(opened_at, life, oldest, results)
    MZNODE_IDENTITIES(life)
  };

  std::map<std::string, Session> sessions_;
};

}  // namespace mznode::raft

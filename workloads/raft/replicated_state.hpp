#pragma once

#include <optional>

#include "mznode/node/node.hpp"
#include "raft/journal.hpp"
#include "raft/machine.hpp"
#include "raft/sessions.hpp"

namespace mznode::raft {

/// What the committed entries of the log have led to on one server: the state machine, and the sessions that keep what
/// is asked for twice from taking effect twice. Every server comes to the same.
///
/// Nothing that is committed is left out: what is no command for the machine is not proposed, nor taken from another
/// server, nor is a snapshot that the machine cannot start from; and where one is found in the log all the same, it has
/// no effect, on any server.
class ReplicatedState {
 public:
  /// The node and the state machine must outlive it.
  ReplicatedState(Node& node, StateMachine& machine) : node_(node), machine_(machine) {}

  /// The last entry that was applied.
  Index applied() const { return applied_; }

  struct Applied {
    SessionCommand command;
    SessionOutcome outcome;
  };
  /// Applies the entry behind the last one. Nothing when it is no command.
  std::optional<Applied> apply(const Committed& committed);
  /// What came of a command that was applied before; nothing when it was not, or that is forgotten.
  std::optional<SessionOutcome> find(const SessionCommand& command) const { return sessions_.find(command); }
  Json query(const Json& question) const { return machine_.query_text(question); }

  /// The state for a snapshot of what was applied.
  Json save() const;
  void restore(const Snapshot& snapshot);

  // What is checked before it is believed, whoever it comes from. Each throws Error malformed_request:

  /// unless a server can have wished for this command at this place of the log;
  void demand_command(Index index, const SessionCommand& command) const;
  /// unless all entries of a leader are such commands;
  void demand_commands(const AppendEntries& request) const;
  /// unless restore() can take it: it replaces all that a server had, on its disk as well;
  void demand_snapshot(const Snapshot& snapshot) const;
  /// unless query() can answer it.
  void demand_question(const Json& question) const { machine_.demand_question(question); }

 private:
  SessionCommand read_command(Index index, const Json& text) const;
  Json carry_out(Index index, const Json& operation);

  Node& node_;
  StateMachine& machine_;
  Sessions sessions_;
  Index applied_ = 0;
};

}  // namespace mznode::raft

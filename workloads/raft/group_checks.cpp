// What a server believes: commands, snapshots and outcomes are for a machine of this kind, whoever they come from.

#include <algorithm>

#include "raft/group.hpp"

namespace mznode::raft {

/// Throws Error malformed_request unless a server can have wished for this command at this place of the log.
void Group::demand_command(Index index, const SessionCommand& command) const {
  const auto& members = enrolment_.members();
  demand(std::find(members.begin(), members.end(), command.origin) != members.end(), "the origin is no server");
  demand(command.session < index, "a session is opened before it is used");
  if (command.session > 0) machine_.demand_operation(command.operation);
}

SessionCommand Group::read_command(Index index, const Json& text) const {
  auto command = from_peer<SessionCommand>(text);
  demand_command(index, command);
  return command;
}

void Group::demand_commands(const AppendEntries& request) const {
  Index index = request.prev_index;
  for (const Entry& entry : request.entries) {
    ++index;
    if (!entry.command.is_null()) read_command(index, entry.command);
  }
}

/// What is installed replaces all that a server had, on its disk as well.
void Group::demand_snapshot(const Snapshot& snapshot) const {
  const auto state = from_json<SnapshotState>(snapshot.state);
  machine_.demand_state(state.machine);
  Sessions::demand_saved(state.sessions, snapshot.index);
}

/// Who waits for it will hand the outcome on to a client.
void Group::demand_outcome(const Answer& answer) const {
  const auto found = pending_.find(answer.number);
  if (found == pending_.end() || answer.life != node_.incarnation()) return;
  const Outcome& outcome = answer.outcome;
  const auto* command = std::get_if<SessionCommand>(&found->second->request);
  if (command == nullptr) {
    machine_.demand_answer(outcome.result);
  } else if (command->session == 0) {
    demand(outcome.session > 0, "no session was opened");
  } else if (outcome.session > 0) {
    demand(outcome.session == command->session, "another session was asked for");
    machine_.demand_result(outcome.result);
  }
}

}  // namespace mznode::raft

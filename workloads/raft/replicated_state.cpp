#include "raft/replicated_state.hpp"

#include <algorithm>
#include <exception>

#include "mznode/node/invariant.hpp"

namespace mznode::raft {

std::optional<ReplicatedState::Applied> ReplicatedState::apply(const Committed& committed) {
  const auto& [index, entry] = committed;
  invariant(index == applied_ + 1, "entries are applied in their order", {index, applied_});
  applied_ = index;
  if (entry.command.is_null()) return std::nullopt;
  Applied applied;
  try {
    applied.command = read_command(index, entry.command);
  } catch (const Error& error) {
    // It was taken in before anybody looked. Every server comes to this, so on all of them it has no effect.
    node_.log(LogLevel::error, "entry ", std::to_string(index),
              " of the log is no command, and has no effect: ", error.what());
    return std::nullopt;
  }
  applied.outcome = sessions_.apply(committed.index, applied.command,
                                    [&](const Json& operation) { return carry_out(committed.index, operation); });
  return applied;
}

/// An operation that was checked cannot fail but for want of memory. To leave it out would be to go on from another
/// state than the other servers.
Json ReplicatedState::carry_out(Index index, const Json& operation) {
  try {
    return machine_.apply_text(operation);
  } catch (const std::exception& error) {
    node_.log(LogLevel::error, "entry ", std::to_string(index),
              " of the log cannot be applied, so this node stops: ", error.what());
    std::terminate();
  }
}

Json ReplicatedState::save() const {
  return to_json(SnapshotState{machine_.save_text(), sessions_.save()});
}

void ReplicatedState::restore(const Snapshot& snapshot) {
  const auto state = from_json<SnapshotState>(snapshot.state);
  machine_.restore_text(state.machine);
  sessions_.restore(state.sessions);
  applied_ = snapshot.index;
}

void ReplicatedState::demand_command(Index index, const SessionCommand& command) const {
  const auto& members = node_.node_ids();
  demand(std::find(members.begin(), members.end(), command.origin) != members.end(), "the origin is no server");
  demand(command.session < index, "a session is opened before it is used");
  if (command.session > 0) machine_.demand_operation(command.operation);
}

SessionCommand ReplicatedState::read_command(Index index, const Json& text) const {
  auto command = from_peer<SessionCommand>(text);
  demand_command(index, command);
  return command;
}

void ReplicatedState::demand_commands(const AppendEntries& request) const {
  Index index = request.prev_index;
  for (const Entry& entry : request.entries) {
    ++index;
    if (!entry.command.is_null()) read_command(index, entry.command);
  }
}

void ReplicatedState::demand_snapshot(const Snapshot& snapshot) const {
  const auto state = from_json<SnapshotState>(snapshot.state);
  machine_.demand_state(state.machine);
  Sessions::demand_saved(state.sessions, snapshot.index);
}

}  // namespace mznode::raft

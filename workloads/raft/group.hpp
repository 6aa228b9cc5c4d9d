#pragma once

#include <optional>
#include <string>

#include "driver.hpp"
#include "mznode/node/node.hpp"
#include "raft/backlog.hpp"
#include "raft/memory.hpp"
#include "raft/raft.hpp"
#include "raft/replicated_state.hpp"
#include "raft/requests.hpp"
#include "relay/relays.hpp"

namespace mznode::raft {

template <class MachineType>
class GroupStrategy;

/// Binds Raft to a node: carries its messages, around broken links too, saves what must be saved before anybody hears
/// of it, applies what is committed to a state machine, and brings operations to the leader, wherever it is. A part of
/// a GroupStrategy, which knows the types of its machine; here they are text.
///
/// Its state is that of its parts: what the node asks for (Requests), what a leader has yet to answer (Backlog), what
/// the log has led to (ReplicatedState), and what is stored (Memory). A Driver takes what Raft wants done; here that is
/// saved, sent and applied.
class Group {
 public:
  struct Options {
    Duration election_timeout = 400ms;
    Duration heartbeat = 100ms;
    Duration batch_window{0};
    bool lease_reads = false;
    /// Entries applied since the last snapshot that make it time for the next.
    std::uint64_t snapshot_entries = 1'000;
  };

  /// Carries an operation out, once, and returns what came of it. Throws Error temporarily_unavailable when it
  /// certainly took no effect, because it never left this process, and timeout when that is open.
  Task<Json> execute(Json operation) { return requests_.execute(std::move(operation)); }
  /// Answers a question from a state that holds all that was executed before the question came. Costs no log entry.
  /// Throws Error temporarily_unavailable.
  Task<Json> query(Json question) { return requests_.query(std::move(question)); }

  /// For tests that watch the protocol from outside; null before `init`.
  const Raft* raft() const { return raft_ ? &*raft_ : nullptr; }

 private:
  template <class MachineType>
  friend class GroupStrategy;

  /// The node and the state machine must outlive it.
  Group(Node& node, StateMachine& machine, Options options);

  void start();
  void install_handlers();
  void step(const std::string& src, const Message& message);
  bool is_leader() const { return raft_->role() == Role::leader; }

  void wake() { driver_->wake(); }
  bool save(const Effects& effects);
  void carry_out(const Effects& effects);
  void apply(const Committed& committed);
  void take_snapshot();

  // How requests come to the leader, and what it does with them
  bool send_to_leader(const Requests::Request& request);
  void on_execute(const SessionCommand& command, const std::string& src);
  void propose(const SessionCommand& command);
  void on_query(const Query& query, const std::string& src);
  void read(const std::string& asker, const Query& query);
  void answer(const std::string& asker, const Answered& answer);

  Node& node_;
  relay::Relays relays_;
  Options options_;
  Memory memory_;
  std::optional<Raft> raft_;
  std::optional<Driver<Raft>> driver_;
  ReplicatedState state_;
  Requests requests_;
  Backlog backlog_;
};

}  // namespace mznode::raft

#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/node.hpp"
#include "workloads/raft/enrolment.hpp"
#include "workloads/raft/raft.hpp"
#include "workloads/raft/sessions.hpp"

namespace mznode::raft {

/// What a group keeps the same on all its servers. Everything is to follow from the operations alone.
class StateMachine {
 public:
  virtual ~StateMachine() = default;
  /// Carries an operation out and returns its result.
  virtual Json apply(const Json& operation) = 0;
  /// Answers a question; changes nothing.
  virtual Json query(const Json& question) const = 0;
  virtual Json save() const = 0;
  virtual void restore(const Json& saved) = 0;
};

/// Binds Raft to a node: carries its messages, saves what must be saved before anybody hears of it, applies what is
/// committed to a state machine, and brings operations to the leader, wherever it is.
class Group {
 public:
  struct Options {
    Duration election_timeout = 400ms;
    Duration heartbeat = 100ms;
    Duration batch_window{0};
    bool lease_reads = false;
    /// Entries applied since the last snapshot that make it time for the next.
    std::uint64_t snapshot_entries = 1'000;
    /// After so long an operation is given up: shortly before its client does so.
    Duration request_timeout = 900ms;
  };

  /// The node and the state machine must outlive it.
  Group(Node& node, StateMachine& machine, Options options);

  /// Carries an operation out, once, and returns its result. Throws Error temporarily_unavailable when it certainly
  /// took no effect, because it never left this process, and timeout when that is open.
  Task<Json> execute(Json operation);
  /// Answers a question from a state that holds all that was executed before the question came. Costs no log entry.
  /// Throws Error temporarily_unavailable.
  Task<Json> query(Json question);

  /// For tests that watch the protocol from outside.
  const Raft* raft() const { return raft_ ? &*raft_ : nullptr; }

 private:
  /// A record of the storage.
  struct Record {
    std::optional<Enrolment::Saved> enrolment;
    std::optional<Unsaved> unsaved;
    MZNODE_FIELDS(enrolment, unsaved)
  };
  struct Question {
    Json question;
    MZNODE_FIELDS(question)
  };
  struct Answer {
    Json answer;
    MZNODE_FIELDS(answer)
  };
  using OutcomePromise = Promise<std::optional<Outcome>>;
  /// A command that this server has proposed, and those who wait for its outcome.
  struct Proposal {
    Term term = 0;
    std::vector<std::shared_ptr<OutcomePromise>> waiting = {};
  };

  // group_start.cpp
  void start();
  Saved load(const std::vector<std::string>& records);
  void install_handlers();
  void append(const Record& record);

  // group.cpp
  void step(const std::string& src, const Message& message);
  void wake();
  void flush();
  void write(const Unsaved& unsaved);
  void release(const Effects& effects);
  void apply(Index index, const Entry& entry);
  void take_snapshot();
  void set_timer();
  void give_up_proposals();

  // group_requests.cpp
  bool is_leader() const { return raft_->role() == Role::leader; }
  Task<Outcome> on_execute(SessionCommand command);
  Task<Answer> on_query(Question question);
  Task<std::optional<Outcome>> submit(SessionCommand command, Time deadline, bool* has_left);
  Task<std::optional<Outcome>> commit(SessionCommand command, Time deadline);
  Task<bool> confirm(Time deadline);
  Task<> open_session(Time deadline);

  Node& node_;
  StateMachine& machine_;
  Options options_;
  Enrolment enrolment_;
  std::optional<Raft> raft_;
  Sessions sessions_;
  Index applied_ = 0;

  bool is_syncing_ = false;
  bool is_woken_ = false;
  std::optional<TimerId> timer_;
  Time timer_at_;

  Index session_ = 0;
  std::uint64_t last_number_ = 0;
  std::set<std::uint64_t> under_way_;
  std::map<decltype(SessionCommand().id()), Proposal> proposals_;
  ReadId last_read_ = 0;
  std::map<ReadId, std::shared_ptr<Promise<bool>>> reads_;
};

}  // namespace mznode::raft

#pragma once

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "mznode/node/node.hpp"
#include "raft/enrolment.hpp"
#include "raft/machine.hpp"
#include "raft/raft.hpp"
#include "raft/sessions.hpp"

namespace mznode::raft {

template <class MachineType>
class GroupStrategy;

/// Binds Raft to a node: carries its messages, saves what must be saved before anybody hears of it, applies what is
/// committed to a state machine, and brings operations to the leader, wherever it is. A part of a GroupStrategy.
///
/// Nothing that is committed is left out: what is no command for the machine is not proposed, nor taken from another
/// server, nor is a snapshot that the machine cannot start from; and where one is found in the log all the same, it has
/// no effect, on any server.
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

  /// Carries an operation out, once, and returns its result. Throws Error temporarily_unavailable when it certainly
  /// took no effect, because it never left this process, and timeout when that is open.
  Task<Json> execute(Json operation);
  /// Answers a question from a state that holds all that was executed before the question came. Costs no log entry.
  /// Throws Error temporarily_unavailable.
  Task<Json> query(Json question);

  /// For tests that watch the protocol from outside; null before `init`.
  const Raft* raft() const { return raft_ ? &*raft_ : nullptr; }

 private:
  template <class MachineType>
  friend class GroupStrategy;

  /// The node and the state machine must outlive it.
  Group(Node& node, StateMachine& machine, Options options);

  /// A record of the storage.
  struct Record {
    std::optional<Enrolment::Saved> enrolment;
    std::optional<Unsaved> unsaved;
    MZNODE_FIELDS(enrolment, unsaved)
  };
  /// The other thing, beside a command, that a leader is asked for.
  struct Question {
    /// Of the process that asks.
    Life life = 0;
    std::uint64_t number = 0;
    /// Where the one who asks is: what it knows of leaders.
    Term term = 0;
    bool is_voter = false;
    Json question;
    MZNODE_FIELDS(life, number, term, is_voter, question)
    MZNODE_IDENTITIES(life)
  };
  struct Answer {
    /// As in the command or question.
    Life life = 0;
    std::uint64_t number = 0;
    Outcome outcome;
    MZNODE_FIELDS(life, number, outcome)
    MZNODE_IDENTITIES(life)
  };
  /// What somebody here waits for.
  struct Pending {
    explicit Pending(std::variant<SessionCommand, Question> what) : request(std::move(what)) {}
    std::uint64_t number() const {
      return std::visit([](const auto& each) { return each.number; }, request);
    }
    std::variant<SessionCommand, Question> request;
    /// From then on it may take effect.
    std::optional<Time> left_at = std::nullopt;
    std::optional<Outcome> outcome = std::nullopt;
    /// Happens when there is an outcome, or a reason to ask again.
    std::unique_ptr<Event> news = nullptr;
  };
  /// A question that this leader has to answer.
  struct Asked {
    std::string asker;
    Question question;
  };

  // group_start.cpp
  void start();
  Saved load(const std::vector<std::string>& records);
  void install_handlers();
  void append(const Record& record);

  // group_checks.cpp
  SessionCommand read_command(Index index, const Json& text) const;
  void demand_command(Index index, const SessionCommand& command) const;
  void demand_commands(const AppendEntries& request) const;
  void demand_snapshot(const Snapshot& snapshot) const;
  void demand_outcome(const Answer& answer) const;

  // group.cpp
  void step(const std::string& src, const Message& message);
  void wake();
  void flush();
  void write(const Unsaved& unsaved);
  void release(const Effects& effects);
  void apply(Index index, const Entry& entry);
  Json carry_out(Index index, const Json& operation);
  void take_snapshot();
  void set_timer();

  // group_requests.cpp
  bool is_leader() const { return raft_->role() == Role::leader; }
  void ask(Pending& pending);
  Task<std::optional<Outcome>> submit(std::shared_ptr<Pending> pending, Time deadline);
  void note_answer(const Pending& pending, Duration took);
  SessionCommand next_command();
  Task<> open_session(Time deadline);
  void tell_of_leader();
  void on_answer(const Answer& answer);
  void on_execute(const SessionCommand& command, const std::string& src);
  void propose(const SessionCommand& command);
  void on_query(const Question& question, const std::string& src);
  void read(const std::string& asker, const Question& question);
  void answer(const std::string& asker, Life life, std::uint64_t number, const Outcome& outcome);

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
  /// By their numbers.
  std::map<std::uint64_t, std::shared_ptr<Pending>> pending_;
  std::pair<std::optional<Member>, Term> known_leader_;
  /// How long answers to a command, and to a question, usually take.
  std::array<Duration, 2> usual_answers_{};
  // Of a leader
  Term proposed_in_ = 0;
  std::set<decltype(SessionCommand().id())> proposed_;
  ReadId last_read_ = 0;
  std::map<ReadId, Asked> reads_;
};

}  // namespace mznode::raft

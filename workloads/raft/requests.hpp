#pragma once

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <variant>

#include "mznode/node/node.hpp"
#include "raft/machine.hpp"
#include "raft/sessions.hpp"

namespace mznode::raft {

/// The other thing, beside a command, that a leader is asked for.
struct Query {
  /// Of the process that asks.
  Incarnation life = 0;
  std::uint64_t number = 0;
  /// Where the one who asks is: what it knows of leaders.
  Term term = 0;
  bool is_voter = false;
  Json question;
  MZNODE_FIELDS(life, number, term, is_voter, question)
  MZNODE_IDENTITIES(life)
  relay::Token asks() const { return {relay::Token::Kind::request, life, number}; }
};

/// What a leader, or whoever applied a command, says to the one who asked.
struct Answered {
  /// As in the command or query.
  Incarnation life = 0;
  std::uint64_t number = 0;
  SessionOutcome outcome;
  MZNODE_FIELDS(life, number, outcome)
  MZNODE_IDENTITIES(life)
  relay::Token answers() const { return {relay::Token::Kind::request, life, number}; }
};

/// The side of a group that asks: it numbers what its node wants done or wants to know, sends that to whoever leads,
/// again while nobody answers, and hands over the answer. That asking again does no harm rests on the number of a
/// command, and on a query's having no effect.
class Requests {
 public:
  using Request = std::variant<SessionCommand, Query>;
  /// Sends a request to whoever leads. False when nobody is known to.
  using Send = std::function<bool(const Request&)>;

  /// The node and the state machine must outlive it.
  Requests(Node& node, const StateMachine& machine, Send send);

  /// Group::execute().
  Task<Json> execute(Json operation);
  /// Group::query().
  Task<Json> query(Json question);

  /// Throws Error malformed_request unless the answer is one to what was asked, if anybody waits for it: who does will
  /// hand it on to a client.
  void demand_possible(const Answered& answer) const;
  void receive(const Answered& answer);
  /// Says who leads, in which term. When that is another, all who wait ask again.
  void note_leader(std::optional<Member> leader, Term term);

 private:
  /// What somebody here waits for.
  struct Pending {
    explicit Pending(Request what) : request(std::move(what)) {}
    std::uint64_t number() const {
      return std::visit([](const auto& each) { return each.number; }, request);
    }
    Request request;
    /// From then on it may take effect.
    std::optional<Time> left_at = std::nullopt;
    std::optional<SessionOutcome> outcome = std::nullopt;
    /// Happens when there is an outcome, or a reason to ask again.
    std::unique_ptr<Event> news = nullptr;
  };

  Task<std::optional<SessionOutcome>> submit(std::shared_ptr<Pending> pending, Time deadline);
  Task<> open_session(Time deadline);
  SessionCommand next_command();
  void note_answer(const Pending& pending, Duration took);

  Node& node_;
  const StateMachine& machine_;
  Send send_;
  Index session_ = 0;
  std::uint64_t last_number_ = 0;
  /// By their numbers.
  std::map<std::uint64_t, std::shared_ptr<Pending>> pending_;
  std::pair<std::optional<Member>, Term> leader_;
  /// How long answers to a command, and to a query, usually take.
  std::array<Duration, 2> usual_answers_{};
};

}  // namespace mznode::raft

// How operations and questions find the leader, and come back.

#include <algorithm>

#include "workloads/raft/group.hpp"

namespace mznode::raft {
namespace {

/// Longer than a round trip to the leader and from it to a majority; then the request is taken for lost.
constexpr Duration attempt_timeout = 400ms;
/// Between one attempt and the next, and between looks at whether there is a leader.
constexpr Duration retry_pause = 40ms;

}  // namespace

/// Proposes a command at this leader, unless that was done, and waits for its outcome; nothing when it is not known in
/// time, or another leader has to be asked.
Task<std::optional<Outcome>> Group::commit(SessionCommand command, Time deadline) {
  auto promise = std::shared_ptr<OutcomePromise>(new OutcomePromise(node_.promise<std::optional<Outcome>>()));
  Proposal& proposal = proposals_[command.id()];
  proposal.waiting.push_back(promise);
  if (proposal.term != raft_->term()) {
    proposal.term = raft_->term();
    raft_->propose(node_.now(), to_json(command));
    wake();
  }
  const TimerId timer = node_.after(deadline - node_.now(), [promise] { promise->set(std::nullopt); });
  auto outcome = co_await promise->wait();
  node_.cancel_timer(timer);
  co_return outcome;
}

/// Waits until this leader knows that it may answer from its state; false when it does not come to know it in time.
Task<bool> Group::confirm(Time deadline) {
  const ReadId id = ++last_read_;
  auto promise = std::shared_ptr<Promise<bool>>(new Promise<bool>(node_.promise<bool>()));
  reads_.emplace(id, promise);
  raft_->read(node_.now(), id);
  wake();
  const TimerId timer = node_.after(deadline - node_.now(), [promise] { promise->set(false); });
  auto confirmed = co_await promise->wait();
  node_.cancel_timer(timer);
  reads_.erase(id);
  co_return confirmed;
}

Task<Outcome> Group::on_execute(SessionCommand command) {
  if (!is_leader()) throw Error(ErrorCode::temporarily_unavailable, "this server does not lead");
  const Time deadline = node_.now() + options_.request_timeout;
  auto outcome = co_await commit(std::move(command), deadline);
  if (!outcome) throw Error(ErrorCode::timeout, "the outcome is not known in time");
  co_return std::move(*outcome);
}

Task<Group::Answer> Group::on_query(Question question) {
  if (!is_leader()) throw Error(ErrorCode::temporarily_unavailable, "this server does not lead");
  const Time deadline = node_.now() + options_.request_timeout;
  auto confirmed = co_await confirm(deadline);
  if (!confirmed) throw Error(ErrorCode::temporarily_unavailable, "this server may not lead any more");
  co_return Answer{machine_.query(question.question)};
}

/// Brings a command to whoever leads until its outcome is known; nothing when that is not so by the deadline. Sets
/// `has_left` as soon as it may take effect.
Task<std::optional<Outcome>> Group::submit(SessionCommand command, Time deadline, bool* has_left) {
  while (node_.now() < deadline) {
    const auto leader = raft_->leader();
    if (is_leader()) {
      *has_left = true;
      auto outcome = co_await commit(command, deadline);
      if (outcome) co_return outcome;
    } else if (leader) {
      *has_left = true;
      const std::string dest = members_[*leader];
      const Duration patience = std::min(attempt_timeout, deadline - node_.now());
      try {
        auto reply = co_await node_.rpc(dest, "execute", command, patience);
        co_return reply.as<Outcome>();
      } catch (const Error&) {
        // Lost, or there is another leader: to ask again does no harm, since the command has a number.
      }
    }
    const Duration pause = std::min(retry_pause, deadline - node_.now());
    co_await node_.sleep(pause);
  }
  co_return std::nullopt;
}

Task<> Group::open_session(Time deadline) {
  SessionCommand command{.origin = node_.id(), .life = node_.incarnation(), .operation = Json()};
  bool has_left = false;
  auto outcome = co_await submit(std::move(command), deadline, &has_left);
  if (outcome) session_ = outcome->session;
}

Task<Json> Group::execute(Json operation) {
  struct UnderWay {
    ~UnderWay() { numbers.erase(number); }
    std::set<std::uint64_t>& numbers;
    std::uint64_t number;
  };
  const Time deadline = node_.now() + options_.request_timeout;
  if (session_ == 0) co_await open_session(deadline);
  if (session_ == 0) throw Error(ErrorCode::temporarily_unavailable, "no leader could be reached");
  const UnderWay under_way{under_way_, ++last_number_};
  under_way_.insert(under_way.number);
  SessionCommand command{.origin = node_.id(),
                         .life = node_.incarnation(),
                         .session = session_,
                         .number = under_way.number,
                         .oldest = *under_way_.begin(),
                         .operation = std::move(operation)};
  bool has_left = false;
  auto outcome = co_await submit(command, deadline, &has_left);
  if (!outcome && !has_left) throw Error(ErrorCode::temporarily_unavailable, "there is no leader");
  if (!outcome) throw Error(ErrorCode::timeout, "the outcome is not known in time");
  if (outcome->session == 0) {
    if (session_ == command.session) session_ = 0;
    throw Error(ErrorCode::timeout, "the session was superseded; the operation may have taken effect before");
  }
  co_return std::move(outcome->result);
}

Task<Json> Group::query(Json question) {
  const Time deadline = node_.now() + options_.request_timeout;
  const Question request{question};
  while (node_.now() < deadline) {
    const auto leader = raft_->leader();
    if (is_leader()) {
      auto confirmed = co_await confirm(deadline);
      if (confirmed) co_return machine_.query(question);
    } else if (leader) {
      const std::string dest = members_[*leader];
      const Duration patience = std::min(attempt_timeout, deadline - node_.now());
      try {
        auto reply = co_await node_.rpc(dest, "query", request, patience);
        co_return reply.as<Answer>().answer;
      } catch (const Error&) {
        // A question may be asked again.
      }
    }
    const Duration pause = std::min(retry_pause, deadline - node_.now());
    co_await node_.sleep(pause);
  }
  throw Error(ErrorCode::temporarily_unavailable, "no leader answered in time");
}

}  // namespace mznode::raft

// How operations and questions find the leader, and answers come back.

#include <algorithm>
#include <utility>

#include "raft/group.hpp"
#include "timeouts.hpp"

namespace mznode::raft {
namespace {

/// After so long, or a quarter more than answers usually take, a request, or its answer, is taken for lost.
constexpr Duration least_patience = 300ms;

}  // namespace

// ---- The one who asks

/// Asks whoever leads, if that is known.
void Group::ask(Pending& pending) {
  const auto leader = raft_->leader();
  if (!leader) return;
  if (!pending.left_at) pending.left_at = node_.now();
  const std::string& dest = enrolment_.members()[*leader];
  if (const auto* command = std::get_if<SessionCommand>(&pending.request)) {
    is_leader() ? propose(*command) : node_.send(dest, "execute", *command);
  } else {
    auto& question = std::get<Question>(pending.request);
    question.term = raft_->term();
    question.is_voter = raft_->is_voter();
    is_leader() ? read(dest, question) : node_.send(dest, "query", question);
  }
}

/// Waits for the outcome of a request, and asks again when another server leads or nobody answers: that does no harm,
/// since a command has a number and a question has no effect. Nothing when there is none by the deadline.
Task<std::optional<Outcome>> Group::submit(std::shared_ptr<Pending> pending, Time deadline) {
  struct Listing {
    ~Listing() { list.erase(number); }
    std::map<std::uint64_t, std::shared_ptr<Pending>>& list;
    std::uint64_t number;
  };
  const Listing listing{pending_, pending->number()};
  pending_.emplace(pending->number(), pending);
  while (!pending->outcome && node_.now() < deadline) {
    pending->news.reset(new Event(node_.make_event()));
    ask(*pending);
    const Duration usual = std::max<Duration>(least_patience, usual_answers_[pending->request.index()] * 5 / 4);
    const Duration patience = std::min(usual, deadline - node_.now());
    const TimerId timer = node_.after(patience, [pending] { pending->news->happen(); });
    co_await pending->news->wait();
    node_.cancel_timer(timer);
  }
  // Since it first left: of answers that always come after the second asking nothing would be learnt otherwise.
  if (pending->outcome && pending->left_at) note_answer(*pending, node_.now() - *pending->left_at);
  co_return std::move(pending->outcome);
}

/// Follows the median, which a mean would leave with every request that was lost or found no leader.
void Group::note_answer(const Pending& pending, Duration took) {
  Duration& usual = usual_answers_[pending.request.index()];
  if (usual == Duration::zero()) usual = took;
  const Duration step = usual / 16;
  usual += took > usual ? step : -step;
}

void Group::on_answer(const Answer& answer) {
  if (answer.life != node_.incarnation()) return;  // was for an earlier process
  const auto found = pending_.find(answer.number);
  if (found == pending_.end()) return;
  found->second->outcome = answer.outcome;
  found->second->news->happen();
}

/// Lets all who wait turn to a new leader.
void Group::tell_of_leader() {
  const auto leader = std::pair(raft_->leader(), raft_->term());
  if (std::exchange(known_leader_, leader) == leader) return;
  for (const auto& [number, pending] : pending_) pending->news->happen();
}

SessionCommand Group::next_command() {
  SessionCommand command;
  command.origin = node_.id();
  command.life = node_.incarnation();
  command.number = ++last_number_;
  command.oldest = pending_.empty() ? command.number : pending_.begin()->first;
  return command;
}

Task<> Group::open_session(Time deadline) {
  const auto pending = std::make_shared<Pending>(next_command());
  auto outcome = co_await submit(pending, deadline);
  if (outcome) session_ = outcome->session;
}

Task<Json> Group::execute(Json operation) {
  const Time deadline = node_.now() + request_timeout(node_);
  if (session_ == 0) co_await open_session(deadline);
  if (session_ == 0) throw Error(ErrorCode::temporarily_unavailable, "no leader could be reached");
  SessionCommand command = next_command();
  command.session = session_;
  command.operation = std::move(operation);
  const auto pending = std::make_shared<Pending>(std::move(command));
  auto outcome = co_await submit(pending, deadline);
  if (!outcome && !pending->left_at) throw Error(ErrorCode::temporarily_unavailable, "there is no leader");
  if (!outcome) throw Error(ErrorCode::timeout, "the outcome is not known in time");
  if (outcome->session == 0) {
    if (session_ == std::get<SessionCommand>(pending->request).session) session_ = 0;
    throw Error(ErrorCode::timeout, "the session was superseded; the operation may have taken effect before");
  }
  co_return std::move(outcome->result);
}

Task<Json> Group::query(Json question) {
  const Time deadline = node_.now() + request_timeout(node_);
  Question request{.life = node_.incarnation(), .number = ++last_number_, .question = std::move(question)};
  const auto pending = std::make_shared<Pending>(std::move(request));
  auto outcome = co_await submit(pending, deadline);
  if (!outcome) throw Error(ErrorCode::temporarily_unavailable, "no leader answered in time");
  co_return std::move(outcome->result);
}

// ---- The one who leads. Who asks one that does not lead will hear who does, and ask again.

void Group::on_execute(const SessionCommand& command, const std::string& src) {
  demand(command.origin == src, "the origin is another node");
  if (!is_leader()) return;
  demand_command(raft_->log().last_index() + 1, command);
  propose(command);
}

/// Proposes a command, unless this leader has done so.
void Group::propose(const SessionCommand& command) {
  if (const auto outcome = sessions_.find(command)) {
    answer(command.origin, command.life, command.number, *outcome);
    return;
  }
  if (std::exchange(proposed_in_, raft_->term()) != raft_->term()) proposed_.clear();
  if (!proposed_.insert(command.id()).second) return;
  raft_->propose(node_.now(), to_json(command));
  wake();
}

void Group::on_query(const Question& question, const std::string& src) {
  machine_.demand_question(question.question);
  if (is_leader()) read(src, question);
}

/// Answers a question once this leader knows that it may answer from its state.
void Group::read(const std::string& asker, const Question& question) {
  std::optional<Witness> witness;
  if (question.is_voter && asker != node_.id()) witness = {.member = enrolment_.member(asker), .term = question.term};
  const ReadId id = ++last_read_;
  reads_.emplace(id, Asked{.asker = asker, .question = question});
  raft_->read(node_.now(), id, witness);
  wake();
}

void Group::answer(const std::string& asker, Life life, std::uint64_t number, const Outcome& outcome) {
  const Answer answer{.life = life, .number = number, .outcome = outcome};
  asker == node_.id() ? on_answer(answer) : node_.send(asker, "answer", answer);
}

}  // namespace mznode::raft

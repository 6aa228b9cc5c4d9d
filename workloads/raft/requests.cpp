#include "raft/requests.hpp"

#include <algorithm>

#include "timeouts.hpp"

namespace mznode::raft {
namespace {

/// After so long, or a quarter more than answers usually take, a request, or its answer, is taken for lost.
constexpr Duration least_patience = 300ms;

}  // namespace

Requests::Requests(Node& node, const StateMachine& machine, Send send)
    : node_(node), machine_(machine), send_(std::move(send)) {}

/// Waits for the outcome of a request, and asks again when another server leads or nobody answers. Nothing when there
/// is none by the deadline.
Task<std::optional<SessionOutcome>> Requests::submit(std::shared_ptr<Pending> pending, Time deadline) {
  struct Listing {
    ~Listing() { list.erase(number); }
    std::map<std::uint64_t, std::shared_ptr<Pending>>& list;
    std::uint64_t number;
  };
  const Listing listing{pending_, pending->number()};
  pending_.emplace(pending->number(), pending);
  while (!pending->outcome && node_.now() < deadline) {
    pending->news.reset(new Event(node_.make_event()));
    if (send_(pending->request) && !pending->left_at) pending->left_at = node_.now();
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
void Requests::note_answer(const Pending& pending, Duration took) {
  Duration& usual = usual_answers_[pending.request.index()];
  if (usual == Duration::zero()) usual = took;
  const Duration step = usual / 16;
  usual += took > usual ? step : -step;
}

SessionCommand Requests::next_command() {
  SessionCommand command;
  command.origin = node_.id();
  command.life = Incarnation(node_.incarnation());
  command.number = ++last_number_;
  command.oldest = pending_.empty() ? command.number : pending_.begin()->first;
  return command;
}

Task<> Requests::open_session(Time deadline) {
  const auto pending = std::make_shared<Pending>(next_command());
  auto outcome = co_await submit(pending, deadline);
  if (outcome) session_ = outcome->session;
}

Task<Json> Requests::execute(Json operation) {
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

Task<Json> Requests::query(Json question) {
  const Time deadline = node_.now() + request_timeout(node_);
  Query request{.life = Incarnation(node_.incarnation()), .number = ++last_number_, .question = std::move(question)};
  const auto pending = std::make_shared<Pending>(std::move(request));
  auto outcome = co_await submit(pending, deadline);
  if (!outcome) throw Error(ErrorCode::temporarily_unavailable, "no leader answered in time");
  co_return std::move(outcome->result);
}

void Requests::demand_possible(const Answered& answer) const {
  const auto found = pending_.find(answer.number);
  if (found == pending_.end() || answer.life != node_.incarnation()) return;
  const SessionOutcome& outcome = answer.outcome;
  const auto* command = std::get_if<SessionCommand>(&found->second->request);
  if (command == nullptr) {
    machine_.demand_answer(outcome.result);
  } else if (command->session == 0) {
    demand(outcome.session > 0, "no session was opened");
  } else if (outcome.session > 0) {
    demand(outcome.session == command->session, "another session was asked for");
    machine_.demand_outcome(outcome.result);
  }
}

void Requests::receive(const Answered& answer) {
  if (answer.life != node_.incarnation()) return;  // was for an earlier process
  const auto found = pending_.find(answer.number);
  if (found == pending_.end()) return;
  found->second->outcome = answer.outcome;
  found->second->news->happen();
}

void Requests::note_leader(std::optional<Member> leader, Term term) {
  const auto known = std::pair(leader, term);
  if (std::exchange(leader_, known) == known) return;
  for (const auto& [number, pending] : pending_) pending->news->happen();
}

}  // namespace mznode::raft

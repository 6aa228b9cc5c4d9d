#include "raft/group.hpp"

#include <utility>

#include "mznode/node/invariant.hpp"

namespace mznode::raft {
namespace {

struct SendTo {
  relay::Relays& relays;
  const std::string& dest;
  void operator()(const RequestVote& message) const { relays.send(dest, "request_vote", message); }
  void operator()(const Vote& message) const { relays.send(dest, "vote", message); }
  void operator()(const AppendEntries& message) const { relays.send(dest, "append_entries", message); }
  void operator()(const InstallSnapshot& message) const { relays.send(dest, "install_snapshot", message); }
  void operator()(const Appended& message) const { relays.send(dest, "appended", message); }
};

}  // namespace

Group::Group(Node& node, StateMachine& machine, Options options)
    : node_(node),
      relays_(node),
      options_(options),
      memory_(node, relays_,
              [this] {
                raft_->become_voter(node_.now());
                wake();
              }),
      state_(node, machine),
      requests_(node, machine, [this](const Requests::Request& request) { return send_to_leader(request); }) {
  node_.on_init([this] { start(); });
  install_handlers();
}

void Group::install_handlers() {
  const auto take = [this]<class T>(T message, const std::string& src) { step(src, std::move(message)); };
  relays_.on_peer<RequestVote>("request_vote", take);
  relays_.on_peer<Vote>("vote", take);
  relays_.on_peer<AppendEntries>("append_entries", [this](AppendEntries message, const std::string& src) {
    state_.demand_commands(message);
    step(src, std::move(message));
  });
  relays_.on_peer<InstallSnapshot>("install_snapshot", [this](InstallSnapshot message, const std::string& src) {
    state_.demand_snapshot(message.snapshot);
    step(src, std::move(message));
  });
  relays_.on_peer<Appended>("appended", take);
  relays_.on_peer<SessionCommand>(
      "execute", [this](const SessionCommand& command, const std::string& src) { on_execute(command, src); });
  relays_.on_peer<Query>("query", [this](const Query& query, const std::string& src) { on_query(query, src); });
  relays_.on_peer<Answered>("answer", [this](const Answered& answer, const std::string&) {
    requests_.demand_possible(answer);
    requests_.receive(answer);
  });
}

void Group::start() {
  Saved saved = memory_.load();
  if (saved.snapshot.index > 0) state_.demand_snapshot(saved.snapshot);
  const Enrolment& enrolment = memory_.enrolment();
  Config config;
  config.members = enrolment.members().size();
  config.self = enrolment.member(node_.id());
  config.memory = enrolment.memory();
  config.election_timeout = options_.election_timeout;
  config.heartbeat = options_.heartbeat;
  config.batch_window = options_.batch_window;
  config.lease_reads = options_.lease_reads;
  config.random = [this] { return node_.random(); };
  raft_.emplace(config, std::move(saved), node_.now());
  driver_.emplace(node_, *raft_, Driver<Raft>::Pace::together,
                  Driver<Raft>::Actions{.save = [this](const Effects& effects) { return save(effects); },
                                        .carry_out = [this](Effects effects) { carry_out(effects); }});
  memory_.enrolment().introduce(raft_->is_voter());
  wake();
}

void Group::step(const std::string& src, const Message& message) {
  raft_->step(node_.now(), memory_.enrolment().member(src), message);
  wake();
}

bool Group::save(const Effects& effects) {
  if (effects.unsaved.empty()) return false;
  memory_.write(effects.unsaved);
  return true;
}

void Group::carry_out(const Effects& effects) {
  const auto& members = memory_.enrolment().members();
  for (const auto& [to, message] : effects.messages) std::visit(SendTo{relays_, members[to]}, message);
  if (effects.restore) state_.restore(*effects.restore);
  for (const Committed& committed : effects.committed) apply(committed);
  for (const auto& [id, confirmed] : effects.reads) {
    const auto [asker, query] = backlog_.take(id);
    if (!confirmed) continue;  // whoever asked will hear of another leader
    answer(asker, {.life = query.life, .number = query.number, .outcome = {.result = state_.query(query.question)}});
  }
  const Index applied = state_.applied();
  invariant(applied <= raft_->commit(), "what is applied is committed", {applied, raft_->commit()});
  // Who hears a leader does not answer candidates.
  if (raft_->leader()) relays_.settle(relay::Token::Kind::vote);
  requests_.note_leader(raft_->leader(), raft_->term());
  // While this was being saved, a leader's snapshot may have come that is further on.
  if (applied >= raft_->log().snapshot().index + options_.snapshot_entries) take_snapshot();
}

void Group::apply(const Committed& committed) {
  const auto applied = state_.apply(committed);
  if (!applied) return;
  const auto& [command, outcome] = *applied;
  backlog_.remove(command);
  // The one who asked will apply it, too, but hears of its being committed later.
  if (command.origin == node_.id() || is_leader()) {
    answer(command.origin, {.life = command.life, .number = command.number, .outcome = outcome});
  }
}

void Group::take_snapshot() {
  raft_->compact(state_.applied(), state_.save());
  wake();
}

// ---- How requests come to the leader, and what it does with them

bool Group::send_to_leader(const Requests::Request& request) {
  const auto leader = raft_->leader();
  if (!leader) return false;
  const std::string& dest = memory_.enrolment().members()[*leader];
  if (const auto* command = std::get_if<SessionCommand>(&request)) {
    is_leader() ? propose(*command) : relays_.send(dest, "execute", *command);
    return true;
  }
  Query query = std::get<Query>(request);
  query.term = raft_->term();
  query.is_voter = raft_->is_voter();
  is_leader() ? read(dest, query) : relays_.send(dest, "query", query);
  return true;
}

/// Who asks one that does not lead will hear who does, and ask again.
void Group::on_execute(const SessionCommand& command, const std::string& src) {
  demand(command.origin == src, "the origin is another node");
  if (!is_leader()) return;
  state_.demand_command(raft_->log().last_index() + 1, command);
  propose(command);
}

/// Proposes a command, unless this leader has done so.
void Group::propose(const SessionCommand& command) {
  if (const auto outcome = state_.find(command)) {
    answer(command.origin, {.life = command.life, .number = command.number, .outcome = *outcome});
    return;
  }
  if (!backlog_.add(raft_->term(), command)) return;
  raft_->propose(node_.now(), to_json(command));
  wake();
}

void Group::on_query(const Query& query, const std::string& src) {
  state_.demand_question(query.question);
  if (is_leader()) read(src, query);
}

/// Answers a question once this leader knows that it may answer from its state.
void Group::read(const std::string& asker, const Query& query) {
  std::optional<ReadingVoter> voter;
  if (query.is_voter && asker != node_.id()) {
    voter = {.member = memory_.enrolment().member(asker), .term = query.term};
  }
  raft_->read(node_.now(), backlog_.add({.asker = asker, .query = query}), voter);
  wake();
}

void Group::answer(const std::string& asker, const Answered& answer) {
  asker == node_.id() ? requests_.receive(answer) : relays_.send(asker, "answer", answer);
}

}  // namespace mznode::raft

// How a server of a group comes to life: what its storage holds, and whether it may vote.

#include "raft/group.hpp"

namespace mznode::raft {

Group::Group(Node& node, StateMachine& machine, Options options)
    : node_(node),
      machine_(machine),
      options_(options),
      enrolment_(
          node, [this](const Enrolment::Saved& saved) { append({.enrolment = saved, .unsaved = std::nullopt}); },
          [this] {
            raft_->become_voter(node_.now());
            wake();
          }) {
  node_.on_init([this] { start(); });
  install_handlers();
}

void Group::install_handlers() {
  node_.on_peer("request_vote", [this](RequestVote message, Request request) { step(request.src, message); });
  node_.on_peer("vote", [this](Vote message, Request request) { step(request.src, message); });
  node_.on_peer("append_entries", [this](AppendEntries message, Request request) {
    demand_commands(message);
    step(request.src, std::move(message));
  });
  node_.on_peer("install_snapshot", [this](InstallSnapshot message, Request request) {
    demand_snapshot(message.snapshot);
    step(request.src, std::move(message));
  });
  node_.on_peer("appended", [this](Appended message, Request request) { step(request.src, message); });
  node_.on_peer("execute", [this](SessionCommand command, Request request) { on_execute(command, request.src); });
  node_.on_peer("query", [this](Question question, Request request) { on_query(question, request.src); });
  node_.on_peer("answer", [this](Answer answer) {
    demand_outcome(answer);
    on_answer(answer);
  });
}

void Group::start() {
  Saved saved = load(node_.storage().read());
  Config config;
  config.members = enrolment_.members().size();
  config.self = enrolment_.member(node_.id());
  config.life = enrolment_.life();
  config.election_timeout = options_.election_timeout;
  config.heartbeat = options_.heartbeat;
  config.batch_window = options_.batch_window;
  config.lease_reads = options_.lease_reads;
  config.random = [this] { return node_.random(); };
  raft_.emplace(config, std::move(saved), node_.now());
  enrolment_.introduce(raft_->is_voter());
  wake();
}

/// Takes in what an earlier process of this server has saved, or begins a new life.
Saved Group::load(const std::vector<std::string>& records) {
  Saved saved;
  for (const std::string& text : records) {
    const auto record = from_json<Record>(Json::parse(text));
    if (record.enrolment) enrolment_.restore(*record.enrolment);
    if (record.unsaved) saved.add(*record.unsaved);
  }
  enrolment_.begin();
  saved.validate();
  const auto& vote = saved.hard_state.vote;
  demand(!vote || *vote < enrolment_.members().size(), "a vote was for one of the members");
  if (saved.snapshot.index > 0) demand_snapshot(saved.snapshot);
  return saved;
}

void Group::append(const Record& record) {
  node_.storage().append(to_json(record).text());
}

}  // namespace mznode::raft

// How a server of a group comes to life: what its storage holds, and whether it may vote.

#include <algorithm>

#include "workloads/raft/group.hpp"

namespace mznode::raft {
namespace {

/// Peers may not exist yet in the moment in which this node gets its `init`.
constexpr Duration announce_delay = 100ms;
constexpr Duration announce_again_after = 200ms;

}  // namespace

Group::Group(Node& node, StateMachine& machine, Options options) : node_(node), machine_(machine), options_(options) {
  node_.on_init([this] { start(); });
  install_handlers();
}

void Group::install_handlers() {
  node_.on("request_vote", [this](RequestVote message, Request request) { step(request.src, message); });
  node_.on("vote", [this](Vote message, Request request) { step(request.src, message); });
  node_.on("append_entries", [this](AppendEntries message, Request request) { step(request.src, std::move(message)); });
  node_.on("install_snapshot",
           [this](InstallSnapshot message, Request request) { step(request.src, std::move(message)); });
  node_.on("appended", [this](Appended message, Request request) { step(request.src, message); });
  node_.on("hello", [this](Hello hello, Request request) { on_hello(hello, request.src); });
  node_.on("welcome", [this](Welcome welcome, Request request) { on_welcome(welcome, request.src); });
  node_.on("execute", [this](SessionCommand command, Request request) { on_execute(command, request.src); });
  node_.on("query", [this](Question question, Request request) { on_query(question, request.src); });
  node_.on("answer", [this](Answer answer, Request request) {
    member(request.src);
    on_answer(answer);
  });
}

Member Group::member(const std::string& name) const {
  const auto found = std::find(members_.begin(), members_.end(), name);
  if (found == members_.end()) throw Error(ErrorCode::malformed_request, name + " is not a server of this group");
  return static_cast<Member>(found - members_.begin());
}

void Group::start() {
  members_ = node_.node_ids();
  Saved saved = load(node_.storage().read());
  Config config;
  config.members = members_.size();
  config.self = member(node_.id());
  config.life = admission_->life();
  config.election_timeout = options_.election_timeout;
  config.heartbeat = options_.heartbeat;
  config.batch_window = options_.batch_window;
  config.lease_reads = options_.lease_reads;
  config.random = [this] { return node_.random(); };
  raft_.emplace(config, std::move(saved), node_.now());
  if (members_.size() == 1) raft_->become_voter(node_.now());
  // What is not durable must not be introduced to anybody.
  node_.sync([this] { node_.after(announce_delay, [this] { announce(); }); });
  wake();
}

/// Takes in what an earlier process of this server has saved, or begins a new life.
Saved Group::load(std::vector<std::string> records) {
  Saved saved;
  if (records.empty()) {
    admission_.emplace(members_.size(), node_.incarnation(), true, node_.now());
    const Record record{
        .identity = Identity{node_.incarnation(), members_}, .met = std::nullopt, .unsaved = std::nullopt};
    node_.storage().append(to_json(record).text());
    return saved;
  }
  for (const std::string& text : records) {
    const auto record = from_json<Record>(Json::parse(text));
    if (record.identity) {
      if (record.identity->members != members_) {
        throw Error(ErrorCode::not_supported,
                    "the data directory holds the log of another cluster; give a fresh one for every run");
      }
      if (!admission_) admission_.emplace(members_.size(), record.identity->life, false, node_.now());
    }
    if (record.met) {
      for (const auto& [other, life] : *record.met) admission_->remember(other, life);
    }
    if (record.unsaved) saved.add(*record.unsaved);
  }
  return saved;
}

void Group::announce() {
  if (admission_->is_known_to_all() || admission_->verdict() == Admission::Verdict::non_voter) return;
  for (const auto& peer : node_.peers()) node_.send(peer, "hello", Hello{admission_->life()});
  // A voter is only short of being known to servers that cannot be reached now.
  node_.after(raft_->is_voter() ? 5 * announce_again_after : announce_again_after, [this] { announce(); });
}

void Group::on_hello(const Hello& hello, const std::string& src) {
  const bool is_new = !admission_->met().contains(member(src));
  const Welcome welcome = admission_->answer(node_.now(), member(src), hello);
  if (!is_new) {
    node_.send(src, "welcome", welcome);
    return;
  }
  const std::vector met = {std::pair(member(src), hello.life)};
  node_.storage().append(to_json(Record{.identity = std::nullopt, .met = met, .unsaved = std::nullopt}).text());
  node_.sync([this, src, welcome] { node_.send(src, "welcome", welcome); });
}

void Group::on_welcome(const Welcome& welcome, const std::string& src) {
  admission_->receive(member(src), welcome);
  take_verdict();
}

void Group::take_verdict() {
  if (raft_->is_voter() || admission_->verdict() != Admission::Verdict::voter) return;
  raft_->become_voter(node_.now());
  wake();
}

}  // namespace mznode::raft

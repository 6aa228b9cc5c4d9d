#include "workloads/kafka/logs.hpp"
#include "workloads/raft/group_options.hpp"

namespace mznode::kafka {
namespace {

/// A send, or a commit of offsets.
struct Change {
  std::optional<Send> send;
  std::optional<Offsets> commit;
  MZNODE_FIELDS(send, commit)
};

/// A poll, or a list of committed offsets.
struct Question {
  std::optional<Offsets> poll;
  std::optional<std::vector<std::string>> committed;
  MZNODE_FIELDS(poll, committed)
};

/// The logs of a group. The result of a send is its offset; the answer to a question is what the client is answered.
class LogMachine final : public raft::StateMachine {
 public:
  explicit LogMachine(std::size_t max_poll) : max_poll_(max_poll) {}

  Json apply(const Json& operation) override {
    auto change = from_json<Change>(operation);
    if (change.commit) committed_.raise(*change.commit);
    if (!change.send) return Json();
    const Offset offset = logs_.end(change.send->key);
    logs_.put(change.send->key, offset, std::move(change.send->msg));
    return Json(offset);
  }
  Json query(const Json& text) const override {
    const auto question = from_json<Question>(text);
    if (question.poll) return to_json(PollOk{logs_.read(*question.poll, max_poll_)});
    return to_json(Poll{committed_.of(question.committed.value())});
  }
  Json save() const override { return to_json(State{logs_.all(), committed_.all()}); }
  void restore(const Json& saved) override {
    auto state = from_json<State>(saved);
    logs_ = Logs(std::move(state.logs));
    committed_ = {};
    committed_.raise(state.committed);
  }

 private:
  struct State {
    std::map<std::string, std::vector<Json>> logs;
    Offsets committed;
    MZNODE_FIELDS(logs, committed)
  };

  std::size_t max_poll_;
  Logs logs_;
  CommittedOffsets committed_;
};

/// Every send and commit is an entry of the group's log; polls and lists are answered by the leader, once a majority
/// has confirmed that it leads.
class Raft final : public Strategy {
 public:
  Raft(Node& node, const OptionValues& options)
      : machine_(static_cast<std::size_t>(options.integer("max-poll"))),
        group_(node, machine_, raft::group_settings(options)) {
    node.on("send", this, &Raft::send);
    node.on("poll", this, &Raft::poll);
    node.on("commit_offsets", this, &Raft::commit_offsets);
    node.on("list_committed_offsets", this, &Raft::list_committed_offsets);
  }

 private:
  Task<SendOk> send(Send request) {
    Json change = to_json(Change{.send = std::move(request), .commit = std::nullopt});
    auto offset = co_await group_.execute(std::move(change));
    co_return SendOk{from_json<Offset>(offset)};
  }

  Task<> commit_offsets(Poll request) {
    check_offsets(request.offsets);
    Json change = to_json(Change{.send = std::nullopt, .commit = std::move(request.offsets)});
    co_await group_.execute(std::move(change));
  }

  Task<PollOk> poll(Poll request) {
    check_offsets(request.offsets);
    if (request.offsets.empty()) co_return PollOk{};
    Json question = to_json(Question{.poll = std::move(request.offsets), .committed = std::nullopt});
    auto answer = co_await group_.query(std::move(question));
    co_return from_json<PollOk>(answer);
  }

  Task<Poll> list_committed_offsets(ListCommitted request) {
    Json question = to_json(Question{.poll = std::nullopt, .committed = std::move(request.keys)});
    auto answer = co_await group_.query(std::move(question));
    co_return from_json<Poll>(answer);
  }

  LogMachine machine_;
  raft::Group group_;
};

}  // namespace

StrategyInfo raft_strategy() {
  std::vector<Option> options = raft::group_options();
  options.push_back(max_poll_option());
  return {.name = "raft",
          .summary = "the logs in the state machine of a replicated log; polls are confirmed by a majority",
          .guarantees = raft::group_guarantees("linearizable"),
          .options = options,
          .install = install<Raft>};
}

}  // namespace mznode::kafka

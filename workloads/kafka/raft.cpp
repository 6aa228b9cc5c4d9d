#include "kafka/logs.hpp"
#include "raft/group_strategy.hpp"

namespace mznode::kafka {
namespace {

/// A send, or a commit of offsets.
struct Change {
  std::optional<Send> send;
  std::optional<Offsets> commit;
  MZNODE_FIELDS(send, commit)
  void validate() const { demand(send.has_value() != commit.has_value(), "a change is a send or a commit"); }
};

/// A poll, or a list of committed offsets.
struct Question {
  std::optional<Offsets> poll;
  std::optional<std::vector<std::string>> committed;
  MZNODE_FIELDS(poll, committed)
  void validate() const { demand(poll.has_value() != committed.has_value(), "a question is a poll or a list of keys"); }
};

/// What a client is answered: of a poll the messages, of a list the offsets.
struct Answer {
  std::optional<Messages> msgs;
  std::optional<Offsets> offsets;
  MZNODE_FIELDS(msgs, offsets)
  void validate() const { demand(msgs.has_value() != offsets.has_value(), "an answer has messages or offsets"); }
};

struct State {
  std::map<std::string, std::vector<Json>> logs;
  Offsets committed;
  MZNODE_FIELDS(logs, committed)
};

/// The logs of a group. The outcome of a send is its offset.
class LogMachine final : public raft::Machine<Change, std::optional<Offset>, Question, Answer, State> {
 public:
  explicit LogMachine(std::size_t max_poll) : max_poll_(max_poll) {}

  std::optional<Offset> apply(Change change) override {
    if (change.commit) committed_.raise(*change.commit);
    if (!change.send) return std::nullopt;
    const Offset offset = logs_.end(change.send->key);
    logs_.put(change.send->key, offset, std::move(change.send->msg));
    return offset;
  }
  Answer query(const Question& question) const override {
    if (question.poll) return {.msgs = logs_.read(*question.poll, max_poll_), .offsets = std::nullopt};
    return {.msgs = std::nullopt, .offsets = committed_.of(question.committed.value())};
  }
  State save() const override { return {logs_.all(), committed_.all()}; }
  void restore(State state) override {
    logs_ = Logs(std::move(state.logs));
    committed_ = {};
    committed_.raise(state.committed);
  }

 private:
  std::size_t max_poll_;
  Logs logs_;
  CommittedOffsets committed_;
};

/// Every send and commit is an entry of the group's log; polls and lists are answered by the leader, once a majority
/// has confirmed that it leads.
class Raft final : public raft::GroupStrategy<LogMachine> {
 public:
  Raft(Node& node, const OptionValues& options)
      : GroupStrategy(node, LogMachine(static_cast<std::size_t>(options.integer("max-poll"))), options) {
    node.on("send", this, &Raft::send);
    node.on("poll", this, &Raft::poll);
    node.on("commit_offsets", this, &Raft::commit_offsets);
    node.on("list_committed_offsets", this, &Raft::list_committed_offsets);
  }

 private:
  Task<SendOk> send(Send request) {
    Change change{.send = std::move(request), .commit = std::nullopt};
    auto offset = co_await execute(std::move(change));
    if (!offset) throw Error::received(ErrorCode::crash, "the message was appended, but nobody knows where");
    co_return SendOk{*offset};
  }

  Task<> commit_offsets(Poll request) {
    check_offsets(request.offsets);
    Change change{.send = std::nullopt, .commit = std::move(request.offsets)};
    co_await execute(std::move(change));
  }

  Task<PollOk> poll(Poll request) {
    check_offsets(request.offsets);
    if (request.offsets.empty()) co_return PollOk{};
    Question question{.poll = std::move(request.offsets), .committed = std::nullopt};
    auto answer = co_await query(std::move(question));
    if (!answer.msgs) throw not_what_was_asked();
    co_return PollOk{std::move(*answer.msgs)};
  }

  Task<Poll> list_committed_offsets(ListCommitted request) {
    Question question{.poll = std::nullopt, .committed = std::move(request.keys)};
    auto answer = co_await query(std::move(question));
    if (!answer.offsets) throw not_what_was_asked();
    co_return Poll{std::move(*answer.offsets)};
  }

  static Error not_what_was_asked() {
    return Error(ErrorCode::temporarily_unavailable, "the leader answered another question");
  }
};

}  // namespace

StrategyInfo raft_strategy() {
  std::vector<Option> options = raft::group_options();
  options.push_back(max_poll_option());
  return {.name = "raft",
          .summary = "the logs in the state machine of a replicated log; polls are confirmed by a majority",
          .guarantees = raft::group_guarantees("linearizable"),
          .options = options,
          .install = install<Raft>,
          .asks = raft::group_asks()};
}

}  // namespace mznode::kafka

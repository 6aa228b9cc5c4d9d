#include "dissemination/replicator.hpp"
#include "dissemination/spread.hpp"
#include "kafka/owned_logs.hpp"
#include "kafka/rendezvous.hpp"
#include "relay/relays.hpp"
#include "timeouts.hpp"

namespace mznode::kafka {
namespace {

/// Every key has an owner, who gives out its offsets and keeps its committed offset. The others hear of its messages in
/// batches, and answer polls from what they have: such a poll may miss the newest, but never skips any.
class Owner final : public Strategy {
 public:
  Owner(Node& node, const OptionValues& options)
      : node_(node),
        relays_(node),
        sessions_(node),
        max_poll_(static_cast<std::size_t>(options.integer("max-poll"))),
        replicator_(
            node, dissemination::direct_config(options), nullptr,
            {.read = [this](dissemination::Peer from, const dissemination::Delta& delta) { return read(from, delta); },
             .pack = [this](std::vector<Json>& elements) { pack(elements); }}),
        owned_(node, logs_,
               [this](const std::string& key, Offset offset) { replicator_.spread(to_json(Place(key, offset))); }) {
    relays_.carry_calls();
    node.on_init([this] {
      owned_.load();  // may refuse the storage, and the whole `init` with it: then there must be nobody to talk to
      replicator_.set_targets(node_.peers());
    });
    node.on("send", this, &Owner::send);
    node.on("poll", this, &Owner::poll);
    node.on("commit_offsets", this, &Owner::commit_offsets);
    node.on("list_committed_offsets", this, &Owner::list_committed_offsets);
    node.on_peer("open_forwards", [this](OpenForwards open, Request request) {
      return open_forwards(std::move(open), std::move(request));
    });
    node.on_peer("append", [this](Append append, Request request) {
      demand_owned(append.key);
      return this->append(std::move(append), std::move(request));
    });
    node.on_peer("commit", [this](Commit commit) {
      for (const auto& [key, offset] : commit.offsets) demand_owned(key);
      return owned_.commit(std::move(commit.offsets));
    });
    node.on_peer("committed", [this](Committed request) { return Poll{owned_.committed().of(request.keys)}; });
  }

 private:
  /// What the log of the replicator holds.
  using Place = std::pair<std::string, Offset>;
  /// What its messages carry: messages of a key that follow each other.
  struct Run {
    std::string key;
    Offset from = 0;
    std::vector<Json> messages;
    Offset end() const { return from + static_cast<Offset>(messages.size()); }
    MZNODE_FIELDS(key, from, messages)
  };

  /// A send that goes to the owner, as often as it takes.
  struct Append {
    static constexpr bool idempotent = true;
    std::string key;
    Json msg;
    ForwardSession session;
    std::uint64_t number = 0;
    std::uint64_t oldest = 0;
    /// How much of the log the sender has.
    Offset end = 0;
    MZNODE_FIELDS(key, msg, session, number, oldest, end)
    void validate() const { demand(oldest <= number, "the oldest that is waited for is no later than this one"); }
  };
  struct Appended {
    Offset offset = 0;
    /// What lies between that and the message, unless it is too much: whoever sent the message sees it when it polls.
    std::vector<Json> before;
    MZNODE_FIELDS(offset, before)
  };
  struct Commit {
    static constexpr bool idempotent = true;
    Offsets offsets;
    MZNODE_FIELDS(offsets)
  };
  struct Committed {
    static constexpr bool idempotent = true;
    std::vector<std::string> keys;
    MZNODE_FIELDS(keys)
  };

  const std::string& owner(const std::string& key) const { return owner_of(key, node_.node_ids()); }
  void demand_owned(const std::string& key) const {
    demand(owner(key) == node_.id(), "another node owns this key, and the sender knows that");
  }
  static bool is_within_reach(Offset offset, Offset end) {
    return offset >= 0 && offset <= end + static_cast<Offset>(longest_leap);
  }

  Task<SendOk> send(Send request) {
    const std::string& dest = owner(request.key);
    if (dest == node_.id()) {
      auto offset = co_await owned_.append(request.key, request.msg, std::nullopt);
      co_return SendOk{offset};
    }
    auto offset = co_await forward(dest, std::move(request));
    co_return SendOk{offset};
  }

  Task<Offset> forward(std::string dest, Send request) {
    RetryPolicy policy = until_client_leaves();
    const Time begin = node_.now();
    auto session = co_await sessions_.with(dest, policy);
    policy.deadline -= node_.now() - begin;
    const ForwardNumbers::Waiting waiting(forward_numbers_);
    const Append append{.key = request.key,
                        .msg = request.msg,
                        .session = session,
                        .number = waiting.number(),
                        .oldest = waiting.oldest(),
                        .end = logs_.end(request.key)};
    Appended appended;
    try {
      auto reply = co_await node_.retry(dest, "append", append, policy);
      appended = reply.as<Appended>();
    } catch (const Error& error) {
      if (error.code() == ErrorCode::abort) sessions_.drop(dest, session);
      throw;
    }
    const bool is_gapless =
        appended.before.empty() || static_cast<Offset>(appended.before.size()) == appended.offset - append.end;
    if (!is_within_reach(appended.offset, append.end) || !is_gapless) {
      throw Error::received(ErrorCode::crash,
                            dest + " gave an offset that cannot be, " + std::to_string(appended.offset));
    }
    Offset place = append.end;
    for (const Json& message : appended.before) logs_.put(append.key, place++, message);
    logs_.put(append.key, appended.offset, append.msg);
    co_return appended.offset;
  }

  Task<ForwardsOpened> open_forwards(OpenForwards open, Request request) {
    auto session = co_await owned_.open_forwards(request.src, open.life);
    co_return ForwardsOpened{session};
  }

  Task<Appended> append(Append append, Request request) {
    const ForwardId id{request.src, append.session, append.number};
    owned_.forwards().forget(id, append.oldest);
    if (owned_.forwards().is_over(id)) {
      throw Error(ErrorCode::abort, "this message was answered or given up before, or its session is over");
    }
    auto place = co_await owned_.append(append.key, append.msg, id);
    Appended appended{.offset = place, .before = {}};
    const bool is_near = appended.offset - append.end <= static_cast<Offset>(max_poll_);
    for (Offset offset = append.end; is_near && offset < appended.offset; ++offset) {
      appended.before.push_back(logs_.at(append.key, offset));
    }
    co_return appended;
  }

  PollOk poll(Poll request) {
    check_offsets(request.offsets);
    return {logs_.read(request.offsets, max_poll_)};
  }

  /// What is known to be committed here and elsewhere needs no message.
  Task<> commit_offsets(Poll request) {
    check_offsets(request.offsets);
    std::map<std::string, Offsets> by_owner;
    for (const auto& [key, offset] : known_committed_.news(request.offsets)) by_owner[owner(key)].emplace(key, offset);
    std::vector<Task<Offsets>> commits;
    for (const auto& [dest, offsets] : by_owner) commits.push_back(commit_at(dest, offsets));
    co_await node_.when_all(std::move(commits));
    known_committed_.raise(request.offsets);
  }

  Task<Offsets> commit_at(std::string dest, Offsets offsets) {
    if (dest == node_.id()) {
      co_await owned_.commit(offsets);
    } else {
      const Commit commit{offsets};
      co_await node_.retry(dest, "commit", commit, until_client_leaves());
    }
    co_return offsets;
  }

  Task<Poll> list_committed_offsets(ListCommitted request) {
    std::map<std::string, std::vector<std::string>> by_owner;
    for (const auto& key : request.keys) by_owner[owner(key)].push_back(key);
    std::vector<Task<Offsets>> lists;
    for (const auto& [dest, keys] : by_owner) lists.push_back(list_at(dest, keys));
    auto found = co_await node_.when_all(std::move(lists));
    Poll all;
    for (auto& offsets : found) all.offsets.merge(offsets);
    co_return all;
  }

  RetryPolicy until_client_leaves() const { return forwarding_policy(request_timeout(node_)); }

  Task<Offsets> list_at(std::string dest, std::vector<std::string> keys) {
    if (dest == node_.id()) co_return owned_.committed().of(keys);
    const Committed request{std::move(keys)};
    try {
      auto reply = co_await node_.retry(dest, "committed", request, until_client_leaves());
      co_return reply.as<Poll>().offsets;
    } catch (const Error&) {
      // Certain, since a question changes nothing.
      throw Error(ErrorCode::temporarily_unavailable, dest + ", who keeps this offset, does not answer");
    }
  }

  /// An owner tells of its own keys only.
  std::function<void()> read(dissemination::Peer from, const dissemination::Delta& delta) {
    std::vector<Run> runs;
    for (const Json& element : delta.elements) {
      const Run& run = runs.emplace_back(from_peer<Run>(element));
      demand(owner(run.key) == node_.peers()[from], "another node owns this key");
      demand(is_within_reach(run.from, logs_.end(run.key)), "so long no log can be");
    }
    return [this, runs = std::move(runs)] { take(runs); };
  }

  void take(const std::vector<Run>& runs) {
    for (const Run& run : runs) {
      Offset offset = run.from;
      for (const Json& message : run.messages) logs_.put(run.key, offset++, message);
    }
  }

  void pack(std::vector<Json>& places) {
    std::map<std::string, std::vector<Run>> runs;
    for (const Json& place : places) {
      const auto [key, offset] = from_json<Place>(place);
      std::vector<Run>& of_key = runs[key];
      if (of_key.empty() || of_key.back().end() != offset) of_key.push_back({key, offset, {}});
      of_key.back().messages.push_back(logs_.at(key, offset));
    }
    places.clear();
    for (const auto& [key, of_key] : runs) {
      for (const Run& run : of_key) places.push_back(to_json(run));
    }
  }

  Node& node_;
  relay::Relays relays_;
  ForwardSessions sessions_;
  std::size_t max_poll_;
  Logs logs_;
  dissemination::Replicator replicator_;
  OwnedLogs owned_;
  /// No higher than what the owners have.
  CommittedOffsets known_committed_;
  ForwardNumbers forward_numbers_;
};

}  // namespace

StrategyInfo owner_strategy() {
  std::vector<Option> options = dissemination::spread_options({.flush_ms = 100, .ack_ms = 300, .resend_ms = 700});
  options.push_back(max_poll_option());
  return {.name = "owner",
          .summary = "each key has an owner, who gives out its offsets; the others poll their own copies",
          .guarantees = {.model = "linearizable sends and commits a key; polls lag",
                         .available = false,
                         .survives = message_faults({Fault::kill, Fault::skew}),
                         .caveat = "a kill only with storage (--data-dir); a poll may miss what other nodes were sent "
                                   "in the last --flush-ms, which later polls show"},
          .options = options,
          .install = install<Owner>,
          .asks = asks_another_node()};
}

}  // namespace mznode::kafka

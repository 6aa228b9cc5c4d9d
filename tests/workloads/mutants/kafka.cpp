#include "kafka/kafka.hpp"

#include <algorithm>

#include "kafka/owned_logs.hpp"
#include "mznode/node/kv.hpp"
#include "tests/workloads/mutants/mutants.hpp"

namespace mznode::mutants {
namespace {

using namespace mznode::kafka;

/// Correct logs, all kept by the first node, of which each mutant breaks one thing.
class Keeper {
 public:
  explicit Keeper(Node& node) : node_(node), owned_(node, logs_, [](const std::string&, Offset) {}) {
    node.on_init([this] { owned_.load(); });
    node.on("send", this, &Keeper::handle_send);
    node.on("poll", this, &Keeper::handle_poll);
    node.on("commit_offsets", this, &Keeper::handle_commit);
    node.on("list_committed_offsets", this, &Keeper::handle_list);
    node.on("keep", this, &Keeper::handle_keep);
  }
  virtual ~Keeper() = default;

 protected:
  struct Keep {
    static constexpr bool idempotent = true;
    std::string key;
    Json msg;
    std::uint64_t life = 0;
    std::uint64_t number = 0;
    MZNODE_FIELDS(key, msg, life, number)
  };
  struct RepeatablePoll : Poll {
    static constexpr bool idempotent = true;
  };
  struct RepeatableList : ListCommitted {
    static constexpr bool idempotent = true;
  };

  virtual Task<Offset> send(Send request) {
    const Keep keep{request.key, request.msg, node_.incarnation(), ++last_number_};
    const RetryPolicy policy{.attempt_timeout = attempt_timeout_, .deadline = 4'500ms};
    auto reply = co_await node_.retry(keeper(), "keep", keep, policy);
    co_return reply.as<SendOk>().offset;
  }
  virtual Task<Offset> keep(std::string src, Keep request) {
    auto session = co_await owned_.open_forwards(src, request.life);
    const ForwardId id{std::move(src), session, request.number};
    co_return co_await owned_.append(request.key, request.msg, id);
  }
  virtual Messages read(const Offsets& offsets) { return logs_.read(offsets, 1'000); }

  const std::string& keeper() const { return node_.node_ids().front(); }
  bool is_keeper() const { return node_.id() == keeper(); }

  Node& node_;
  Logs logs_;
  OwnedLogs owned_;
  Duration attempt_timeout_ = 500ms;
  bool keeps_commits_ = false;

 private:
  Task<SendOk> handle_send(Send request) {
    if (is_keeper()) {
      const Keep own{request.key, request.msg, node_.incarnation(), ++last_number_};
      auto offset = co_await keep(node_.id(), own);
      co_return SendOk{offset};
    }
    auto offset = co_await send(std::move(request));
    co_return SendOk{offset};
  }
  Task<SendOk> handle_keep(Keep keep_request, Request request) {
    auto offset = co_await keep(request.src, std::move(keep_request));
    co_return SendOk{offset};
  }
  Task<PollOk> handle_poll(Poll request) {
    if (is_keeper()) co_return PollOk{read(request.offsets)};
    const RepeatablePoll repeatable{request};
    auto reply = co_await node_.retry(keeper(), "poll", repeatable);
    co_return reply.as<PollOk>();
  }
  Task<> handle_commit(Poll request) {
    if (is_keeper() || keeps_commits_) {
      co_await owned_.commit(std::move(request.offsets));
      co_return;
    }
    const RepeatablePoll repeatable{request};
    co_await node_.retry(keeper(), "commit_offsets", repeatable);
  }
  Task<Poll> handle_list(ListCommitted request) {
    if (is_keeper() || keeps_commits_) co_return Poll{owned_.committed().of(request.keys)};
    const RepeatableList repeatable{request};
    auto reply = co_await node_.retry(keeper(), "list_committed_offsets", repeatable);
    co_return reply.as<Poll>();
  }

  std::uint64_t last_number_ = 0;
};

class ReusesOffsets final : public Keeper {
 public:
  using Keeper::Keeper;

 private:
  Task<Offset> keep(std::string src, Keep request) override {
    const std::string key = request.key;
    if (++count_ % 10 == 0 && logs_.end(key) > 0) co_return logs_.end(key) - 1;
    co_return co_await Keeper::keep(std::move(src), std::move(request));
  }

  int count_ = 0;
};

class LeavesOutMessages final : public Keeper {
 public:
  using Keeper::Keeper;

 private:
  Messages read(const Offsets& offsets) override {
    Messages all = Keeper::read(offsets);
    for (auto& [key, messages] : all) std::erase_if(messages, [](const auto& each) { return each.first % 5 == 2; });
    return all;
  }
};

class SkipsAhead final : public Keeper {
 public:
  using Keeper::Keeper;

 private:
  Messages read(const Offsets& offsets) override {
    if (++count_ % 5 != 0) return Keeper::read(offsets);
    Offsets ahead = offsets;
    for (auto& [key, offset] : ahead) ++offset;
    return Keeper::read(ahead);
  }

  int count_ = 0;
};

class GoesBack final : public Keeper {
 public:
  using Keeper::Keeper;

 private:
  Messages read(const Offsets& offsets) override {
    Offsets back = offsets;
    for (auto& [key, offset] : back) offset = std::max<Offset>(offset - 1, 0);
    return Keeper::read(back);
  }
};

/// Keeps an old state for reading.
class ShowsOldStates final : public Keeper {
 public:
  explicit ShowsOldStates(Node& node) : Keeper(node) {
    node.every(500ms, [this] { old_ = Logs(logs_.all()); });
  }

 private:
  Messages read(const Offsets& offsets) override { return old_.read(offsets, 1'000); }

  Logs old_;
};

class KeepsCommitsToItself final : public Keeper {
 public:
  explicit KeepsCommitsToItself(Node& node) : Keeper(node) { keeps_commits_ = true; }
};

class RepeatsWithoutIds final : public Keeper {
 public:
  using Keeper::Keeper;

 private:
  Task<Offset> keep(std::string, Keep request) override {
    co_return co_await owned_.append(request.key, request.msg, std::nullopt);
  }
};

/// Takes a message that is asked for again for one that is there.
class LosesWhatItRepeats final : public Keeper {
 public:
  explicit LosesWhatItRepeats(Node& node) : Keeper(node) { attempt_timeout_ = 20ms; }

 private:
  Task<Offset> send(Send request) override {
    const Keep keep{request.key, request.msg, node_.incarnation(), ++last_number_};
    const Offset guess = highest_[request.key] + 1;
    try {
      auto reply = co_await node_.rpc(keeper(), "keep", keep, 50ms);
      highest_[request.key] = reply.as<SendOk>().offset;
      co_return highest_[request.key];
    } catch (const Error&) {
    }
    co_return guess;
  }

  std::uint64_t last_number_ = 0;
  std::map<std::string, Offset> highest_;
};

class AcksBeforeStoring final : public Keeper {
 public:
  using Keeper::Keeper;

 private:
  Task<Offset> keep(std::string, Keep request) override {
    const Offset offset = next_.try_emplace(request.key, logs_.end(request.key)).first->second++;
    node_.after(500ms, [this, request] { node_.spawn(store(request)); });
    co_return offset;
  }
  Task<> store(Keep request) { co_await owned_.append(request.key, request.msg, std::nullopt); }

  Offsets next_;
};

class CallsASendAFailure final : public Keeper {
 public:
  using Keeper::Keeper;

 private:
  Task<Offset> keep(std::string src, Keep request) override {
    auto offset = co_await Keeper::keep(std::move(src), std::move(request));
    if (++count_ % 10 == 0) throw Error(ErrorCode::temporarily_unavailable, "no answer");
    co_return offset;
  }

  int count_ = 0;
};

/// A log a key in the service, read and then written, whatever happened meanwhile.
class WritesOverOthers {
 public:
  explicit WritesOverOthers(Node& node) : kv_(lin_kv(node)) {
    node.on("send", this, &WritesOverOthers::send);
    node.on("poll", this, &WritesOverOthers::poll);
    node.on("commit_offsets", [](Poll) {});
    node.on("list_committed_offsets", [] { return Poll{}; });
  }

 private:
  Task<SendOk> send(Send request) {
    const Json key(request.key);
    auto log = co_await read(key);
    const auto offset = static_cast<Offset>(log.size());
    log.push_back(request.msg);
    co_await kv_.write(key, to_json(log));
    co_return SendOk{offset};
  }
  Task<PollOk> poll(Poll request) {
    PollOk reply;
    for (const auto& [key, from] : request.offsets) {
      auto log = co_await read(Json(key));
      for (Offset offset = from; offset < static_cast<Offset>(log.size()); ++offset) {
        reply.msgs[key].emplace_back(offset, log[static_cast<std::size_t>(offset)]);
      }
    }
    co_return reply;
  }
  Task<std::vector<Json>> read(Json key) {
    auto value = co_await kv_.read_or(key, to_json(std::vector<Json>()));
    co_return from_json<std::vector<Json>>(value);
  }

  Kv kv_;
};

}  // namespace

Installed kafka_keeper(Node& node) {
  return std::make_shared<Keeper>(node);
}
Installed kafka_reuses_offsets(Node& node) {
  return std::make_shared<ReusesOffsets>(node);
}
Installed kafka_leaves_out_messages(Node& node) {
  return std::make_shared<LeavesOutMessages>(node);
}
Installed kafka_skips_ahead(Node& node) {
  return std::make_shared<SkipsAhead>(node);
}
Installed kafka_goes_back(Node& node) {
  return std::make_shared<GoesBack>(node);
}
Installed kafka_shows_old_states(Node& node) {
  return std::make_shared<ShowsOldStates>(node);
}
Installed kafka_keeps_commits_to_itself(Node& node) {
  return std::make_shared<KeepsCommitsToItself>(node);
}
Installed kafka_repeats_without_ids(Node& node) {
  return std::make_shared<RepeatsWithoutIds>(node);
}
Installed kafka_loses_what_it_repeats(Node& node) {
  return std::make_shared<LosesWhatItRepeats>(node);
}
Installed kafka_acks_before_storing(Node& node) {
  return std::make_shared<AcksBeforeStoring>(node);
}
Installed kafka_calls_a_send_a_failure(Node& node) {
  return std::make_shared<CallsASendAFailure>(node);
}
Installed kafka_writes_over_others(Node& node) {
  return std::make_shared<WritesOverOthers>(node);
}

}  // namespace mznode::mutants

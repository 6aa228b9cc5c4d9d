#include "mznode/node/kv.hpp"
#include "tests/workloads/mutants/mutants.hpp"
#include "txn/database.hpp"
#include "txn/versions.hpp"

namespace mznode::mutants {
namespace {

using namespace mznode::txn;

/// A correct database, the whole of it under one key of lin-kv, of which most mutants break one thing.
class WholeInOneKey {
 public:
  explicit WholeInOneKey(Node& node) : kv_(mznode::lin_kv(node)), node_(node) {
    node.on("txn", this, &WholeInOneKey::handle);
  }
  virtual ~WholeInOneKey() = default;

 protected:
  virtual Task<MicroOps> run(MicroOps txn) {
    while (true) {
      auto before = co_await read_all();
      Database database = database_of(before);
      MicroOps done = database.run(txn);
      if (is_read_only(txn)) co_return done;
      auto is_set = co_await set_all(std::move(before), text_of(database));
      if (is_set) co_return done;
    }
  }

  static Json key() { return Json("database"); }
  static Json empty() { return Json::from_valid("[]"); }
  static Database database_of(const Json& text) {
    const auto values = from_json<std::vector<std::pair<Json, Json>>>(text);
    Database database;
    database.set_values({values.begin(), values.end()});
    return database;
  }
  static Json text_of(const Database& database) {
    return to_json(std::vector<std::pair<Json, Json>>(database.values().begin(), database.values().end()));
  }
  Task<Json> read_all() {
    const Json no_keys = empty();
    co_return co_await kv_.read_or(key(), no_keys);
  }
  /// False when somebody else was faster.
  Task<bool> set_all(Json before, Json after) {
    try {
      co_await kv_.cas(key(), before, after, Kv::Create::yes);
      co_return true;
    } catch (const Error& error) {
      if (error.code() != ErrorCode::precondition_failed) throw;
    }
    co_return false;
  }

  Kv kv_;
  Node& node_;

 private:
  Task<Txn> handle(Txn request) {
    auto done = co_await run(std::move(request.txn));
    co_return Txn{std::move(done)};
  }
};

class WritesOverOthers final : public WholeInOneKey {
 public:
  using WholeInOneKey::WholeInOneKey;

 private:
  Task<MicroOps> run(MicroOps txn) override {
    auto before = co_await read_all();
    Database database = database_of(before);
    MicroOps done = database.run(txn);
    if (!is_read_only(txn)) co_await kv_.write(key(), text_of(database));
    co_return done;
  }
};

class CommitsEachMicroOp final : public WholeInOneKey {
 public:
  using WholeInOneKey::WholeInOneKey;

 private:
  Task<MicroOps> run(MicroOps txn) override {
    MicroOps done;
    for (const MicroOp& micro_op : txn) {
      const MicroOps one = {micro_op};
      auto part = co_await WholeInOneKey::run(one);
      done.push_back(part.front());
    }
    co_return done;
  }
};

/// What it writes is atomic; what it reads is not.
class ReadsOneAfterTheOther final : public WholeInOneKey {
 public:
  using WholeInOneKey::WholeInOneKey;

 private:
  Task<MicroOps> run(MicroOps txn) override {
    if (!is_read_only(txn)) co_return co_await WholeInOneKey::run(std::move(txn));
    MicroOps done;
    for (const MicroOp& micro_op : txn) {
      const MicroOps one = {micro_op};
      auto part = co_await WholeInOneKey::run(one);
      done.push_back(part.front());
    }
    co_return done;
  }
};

class ReadsFromAnOldState final : public WholeInOneKey {
 public:
  using WholeInOneKey::WholeInOneKey;

 private:
  Task<MicroOps> run(MicroOps txn) override {
    if (!is_read_only(txn)) co_return co_await WholeInOneKey::run(std::move(txn));
    if (node_.now() - since_ > 300ms) {
      auto newest = co_await read_all();
      known_ = std::move(newest);
      since_ = node_.now();
    }
    co_return database_of(known_).run(std::move(txn));
  }

  Json known_ = empty();
  Time since_ = Time() - 1h;
};

/// Swings the newest root, but what the transaction read comes from the one that was known before.
class BuildsOnAStaleRoot final : public WholeInOneKey {
 public:
  using WholeInOneKey::WholeInOneKey;

 private:
  Task<MicroOps> run(MicroOps txn) override {
    const MicroOps seen = database_of(known_).run(txn);
    co_await WholeInOneKey::run(std::move(txn));
    auto newest = co_await read_all();
    known_ = std::move(newest);
    co_return seen;
  }

  Json known_ = empty();
};

class CallsACommitAConflict final : public WholeInOneKey {
 public:
  using WholeInOneKey::WholeInOneKey;

 private:
  Task<MicroOps> run(MicroOps txn) override {
    auto done = co_await WholeInOneKey::run(txn);
    if (!is_read_only(txn) && ++count_ % 5 == 0) throw Error(ErrorCode::txn_conflict, "no answer in time");
    co_return done;
  }

  int count_ = 0;
};

class ForgetsItsOwnWrites final : public WholeInOneKey {
 public:
  using WholeInOneKey::WholeInOneKey;

 private:
  Task<MicroOps> run(MicroOps txn) override {
    auto before = co_await read_all();
    auto done = co_await WholeInOneKey::run(txn);
    const Database database = database_of(before);
    for (MicroOp& micro_op : done) {
      auto& [function, key, value] = micro_op;
      if (function == "r") value = std::get<2>(database.look_up({micro_op}).front());
    }
    co_return done;
  }
};

/// Replicas that tell each other at once what was written. Correct as `hat` is, but without its care for lost messages.
class Replica {
 public:
  explicit Replica(Node& node) : node_(node) {
    node.on("txn", [this](Txn request) { return run(std::move(request)); });
    node.on("wrote", [this](Wrote wrote, Request request) { take(wrote, request.src); });
  }
  virtual ~Replica() = default;

 protected:
  struct Wrote {
    WriteSet set;
    MZNODE_FIELDS(set)
  };
  virtual void tell(const WriteSet& set) {
    for (const auto& peer : node_.peers()) node_.send(peer, "wrote", Wrote{set});
  }
  virtual void take(const Wrote& wrote, const std::string& src) { versions_.merge(src, 0, wrote.set); }

  Node& node_;
  Versions versions_;

 private:
  Txn run(Txn request) {
    std::optional<WriteSet> written;
    MicroOps done = versions_.run(std::move(request.txn), node_.id(), 0, written);
    if (written) tell(*written);
    return {std::move(done)};
  }
};

class TellsEachWriteAlone final : public Replica {
 public:
  using Replica::Replica;

 private:
  void tell(const WriteSet& set) override {
    for (const auto& write : set.writes) Replica::tell({.count = set.count, .writes = {write}});
  }
};

class TakesWhatComesLast final : public Replica {
 public:
  using Replica::Replica;

 private:
  void take(const Wrote& wrote, const std::string& src) override {
    versions_.merge(src, 0, {.count = ++last_, .writes = wrote.set.writes});
  }

  std::uint64_t last_ = 0;
};

}  // namespace

Installed txn_in_one_value(Node& node) {
  return std::make_shared<WholeInOneKey>(node);
}
Installed txn_writes_over_others(Node& node) {
  return std::make_shared<WritesOverOthers>(node);
}
Installed txn_commits_each_micro_op(Node& node) {
  return std::make_shared<CommitsEachMicroOp>(node);
}
Installed txn_reads_one_after_the_other(Node& node) {
  return std::make_shared<ReadsOneAfterTheOther>(node);
}
Installed txn_reads_from_an_old_state(Node& node) {
  return std::make_shared<ReadsFromAnOldState>(node);
}
Installed txn_builds_on_a_stale_root(Node& node) {
  return std::make_shared<BuildsOnAStaleRoot>(node);
}
Installed txn_calls_a_commit_a_conflict(Node& node) {
  return std::make_shared<CallsACommitAConflict>(node);
}
Installed txn_forgets_its_own_writes(Node& node) {
  return std::make_shared<ForgetsItsOwnWrites>(node);
}
Installed txn_tells_each_write_alone(Node& node) {
  return std::make_shared<TellsEachWriteAlone>(node);
}
Installed txn_takes_what_comes_last(Node& node) {
  return std::make_shared<TakesWhatComesLast>(node);
}

}  // namespace mznode::mutants

#include "workloads/raft/group_options.hpp"
#include "workloads/txn/store.hpp"

namespace mznode::txn {
namespace {

/// The database of a group. The result of a transaction is the transaction with what it read, or the text of an error
/// when it appends to something that is no list.
class Database final : public raft::StateMachine {
 public:
  Json apply(const Json& operation) override {
    try {
      return to_json(store_.run(from_json<MicroOps>(operation)));
    } catch (const Error& error) {
      return Json(error.what());
    }
  }
  Json query(const Json& txn) const override { return to_json(store_.look_up(from_json<MicroOps>(txn))); }
  Json save() const override {
    return to_json(std::vector<std::pair<Json, Json>>(store_.values().begin(), store_.values().end()));
  }
  void restore(const Json& saved) override {
    const auto values = from_json<std::vector<std::pair<Json, Json>>>(saved);
    store_.set_values({values.begin(), values.end()});
  }

 private:
  Store store_;
};

/// A transaction that writes is an entry of the group's log; one that only reads is answered by the leader, once a
/// majority has confirmed that it leads.
class Raft final : public Strategy {
 public:
  Raft(Node& node, const OptionValues& options) : group_(node, database_, raft::group_settings(options)) {
    node.on("txn", this, &Raft::txn);
  }

 private:
  Task<Txn> txn(Txn request) {
    demand_known_functions(request.txn);
    Json txn = to_json(request.txn);
    if (is_read_only(request.txn)) {
      auto answer = co_await group_.query(std::move(txn));
      co_return Txn{from_json<MicroOps>(answer)};
    }
    auto result = co_await group_.execute(std::move(txn));
    if (const auto error = result.as_string()) throw Error(ErrorCode::malformed_request, *error);
    co_return Txn{from_json<MicroOps>(result)};
  }

  Database database_;
  raft::Group group_;
};

}  // namespace

StrategyInfo raft_strategy() {
  return {.name = "raft",
          .summary = "a replicated log with an elected leader; transactions that only read cost no entry",
          .guarantees = raft::group_guarantees("strict-serializable"),
          .options = raft::group_options(),
          .install = install<Raft>};
}

}  // namespace mznode::txn

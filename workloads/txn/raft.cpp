#include "raft/group_strategy.hpp"
#include "txn/store.hpp"

namespace mznode::txn {
namespace {

/// The database of a group. The result of a transaction is the transaction with what it read, or the text of an error
/// when it appends to something that is no list.
class Database final : public raft::Machine<MicroOps, Json, MicroOps, MicroOps, std::vector<std::pair<Json, Json>>> {
 public:
  Json apply(MicroOps txn) override {
    try {
      return to_json(store_.run(std::move(txn)));
    } catch (const Error& error) {
      return Json(error.what());
    }
  }
  MicroOps query(const MicroOps& txn) const override { return store_.look_up(txn); }
  State save() const override { return {store_.values().begin(), store_.values().end()}; }
  void restore(State state) override { store_.set_values({state.begin(), state.end()}); }

  void check_operation(const MicroOps& txn) const override { demand_known_functions(txn); }
  void check_question(const MicroOps& txn) const override {
    demand(is_read_only(txn), "a transaction that writes is no question");
  }

 private:
  Store store_;
};

/// A transaction that writes is an entry of the group's log; one that only reads is answered by the leader, once a
/// majority has confirmed that it leads.
class Raft final : public raft::GroupStrategy<Database> {
 public:
  Raft(Node& node, const OptionValues& options) : GroupStrategy(node, Database(), options) {
    node.on("txn", this, &Raft::txn);
  }

 private:
  Task<Txn> txn(Txn request) {
    demand_known_functions(request.txn);
    if (is_read_only(request.txn)) {
      auto answer = co_await query(std::move(request.txn));
      co_return Txn{std::move(answer)};
    }
    auto result = co_await execute(std::move(request.txn));
    if (const auto error = result.as_string()) throw Error(ErrorCode::malformed_request, *error);
    try {
      co_return Txn{from_json<MicroOps>(result)};
    } catch (const Error& error) {
      throw Error::received(ErrorCode::crash, error.what());  // who leads has answered something else
    }
  }
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

#include "raft/group_strategy.hpp"
#include "txn/database.hpp"

namespace mznode::txn {
namespace {

/// What came of a transaction: itself, with what it read; or why it is refused, because it appends to something that is
/// no list. Written as the one or the other, a list or a string.
struct Done {
  MicroOps txn;
  std::optional<std::string> refusal;

  Json to_text() const { return refusal ? Json(*refusal) : to_json(txn); }
  static Done from_text(const Json& text) {
    if (auto refusal = text.as_string()) return {.txn = {}, .refusal = std::move(*refusal)};
    return {.txn = from_peer<MicroOps>(text), .refusal = std::nullopt};
  }
};

/// The database of a group.
class DatabaseMachine final
    : public raft::Machine<MicroOps, Done, MicroOps, MicroOps, std::vector<std::pair<Json, Json>>> {
 public:
  Done apply(MicroOps txn) override {
    try {
      return {.txn = database_.run(std::move(txn)), .refusal = std::nullopt};
    } catch (const Error& error) {
      return {.txn = {}, .refusal = error.what()};
    }
  }
  MicroOps query(const MicroOps& txn) const override { return database_.look_up(txn); }
  State save() const override { return {database_.values().begin(), database_.values().end()}; }
  void restore(State state) override { database_.set_values({state.begin(), state.end()}); }

  void check_operation(const MicroOps& txn) const override { demand_known_functions(txn); }
  void check_question(const MicroOps& txn) const override {
    demand(is_read_only(txn), "a transaction that writes is no question");
  }

 private:
  Database database_;
};

/// A transaction that writes is an entry of the group's log; one that only reads is answered by the leader, once a
/// majority has confirmed that it leads.
class Raft final : public raft::GroupStrategy<DatabaseMachine> {
 public:
  Raft(Node& node, const OptionValues& options) : GroupStrategy(node, DatabaseMachine(), options) {
    node.on("txn", this, &Raft::txn);
  }

 private:
  Task<Txn> txn(Txn request) {
    demand_known_functions(request.txn);
    if (is_read_only(request.txn)) {
      auto answer = co_await query(std::move(request.txn));
      co_return Txn{std::move(answer)};
    }
    auto done = co_await execute(std::move(request.txn));
    if (done.refusal) throw Error(ErrorCode::malformed_request, *done.refusal);
    co_return Txn{std::move(done.txn)};
  }
};

}  // namespace

StrategyInfo raft_strategy() {
  return {.name = "raft",
          .summary = "a replicated log with an elected leader; transactions that only read cost no entry",
          .guarantees = raft::group_guarantees("strict-serializable"),
          .options = raft::group_options(),
          .install = install<Raft>,
          .asks = raft::group_asks()};
}

}  // namespace mznode::txn

#include "caspaxos/keyspace.hpp"
#include "lin_kv/lin_kv.hpp"

namespace mznode::linearizable_kv {
namespace {

/// What a register holds: the value in an array, because a client may write null as well.
Json stored(const Json& value) {
  return to_json(std::vector{value});
}

/// Every key is a register of its own; whichever node is asked brings the change about.
class CasPaxos final : public Strategy {
 public:
  CasPaxos(Node& node, const OptionValues& options)
      : keyspace_(node, {.patience = options.milliseconds("patience-ms"), .check_value = check_value}) {
    node.on("read", this, &CasPaxos::read);
    node.on("write", this, &CasPaxos::write);
    node.on("cas", this, &CasPaxos::cas);
  }

 private:
  Task<ReadOk> read(Read request) {
    caspaxos::Change change = [](const Json& found) { return found; };
    auto found = co_await keyspace_.change(std::move(request.key), std::move(change));
    require_key(found);
    co_return ReadOk{std::move(from_json<std::vector<Json>>(found).front())};
  }

  Task<> write(Write request) {
    caspaxos::Change change = [to = stored(request.value)](const Json&) { return to; };
    co_await keyspace_.change(std::move(request.key), std::move(change));
  }

  Task<> cas(Cas request) {
    const Json from = stored(request.from);
    caspaxos::Change change = [from, to = stored(request.to)](const Json& found) { return found == from ? to : found; };
    auto found = co_await keyspace_.change(std::move(request.key), std::move(change));
    require_key(found);
    if (found != from) throw Error(ErrorCode::precondition_failed, "the key has another value");
  }

  static void check_value(const Json& value) {
    demand(from_json<std::vector<Json>>(value).size() == 1, "a register holds one value");
  }

  static void require_key(const Json& found) {
    if (found.is_null()) throw Error(ErrorCode::key_does_not_exist, "there is no such key");
  }

  caspaxos::Keyspace keyspace_;
};

}  // namespace

StrategyInfo caspaxos_strategy() {
  return {
      .name = "caspaxos",
      .summary = "consensus on each key's next value, without leader and log; reads ask a majority and write nothing",
      .guarantees = {.model = "linearizable",
                     .available = false,
                     .survives = message_faults({Fault::kill, Fault::skew}),
                     .caveat = "a kill only with storage (--data-dir)"},
      .options = {{.name = "patience-ms",
                   .default_value = 100,
                   .min = 1,
                   .max = 10'000,
                   .summary = "a node that has not answered for so long, or for two round trips, is asked again"}},
      .install = install<CasPaxos>,
      .asks = {.whom = "a majority", .messages = 2}};
}

}  // namespace mznode::linearizable_kv

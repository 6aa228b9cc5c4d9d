#include <map>

#include "lin_kv/lin_kv.hpp"
#include "raft/group_strategy.hpp"

namespace mznode::linearizable_kv {
namespace {

/// A write, or a compare-and-set when `is_cas`.
struct Change {
  bool is_cas = false;
  Json key;
  Json from;
  Json to;
  MZNODE_FIELDS(is_cas, key, from, to)
};

/// The registers of a group. The result of a change is the code of its error, or nothing; the answer to a key is a list
/// with its value, or an empty one.
class Registers final
    : public raft::Machine<Change, std::optional<int>, Json, std::vector<Json>, std::vector<std::pair<Json, Json>>> {
 public:
  std::optional<int> apply(Change change) override {
    if (!change.is_cas) {
      values_[change.key] = std::move(change.to);
      return std::nullopt;
    }
    const auto found = values_.find(change.key);
    if (found == values_.end()) return static_cast<int>(ErrorCode::key_does_not_exist);
    if (found->second != change.from) return static_cast<int>(ErrorCode::precondition_failed);
    found->second = std::move(change.to);
    return std::nullopt;
  }
  std::vector<Json> query(const Json& key) const override {
    const auto found = values_.find(key);
    return found == values_.end() ? std::vector<Json>() : std::vector{found->second};
  }
  State save() const override { return {values_.begin(), values_.end()}; }
  void restore(State state) override {
    values_.clear();
    for (auto& [key, value] : state) values_[key] = std::move(value);
  }

 private:
  std::map<Json, Json> values_;
};

/// Every change is an entry of the group's log; a read is answered by the leader, once a majority has confirmed that it
/// leads.
class Raft final : public raft::GroupStrategy<Registers> {
 public:
  Raft(Node& node, const OptionValues& options) : GroupStrategy(node, Registers(), options) {
    node.on("read", this, &Raft::read);
    node.on("write", this, &Raft::write);
    node.on("cas", this, &Raft::cas);
  }

 private:
  Task<ReadOk> read(Read request) {
    auto values = co_await query(request.key);
    if (values.empty()) throw Error(ErrorCode::key_does_not_exist, "there is no such key");
    co_return ReadOk{std::move(values.front())};
  }

  Task<> write(Write request) {
    Change change{.is_cas = false, .key = request.key, .from = Json(), .to = request.value};
    co_await execute(std::move(change));
  }

  Task<> cas(Cas request) {
    Change change{.is_cas = true, .key = request.key, .from = request.from, .to = request.to};
    auto code = co_await execute(std::move(change));
    if (!code) co_return;
    const auto error = static_cast<ErrorCode>(*code);
    throw Error(error, error == ErrorCode::key_does_not_exist ? "there is no such key" : "the key has another value");
  }
};

}  // namespace

StrategyInfo raft_strategy() {
  return {.name = "raft",
          .summary = "a replicated log with an elected leader; reads are confirmed by a majority and cost no entry",
          .guarantees = raft::group_guarantees("linearizable"),
          .options = raft::group_options(),
          .install = install<Raft>};
}

}  // namespace mznode::linearizable_kv

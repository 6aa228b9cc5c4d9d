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

/// What came of a change: it is done, or it was a cas that is refused. Written as null, or as the error's code.
struct Changed {
  std::optional<ErrorCode> refusal;

  Json to_text() const { return refusal ? Json(static_cast<int>(*refusal)) : Json(); }
  static Changed from_text(const Json& text) {
    const auto code = from_peer<std::optional<int>>(text);
    if (!code) return {};
    const auto refusal = static_cast<ErrorCode>(*code);
    demand(refusal == ErrorCode::key_does_not_exist || refusal == ErrorCode::precondition_failed,
           "a cas is refused for want of its key, or for its value");
    return {refusal};
  }
};

/// The registers of a group. The answer to a key is a list with its value, or an empty one.
class RegisterMap final
    : public raft::Machine<Change, Changed, Json, std::vector<Json>, std::vector<std::pair<Json, Json>>> {
 public:
  Changed apply(Change change) override {
    if (!change.is_cas) {
      values_[change.key] = std::move(change.to);
      return {};
    }
    const auto found = values_.find(change.key);
    if (found == values_.end()) return {ErrorCode::key_does_not_exist};
    if (found->second != change.from) return {ErrorCode::precondition_failed};
    found->second = std::move(change.to);
    return {};
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
class Raft final : public raft::GroupStrategy<RegisterMap> {
 public:
  Raft(Node& node, const OptionValues& options) : GroupStrategy(node, RegisterMap(), options) {
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
    auto changed = co_await execute(std::move(change));
    if (!changed.refusal) co_return;
    const bool is_missing = *changed.refusal == ErrorCode::key_does_not_exist;
    throw Error(*changed.refusal, is_missing ? "there is no such key" : "the key has another value");
  }
};

}  // namespace

StrategyInfo raft_strategy() {
  return {.name = "raft",
          .summary = "a replicated log with an elected leader; reads are confirmed by a majority and cost no entry",
          .guarantees = raft::group_guarantees("linearizable"),
          .options = raft::group_options(),
          .install = install<Raft>,
          .asks = raft::group_asks()};
}

}  // namespace mznode::linearizable_kv

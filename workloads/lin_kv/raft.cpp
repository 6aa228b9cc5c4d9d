#include <map>

#include "workloads/lin_kv/lin_kv.hpp"
#include "workloads/raft/group.hpp"

namespace mznode::lin_kv {
namespace {

/// A write, or a compare-and-set when `is_cas`.
struct Change {
  bool is_cas = false;
  Json key;
  Json from;
  Json to;
  MZNODE_FIELDS(is_cas, key, from, to)
};

/// The registers of a group. The result of a change is the code of its error, or null; the answer to a key is an array
/// with its value, or an empty one.
class Registers final : public raft::StateMachine {
 public:
  Json apply(const Json& operation) override {
    auto change = from_json<Change>(operation);
    if (!change.is_cas) {
      values_[change.key] = std::move(change.to);
      return Json();
    }
    const auto found = values_.find(change.key);
    if (found == values_.end()) return Json(static_cast<int>(ErrorCode::key_does_not_exist));
    if (found->second != change.from) return Json(static_cast<int>(ErrorCode::precondition_failed));
    found->second = std::move(change.to);
    return Json();
  }
  Json query(const Json& key) const override {
    const auto found = values_.find(key);
    return to_json(found == values_.end() ? std::vector<Json>() : std::vector{found->second});
  }
  Json save() const override { return to_json(std::vector<std::pair<Json, Json>>(values_.begin(), values_.end())); }
  void restore(const Json& saved) override {
    values_.clear();
    for (auto& [key, value] : from_json<std::vector<std::pair<Json, Json>>>(saved)) values_[key] = std::move(value);
  }

 private:
  std::map<Json, Json> values_;
};

raft::Group::Options group_options(const OptionValues& options) {
  return {.election_timeout = options.milliseconds("election-ms"),
          .heartbeat = options.milliseconds("heartbeat-ms"),
          .batch_window = options.milliseconds("batch-ms"),
          .lease_reads = options.integer("lease-reads") != 0,
          .snapshot_entries = static_cast<std::uint64_t>(options.integer("snapshot-entries"))};
}

/// Every change is an entry of the group's log; a read is answered by the leader, once a majority has confirmed that it
/// leads.
class Raft final : public raft::GroupStrategy {
 public:
  Raft(Node& node, const OptionValues& options) : group_(node, registers_, group_options(options)) {
    node.on("read", this, &Raft::read);
    node.on("write", this, &Raft::write);
    node.on("cas", this, &Raft::cas);
  }
  const raft::Group& group() const override { return group_; }

 private:
  Task<ReadOk> read(Read request) {
    auto answer = co_await group_.query(request.key);
    auto values = from_json<std::vector<Json>>(answer);
    if (values.empty()) throw Error(ErrorCode::key_does_not_exist, "there is no such key");
    co_return ReadOk{std::move(values.front())};
  }

  Task<> write(Write request) {
    Json change = to_json(Change{.is_cas = false, .key = request.key, .from = Json(), .to = request.value});
    co_await group_.execute(std::move(change));
  }

  Task<> cas(Cas request) {
    Json change = to_json(Change{.is_cas = true, .key = request.key, .from = request.from, .to = request.to});
    auto result = co_await group_.execute(std::move(change));
    const auto code = result.as_int();
    if (!code) co_return;
    const auto error = static_cast<ErrorCode>(*code);
    throw Error(error, error == ErrorCode::key_does_not_exist ? "there is no such key" : "the key has another value");
  }

  Registers registers_;
  raft::Group group_;
};

}  // namespace

StrategyInfo raft_strategy() {
  std::vector<Fault> survives = message_faults();
  survives.push_back(Fault::kill);
  survives.push_back(Fault::skew);
  return {.name = "raft",
          .summary = "a replicated log with an elected leader; reads are confirmed by a majority and cost no entry",
          .guarantees = {.model = "linearizable",
                         .available = false,
                         .survives = survives,
                         .caveat = "a kill only with storage (--data-dir); skewed clocks not with --lease-reads 1"},
          .options = {{.name = "election-ms",
                       .default_value = 400,
                       .min = 10,
                       .max = 60'000,
                       .summary = "a leader that is not heard for so long, and up to twice that, is replaced"},
                      {.name = "heartbeat-ms",
                       .default_value = 100,
                       .min = 1,
                       .max = 10'000,
                       .summary = "how often an idle leader is heard"},
                      {.name = "batch-ms",
                       .default_value = 0,
                       .min = 0,
                       .max = 1'000,
                       .summary = "how long requests wait for others to share their messages"},
                      {.name = "lease-reads",
                       .default_value = 0,
                       .min = 0,
                       .max = 1,
                       .summary = "1: leaders read without asking, and trust all clocks to run at nearly one speed"},
                      {.name = "snapshot-entries",
                       .default_value = 1'000,
                       .min = 1,
                       .max = 1'000'000,
                       .summary = "the log is replaced by a snapshot after so many entries"}},
          .install = install<Raft>};
}

}  // namespace mznode::lin_kv

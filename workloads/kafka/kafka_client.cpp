#include <algorithm>
#include <limits>
#include <tuple>

#include "kafka/kafka.hpp"
#include "mznode/sim/excerpt.hpp"

namespace mznode::kafka {
namespace {

/// Maelstrom's client (workload/kafka.clj): it keeps the offsets from which it will poll next, and commits what it has
/// polled.
class LogClient final : public sim::Client {
 public:
  LogClient(sim::Connection& connection, std::string node, const sim::ClientOptions& options)
      : connection_(connection),
        node_(std::move(node)),
        assign_from_(options.keys.assign_from),
        compat_jepsen_(options.compat_jepsen) {}

  Task<Json> invoke(check::Operation operation) override {
    if (operation.f == "crash") throw sim::ClientCrash();
    if (operation.f == "assign") co_return co_await assign(std::move(operation));
    if (operation.f == "send") co_return co_await send(std::move(operation));
    co_return co_await poll();
  }
  bool is_idempotent(const std::string& f) const override { return f == "assign"; }

 private:
  Task<Json> assign(check::Operation operation) {
    auto keys = from_json<std::vector<std::string>>(operation.value);
    Offsets next;
    if (seeks_to_beginning(operation)) {
      for (const auto& key : keys) next[key] = 0;
    } else {
      const ListCommitted request{keys};
      auto committed = co_await connection_.call<Poll>(node_, "list_committed_offsets", request);
      demand_asked("list_committed_offsets", committed.offsets, keys);
      for (const auto& key : keys) next[key] = beginning_of(key, committed.offsets);
    }
    offsets_ = std::move(next);
    co_return operation.value;
  }

  /// Where polls of a key that is assigned begin. A client that knows the key goes on where it was.
  Offset beginning_of(const std::string& key, const Offsets& committed) const {
    const auto mine = offsets_.find(key);
    if (mine != offsets_.end()) return mine->second;
    const auto known = committed.find(key);
    if (assign_from_ == sim::KeyOptions::AssignFrom::beginning || known == committed.end()) return 0;
    demand_in_range("list_committed_offsets_ok", key, known->second);
    return known->second;
  }

  /// Upstream fails at offsets below 0, too, but deep in its checker. The largest leaves no room for the next one.
  void demand_in_range(const std::string& reply, const std::string& key, Offset offset) const {
    constexpr Offset largest = std::numeric_limits<Offset>::max() - 1;
    if (offset >= 0 && offset <= largest) return;
    throw sim::MalformedReply("malformed reply of " + node_ + ": the offset " + std::to_string(offset) + " of key " +
                              key + " in its " + reply + " is out of range; offsets go from 0 to " +
                              std::to_string(largest));
  }

  Task<Json> send(check::Operation operation) {
    using MicroOp = std::tuple<std::string, std::string, Json>;
    auto micro_ops = from_json<std::vector<MicroOp>>(operation.value);
    auto& [function, key, message] = micro_ops.at(0);
    const Send request{key, message};
    auto reply = co_await connection_.call<SendOk>(node_, "send", request);
    demand_in_range("send_ok", key, reply.offset);
    message = to_json(std::pair<Offset, Json>(reply.offset, message));
    co_return to_json(micro_ops);
  }

  Task<Json> poll() {
    const Poll request{offsets_};
    auto reply = co_await connection_.call<PollOk>(node_, "poll", request);
    std::vector<std::string> keys;
    for (const auto& [key, offset] : request.offsets) keys.push_back(key);
    demand_asked("poll", reply.msgs, keys);
    Poll polled;
    for (const auto& [key, messages] : reply.msgs) {
      Offset highest = -1;
      for (const auto& [offset, message] : messages) {
        demand_in_range("poll_ok", key, offset);
        highest = std::max(highest, offset);
      }
      const auto [next, is_new] = offsets_.try_emplace(key, highest + 1);
      if (!is_new) next->second = std::max(next->second, highest + 1);
      if (!messages.empty()) polled.offsets[key] = highest;
    }
    if (!polled.offsets.empty()) co_await connection_.call<Empty>(node_, "commit_offsets", polled);
    const std::vector<std::pair<std::string, Messages>> value = {{"poll", std::move(reply.msgs)}};
    co_return to_json(value);
  }

  /// Maelstrom takes what a reply says of keys that were not asked for, too.
  template <class ByKey>
  void demand_asked(const std::string& request, const ByKey& answered, const std::vector<std::string>& keys) const {
    if (compat_jepsen_) return;
    for (const auto& [key, value] : answered) {
      if (std::find(keys.begin(), keys.end(), key) != keys.end()) continue;
      throw sim::MalformedReply("the reply of " + node_ + " answers something else than was asked: " + request +
                                " of the keys " + to_json(keys).text() + " with key " + sim::excerpt(Json(key).text()));
    }
  }

  static bool seeks_to_beginning(const check::Operation& operation) {
    return std::any_of(operation.other_fields.begin(), operation.other_fields.end(), [](const auto& field) {
      return field.first == seek_to_beginning && field.second == Json(true);
    });
  }

  sim::Connection& connection_;
  std::string node_;
  sim::KeyOptions::AssignFrom assign_from_;
  bool compat_jepsen_;
  Offsets offsets_;
};

}  // namespace

sim::TestSpec kafka_test() {
  return {.make_client =
              [](sim::Connection& connection, const std::string& node, const sim::ClientOptions& options) {
                return std::make_unique<LogClient>(connection, node, options);
              },
          .make_generator = make_generator,
          .kinds = {"poll", "send"},
          .final_operation = std::nullopt,
          .final_time_limit = 10s};
}

}  // namespace mznode::kafka

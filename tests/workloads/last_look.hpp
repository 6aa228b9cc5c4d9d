#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "kafka/kafka.hpp"
#include "lin_kv/lin_kv.hpp"
#include "tests/workloads/cells.hpp"
#include "txn/txn.hpp"

/// Liveness after faults: when the network has healed and been quiet, every node shows everything that was
/// acknowledged. Workloads whose tests end with a read of everything have checkers that look; to the others this gives
/// such an end.
namespace mznode::last_look {

/// What every worker's last look, at one node, has shown: values by keys, and of logs all messages.
struct Looks {
  std::set<Json> keys;
  std::vector<std::map<Json, Json>> seen;
  /// The nodes that were looked at, in the order of `seen`.
  std::vector<std::string> nodes;
};

inline constexpr const char* look = "look";

/// A workload's client that can look at all keys that its like have worked on.
class LookingClient final : public sim::Client {
 public:
  LookingClient(std::unique_ptr<sim::Client> inner, sim::Connection& connection, std::string workload, std::string node,
                std::shared_ptr<Looks> looks)
      : inner_(std::move(inner)),
        connection_(connection),
        workload_(std::move(workload)),
        node_(std::move(node)),
        looks_(std::move(looks)) {}

  Task<> setup() override { return inner_->setup(); }
  bool is_idempotent(const std::string& f) const override { return f == look || inner_->is_idempotent(f); }
  bool maps_errors() const override { return inner_->maps_errors(); }

  Task<Json> invoke(check::Operation operation) override {
    if (operation.f != look) {
      note_keys(operation);
      return inner_->invoke(std::move(operation));
    }
    if (workload_ == "lin-kv") return look_at_registers();
    if (workload_ == "kafka") return look_at_logs();
    return look_at_transaction();
  }

 private:
  void note_keys(const check::Operation& operation) {
    if (workload_ == "lin-kv") {
      looks_->keys.insert(from_json<std::pair<Json, Json>>(operation.value).first);
    } else if (workload_ == "kafka" && operation.f == "send") {
      using MicroOp = std::tuple<std::string, std::string, Json>;
      for (const auto& [f, key, message] : from_json<std::vector<MicroOp>>(operation.value))
        looks_->keys.insert(Json(key));
    } else if (workload_.starts_with("txn")) {
      for (const auto& [f, key, value] : from_json<txn::MicroOps>(operation.value)) looks_->keys.insert(key);
    }
  }

  /// Asks a few times: where latency has no bound, one answer may come too late.
  template <class Reply, class Body>
  Task<Reply> ask(std::string type, Body body) {
    constexpr int attempts = 5;
    for (int attempt = 1;; ++attempt) {
      try {
        auto reply = co_await connection_.call<Reply>(node_, type, body);
        co_return reply;
      } catch (const sim::RequestFailed& error) {
        const bool is_answer = std::string_view(error.what()).find("key-does-not-exist") != std::string_view::npos;
        if (is_answer || attempt == attempts) throw;
      }
    }
  }

  Json show(std::map<Json, Json> seen) {
    looks_->seen.push_back(std::move(seen));
    looks_->nodes.push_back(node_);
    return {};
  }

  Task<Json> look_at_registers() {
    std::map<Json, Json> seen;
    for (const Json& key : looks_->keys) {
      const linearizable_kv::Read request{key};
      std::string failure;
      try {
        auto reply = co_await ask<linearizable_kv::ReadOk>("read", request);
        seen[key] = reply.value;
      } catch (const sim::RequestFailed& error) {
        failure = error.what();
        if (failure.find("key-does-not-exist") == std::string::npos) throw;
      }
    }
    co_return show(std::move(seen));
  }

  Task<Json> look_at_transaction() {
    txn::Txn request;
    for (const Json& key : looks_->keys) request.txn.emplace_back("r", key, Json());
    auto reply = co_await ask<txn::Txn>("txn", request);
    std::map<Json, Json> seen;
    for (const auto& [f, key, value] : reply.txn) seen[key] = value;
    co_return show(std::move(seen));
  }

  /// Polls from the beginning, as somebody does who has just come, until that shows nothing new.
  Task<Json> look_at_logs() {
    std::map<Json, Json> seen;
    for (const Json& key : looks_->keys) {
      kafka::Poll request;
      request.offsets[*key.as_string()] = 0;
      std::size_t count = 0;
      bool has_grown = true;
      while (has_grown) {
        auto reply = co_await ask<kafka::PollOk>("poll", request);
        const auto& messages = reply.msgs[*key.as_string()];
        has_grown = messages.size() > count;
        count = messages.size();
        seen[key] = to_json(messages);
      }
    }
    co_return show(std::move(seen));
  }

  std::unique_ptr<sim::Client> inner_;
  sim::Connection& connection_;
  std::string workload_;
  std::string node_;
  std::shared_ptr<Looks> looks_;
};

/// The test of a workload with a last look at its end.
inline sim::TestSpec with_last_look(const std::string& workload, std::shared_ptr<Looks> looks) {
  sim::TestSpec spec = find_workload(workload).test;
  spec.make_client = [inner = spec.make_client, workload, looks](sim::Connection& connection, const std::string& node,
                                                                 const sim::ClientOptions& options) {
    return std::make_unique<LookingClient>(inner(connection, node, options), connection, workload, node, looks);
  };
  spec.final_operation = sim::operation(look);
  spec.final_time_limit = std::nullopt;
  return spec;
}

/// The operations of a history that were acknowledged, without looks.
inline std::vector<check::Operation> acknowledged(const check::History& history) {
  std::vector<check::Operation> found;
  std::copy_if(history.begin(), history.end(), std::back_inserter(found), [](const check::Operation& event) {
    return event.is_client() && event.type == check::Type::ok && event.f != look;
  });
  return found;
}

}  // namespace mznode::last_look

#include "broadcast/broadcast.hpp"
#include "mznode/sim/excerpt.hpp"

namespace mznode::broadcast {
namespace {

class BroadcastClient final : public sim::Client {
 public:
  BroadcastClient(sim::Connection& connection, std::string node, const sim::ClientOptions& options)
      : connection_(connection), node_(std::move(node)), topology_(options.topology) {}

  Task<> setup() override {
    const TopologyMessage message{topology_};
    co_await connection_.call<Empty>(node_, "topology", message);
  }

  Task<Json> invoke(check::Operation operation) override {
    if (operation.f == "read") {
      const Empty request;
      auto reply = co_await connection_.call<ReadOk>(node_, "read", request);
      demand_list(reply.messages);
      co_return reply.messages;
    }
    const Broadcast request{operation.value};
    co_await connection_.call<Empty>(node_, "broadcast", request);
    co_return operation.value;
  }
  bool is_idempotent(const std::string& f) const override { return f == "read"; }

 private:
  /// Maelstrom's schema takes null for a list.
  void demand_list(const Json& messages) const {
    if (messages.is_null() || messages.kind() == Json::Kind::array) return;
    throw sim::MalformedReply("malformed reply of " + node_ +
                              ": its messages is no list; expected {\"type\": \"read_ok\", \"in_reply_to\": <the "
                              "request's msg_id>, \"messages\": […]}, got as messages " +
                              sim::excerpt(messages.text()));
  }

  sim::Connection& connection_;
  std::string node_;
  const Topology& topology_;
};

}  // namespace

sim::TestSpec broadcast_test() {
  return {.make_client =
              [](sim::Connection& connection, const std::string& node, const sim::ClientOptions& options) {
                return std::make_unique<BroadcastClient>(connection, node, options);
              },
          .make_generator = [](const sim::ClientOptions&) { return sim::mix_with_reads("broadcast"); },
          .kinds = {"broadcast", "read"},
          .final_operation = sim::final_read()};
}

}  // namespace mznode::broadcast

#include "g_set/g_set.hpp"

namespace mznode::g_set {
namespace {

class SetClient final : public sim::Client {
 public:
  SetClient(sim::Connection& connection, std::string node) : connection_(connection), node_(std::move(node)) {}

  Task<Json> invoke(check::Operation operation) override {
    if (operation.f == "read") {
      const Empty request;
      auto reply = co_await connection_.call<ReadOk>(node_, "read", request);
      co_return to_json(reply.value);
    }
    const Add request{operation.value};
    co_await connection_.call<Empty>(node_, "add", request);
    co_return operation.value;
  }
  bool is_idempotent(const std::string&) const override { return false; }
  bool maps_errors() const override { return false; }

 private:
  sim::Connection& connection_;
  std::string node_;
};

}  // namespace

sim::TestSpec g_set_test() {
  return {.make_client = [](sim::Connection& connection, const std::string& node,
                            const sim::ClientOptions&) { return std::make_unique<SetClient>(connection, node); },
          .make_generator = [](const sim::ClientOptions&) { return sim::mix_with_reads("add"); },
          .kinds = {"add", "read"},
          .final_operation = sim::operation("read")};  // not marked as final, as upstream's is not
}

}  // namespace mznode::g_set

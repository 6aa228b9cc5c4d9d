#include "unique_ids/unique_ids.hpp"

namespace mznode::unique_ids {
namespace {

class IdClient final : public sim::Client {
 public:
  IdClient(sim::Connection& connection, std::string node) : connection_(connection), node_(std::move(node)) {}

  Task<Json> invoke(check::Operation) override {
    const Empty request;
    auto reply = co_await connection_.call<GenerateOk>(node_, "generate", request);
    co_return reply.id;
  }
  bool is_idempotent(const std::string&) const override { return false; }

 private:
  sim::Connection& connection_;
  std::string node_;
};

class IdGenerator final : public sim::Generator {
 public:
  std::optional<check::Operation> next(std::size_t, sim::Random&) override { return sim::operation("generate"); }
};

}  // namespace

sim::TestSpec unique_ids_test() {
  return {.make_client = [](sim::Connection& connection, const std::string& node,
                            const sim::ClientOptions&) { return std::make_unique<IdClient>(connection, node); },
          .make_generator = [](const sim::ClientOptions&) { return std::make_unique<IdGenerator>(); },
          .kinds = {"generate"},
          .final_operation = std::nullopt,
          .reuses_clients = true};
}

}  // namespace mznode::unique_ids

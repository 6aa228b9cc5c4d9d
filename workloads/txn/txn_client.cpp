#include "mznode/sim/excerpt.hpp"
#include "txn/micro_ops.hpp"
#include "txn/txn.hpp"

namespace mznode::txn {
namespace {

constexpr const char* append = "append";
constexpr const char* write = "w";

class TxnClient final : public sim::Client {
 public:
  TxnClient(sim::Connection& connection, std::string node, std::string write_function)
      : connection_(connection), node_(std::move(node)), write_(std::move(write_function)) {}

  Task<Json> invoke(check::Operation operation) override {
    const Txn request{from_json<MicroOps>(operation.value)};
    auto reply = co_await connection_.call<Txn>(node_, "txn", request);
    demand(reply.txn);
    co_return to_json(reply.txn);
  }
  bool is_idempotent(const std::string&) const override { return false; }

 private:
  /// Whether the micro-operations answer the request is the checker's business; here only their form counts.
  void demand(const MicroOps& micro_ops) const {
    for (const MicroOp& micro_op : micro_ops) {
      const auto& [function, key, value] = micro_op;
      const bool is_read = function == "r";
      if ((is_read && (is_list(value) || write_ == write)) || function == write_) continue;
      throw sim::MalformedReply("malformed reply of " + node_ + ": expected micro-operations [\"r\", key, " +
                                (write_ == write ? "value" : "[elements]") + "] and [\"" + write_ +
                                "\", key, value], got " + sim::excerpt(to_json(micro_op).text()));
    }
  }

  sim::Connection& connection_;
  std::string node_;
  std::string write_;
};

class Transactions final : public sim::Generator {
 public:
  Transactions(const sim::KeyOptions& options, std::string write_function)
      : options_(options), write_(std::move(write_function)) {}

  std::optional<check::Operation> next(std::size_t, sim::Random& random) override {
    if (!generator_) generator_.emplace(options_, write_, random);
    return sim::operation("txn", to_json(generator_->next(random)));
  }

 private:
  sim::KeyOptions options_;
  std::string write_;
  std::optional<TxnGenerator> generator_;
};

sim::TestSpec test(const char* write_function) {
  return {.make_client =
              [write_function](sim::Connection& connection, const std::string& node, const sim::ClientOptions&) {
                return std::make_unique<TxnClient>(connection, node, write_function);
              },
          .make_generator =
              [write_function](const sim::ClientOptions& options) {
                return std::make_unique<Transactions>(options.keys, write_function);
              },
          .kinds = {"txn"},
          .final_operation = std::nullopt,
          .reuses_clients = true};
}

}  // namespace

sim::TestSpec list_append_test() {
  return test(append);
}
sim::TestSpec rw_register_test() {
  return test(write);
}

}  // namespace mznode::txn

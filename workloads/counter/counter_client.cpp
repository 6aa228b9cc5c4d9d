#include "counter/counter.hpp"

namespace mznode::counter {
namespace {

class CounterClient final : public sim::Client {
 public:
  CounterClient(sim::Connection& connection, std::string node) : connection_(connection), node_(std::move(node)) {}

  Task<Json> invoke(check::Operation operation) override {
    if (operation.f == "read") {
      const Empty request;
      auto reply = co_await connection_.call<ReadOk>(node_, "read", request);
      co_return Json(reply.value);
    }
    const Add request{from_json<std::int64_t>(operation.value)};
    co_await connection_.call<Empty>(node_, "add", request);
    co_return operation.value;
  }
  bool is_idempotent(const std::string&) const override { return false; }
  bool maps_errors() const override { return false; }

 private:
  sim::Connection& connection_;
  std::string node_;
};

/// Reads and adds of -5 to 4, half and half; where nothing may shrink, what is negative is drawn again, so that reads
/// become two thirds.
class CounterGenerator final : public sim::Generator {
 public:
  explicit CounterGenerator(bool may_shrink) : may_shrink_(may_shrink) {}

  std::optional<check::Operation> next(std::size_t, sim::Random& random) override {
    for (;;) {
      if (random.below(2) == 0) return sim::operation("read");
      const std::int64_t delta = static_cast<std::int64_t>(random.below(10)) - 5;
      if (delta >= 0 || may_shrink_) return sim::operation("add", Json(delta));
    }
  }

 private:
  bool may_shrink_;
};

sim::TestSpec test(bool may_shrink) {
  return {.make_client = [](sim::Connection& connection, const std::string& node,
                            const sim::ClientOptions&) { return std::make_unique<CounterClient>(connection, node); },
          .make_generator =
              [may_shrink](const sim::ClientOptions&) { return std::make_unique<CounterGenerator>(may_shrink); },
          .kinds = {"add", "read"},
          .final_operation = sim::final_read()};
}

}  // namespace

sim::TestSpec g_counter_test() {
  return test(false);
}
sim::TestSpec pn_counter_test() {
  return test(true);
}

}  // namespace mznode::counter

#include "echo/echo.hpp"

namespace mznode::echo {
namespace {

class EchoClient final : public sim::Client {
 public:
  EchoClient(sim::Connection& connection, std::string node) : connection_(connection), node_(std::move(node)) {}

  Task<Json> invoke(check::Operation operation) override {
    const Echo request{operation.value};
    auto reply = co_await connection_.call<Echo>(node_, "echo", request);
    co_return to_json(reply);  // Maelstrom records the whole reply
  }
  bool is_idempotent(const std::string&) const override { return false; }

 private:
  sim::Connection& connection_;
  std::string node_;
};

/// "Please echo <a number below 128>", as Maelstrom's clients say it.
class EchoGenerator final : public sim::Generator {
 public:
  /// Upstream gives every worker a generator of its own, and ties between them are broken by chance.
  std::size_t choose(const std::vector<std::size_t>& free, const sim::Ring&, sim::Random& random) override {
    return random.pick(free);
  }
  std::optional<check::Operation> next(std::size_t, sim::Random& random) override {
    constexpr std::uint64_t numbers = 128;
    return sim::operation("echo", Json("Please echo " + std::to_string(random.below(numbers))));
  }
};

}  // namespace

sim::TestSpec echo_test() {
  return {.make_client = [](sim::Connection& connection, const std::string& node,
                            const sim::ClientOptions&) { return std::make_unique<EchoClient>(connection, node); },
          .make_generator = [](const sim::ClientOptions&) { return std::make_unique<EchoGenerator>(); },
          .kinds = {"echo"},
          .final_operation = std::nullopt};
}

}  // namespace mznode::echo

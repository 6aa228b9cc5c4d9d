// A program around the bench that makes one of the mistakes that its authors may make: `own_program MISTAKE …`.

#include <set>
#include <string>
#include <vector>

#include "mznode/bench.hpp"
#include "mznode/check/verdict.hpp"

using namespace mznode;

namespace {

struct Ping {
  Json value;
  MZNODE_FIELDS(value)
};

class Pinger {
 public:
  explicit Pinger(Node& node) {
    node.on("ping", [](Ping ping) { return ping; });
  }
};

/// Does what its workload's name says.
class PingClient final : public sim::Client {
 public:
  PingClient(sim::Connection& connection, std::string node, std::string mistake)
      : connection_(connection), node_(std::move(node)), mistake_(std::move(mistake)) {}

  Task<Json> invoke(check::Operation operation) override {
    if (mistake_ == "client-throws") throw std::runtime_error("the client has no idea");
    if (mistake_ == "client-never-ends") co_await Forever();
    const Ping request{operation.value};
    auto reply = co_await connection_.call<Ping>(node_, "ping", request);
    co_return reply.value;
  }
  bool is_idempotent(const std::string&) const override { return true; }

 private:
  struct Forever {
    bool await_ready() const { return false; }
    void await_suspend(std::coroutine_handle<>) const {}
    void await_resume() const {}
  };

  sim::Connection& connection_;
  std::string node_;
  std::string mistake_;
};

class PingGenerator final : public sim::Generator {
 public:
  std::optional<check::Operation> next(std::size_t, sim::Random&) override { return sim::operation("ping", next_++); }

 private:
  std::int64_t next_ = 0;
};

check::Verdict check_pings(const check::History&, const check::CheckOptions&) {
  return check::Verdict(check::Valid::yes);
}
check::Verdict check_nothing(const check::History&, const check::CheckOptions&) {
  throw std::runtime_error("the checker has no idea");
}

WorkloadInfo pings(const std::string& mistake) {
  WorkloadInfo info{.name = "pings",
                    .summary = "asks and is answered",
                    .client_timeout = 5s,
                    .test = {.make_client = [mistake](sim::Connection& connection, const std::string& node,
                                                      const sim::ClientOptions&) -> std::unique_ptr<sim::Client> {
                               return std::make_unique<PingClient>(connection, node, mistake);
                             },
                             .make_generator = [](const sim::ClientOptions&) -> std::unique_ptr<sim::Generator> {
                               return std::make_unique<PingGenerator>();
                             },
                             .kinds = {"ping"},
                             .final_operation = {}},
                    .strategies = {},
                    .check = mistake == "checker-throws" ? check_nothing : check_pings};
  if (mistake == "no-checker") info.check = nullptr;
  if (mistake == "no-client") info.test.make_client = nullptr;
  return info;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string mistake = argc > 1 ? argv[1] : "";
  std::vector<char*> words(argv, argv + argc);
  if (argc > 1) words.erase(words.begin() + 1);
  std::vector<bench::OwnStrategy> strategies = {bench::strategy<Pinger>("pings", "mine", "answers")};
  if (mistake == "twice") strategies.push_back(strategies.front());
  if (mistake == "unknown-workload") strategies.front().workload = "pingz";
  if (mistake == "bad-name") strategies.front().info.name = "my strategy";
  return bench::main(static_cast<int>(words.size()), words.data(), std::move(strategies), {pings(mistake)});
}

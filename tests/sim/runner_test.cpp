#include "mznode/sim/runner.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "mznode/check/history.hpp"
#include "mznode/workloads/registry.hpp"
#include "tests/sim/simulate.hpp"

namespace mznode::sim {
namespace {

using check::Type;

/// Sends each operation as a message of the type that is its f.
class ProbeClient final : public Client {
 public:
  ProbeClient(Connection& connection, std::string node, bool maps)
      : connection_(connection), node_(std::move(node)), maps_(maps) {}
  Task<Json> invoke(check::Operation operation) override {
    const Empty request;
    co_await connection_.call<Empty>(node_, operation.f, request);
    co_return operation.value;
  }
  bool is_idempotent(const std::string& f) const override { return f == "mute_read" || f == "read"; }
  bool maps_errors() const override { return maps_; }

 private:
  Connection& connection_;
  std::string node_;
  bool maps_;
};

class Constant final : public Generator {
 public:
  explicit Constant(std::string f) : f_(std::move(f)) {}
  std::optional<check::Operation> next(std::size_t, Random&) override { return operation(f_); }

 private:
  std::string f_;
};

/// A test that does `f` again and again; counts the clients it made.
TestSpec constant_test(const std::string& f, int* clients = nullptr, bool maps_errors = true) {
  TestSpec spec;
  spec.make_client = [clients, maps_errors](Connection& connection, const std::string& node, const ClientOptions&) {
    if (clients != nullptr) ++*clients;
    return std::make_unique<ProbeClient>(connection, node, maps_errors);
  };
  spec.make_generator = [f](const ClientOptions&) { return std::make_unique<Constant>(f); };
  return spec;
}

std::shared_ptr<void> install_probe(Node& node) {
  node.on("read", [] {});
  node.on("write", [] {});
  node.on("refuse", [] { throw Error(ErrorCode::abort, "no"); });
  node.on("crash", [] { throw Error(ErrorCode::crash, "oops"); });
  node.on("extra", [] { return Reply{"extra_ok", Json::parse("{\"more\":1}")}; });
  return nullptr;
}

/// Never answers.
std::shared_ptr<void> install_mute(Node& node) {
  for (const char* type : {"mute", "mute_read"}) {
    node.on(type, [&node](Request request) {
      (void)request;
      return node.sleep(1h);
    });
  }
  return nullptr;
}

RunOptions options_of(std::size_t nodes, std::size_t concurrency, std::int64_t rate, Duration time_limit) {
  RunOptions options;
  options.nodes = node_names(nodes);
  options.concurrency = concurrency;
  options.mean_interval = Duration(1s) / rate;
  options.time_limit = time_limit;
  return options;
}

std::vector<check::Operation> client_operations(const RunResult& result, Type type) {
  std::vector<check::Operation> found;
  std::copy_if(result.history.begin(), result.history.end(), std::back_inserter(found),
               [&](const auto& operation) { return operation.is_client() && operation.type == type; });
  return found;
}

TEST(Runner, OperationsComeAtTheRateWithGapsUpToTwiceTheMean) {
  const auto result = simulate(constant_test("read"), options_of(3, 3, 50, 100s), install_probe);
  EXPECT_FALSE(result.error);
  const auto invoked = client_operations(result, Type::invoke);
  EXPECT_NEAR(static_cast<double>(invoked.size()), 5'000, 150);
  EXPECT_EQ(invoked[0].time_ns, 0);
  std::int64_t longest = 0;
  std::int64_t shortest = INT64_MAX;
  for (std::size_t i = 1; i < invoked.size(); ++i) {
    longest = std::max(longest, invoked[i].time_ns - invoked[i - 1].time_ns);
    shortest = std::min(shortest, invoked[i].time_ns - invoked[i - 1].time_ns);
  }
  EXPECT_LE(longest, 40'000'000);
  EXPECT_GT(longest, 39'000'000);
  EXPECT_LT(shortest, 1'000'000);
  EXPECT_LT(invoked.back().time_ns, 100'000'000'000);
}

TEST(Runner, ARateOfZeroMeansNoOperations) {
  auto options = options_of(1, 1, 1, 10s);
  options.mean_interval = Duration::zero();
  const auto result = simulate(constant_test("read"), options, install_probe);
  EXPECT_FALSE(result.error);
  EXPECT_TRUE(result.history.empty());
}

TEST(Runner, WorkersTakeTurnsInTheRingAndKeepToTheirNodes) {
  auto options = options_of(2, 4, 100, 20s);
  options.keep_journal = true;
  const auto result = simulate(constant_test("read"), options, install_probe);
  std::map<std::int64_t, int> per_process;
  for (const auto& operation : client_operations(result, Type::invoke)) ++per_process[operation.process];
  ASSERT_EQ(per_process.size(), 4u);
  // Of the five places in the ring that of the nemesis falls to the first worker.
  for (const auto& [process, count] : per_process) EXPECT_NEAR(count, process == 0 ? 800 : 400, 40) << process;
  std::map<std::string, std::set<std::string>> nodes_of_client;
  for (const auto& packet : result.packets) {
    if (packet.body.find("\"read\"") != std::string::npos) nodes_of_client[packet.src].insert(packet.dest);
  }
  EXPECT_EQ(nodes_of_client.size(), 4u);
  for (const auto& [client, nodes] : nodes_of_client) EXPECT_EQ(nodes.size(), 1u);
}

TEST(Runner, ReadsAreHalfOfAMixAndElementsCountFromZero) {
  TestSpec spec = constant_test("read");
  spec.make_generator = [](const ClientOptions&) { return mix_with_reads("write"); };
  const auto result = simulate(spec, options_of(1, 5, 100, 50s), install_probe);
  std::int64_t writes = 0;
  const auto invoked = client_operations(result, Type::invoke);
  for (const auto& operation : invoked) {
    if (operation.f != "write") continue;
    EXPECT_EQ(operation.value.as_int(), writes);
    ++writes;
  }
  EXPECT_NEAR(static_cast<double>(writes) / static_cast<double>(invoked.size()), 0.5, 0.03);
}

TEST(Runner, TheHistoryIsWellFormed) {
  auto options = options_of(3, 6, 100, 20s);
  options.faults = all_faults();
  options.nemesis_interval = 2s;
  TestSpec spec = constant_test("read");
  spec.final_operation = operation("read");
  const auto result = simulate(spec, options, install_probe);
  const check::Pairing pairing(result.history);  // throws where a process does two things at once
  std::int64_t last_ns = 0;
  for (std::size_t i = 0; i < result.history.size(); ++i) {
    const auto& operation = result.history[i];
    EXPECT_EQ(operation.index, static_cast<std::int64_t>(i));
    EXPECT_GE(operation.time_ns, last_ns);
    last_ns = operation.time_ns;
    if (operation.is_client()) {
      EXPECT_TRUE(operation.type != Type::invoke || pairing.completion(i) != check::Pairing::none);
    } else {
      EXPECT_EQ(operation.type, Type::info);
      EXPECT_TRUE(operation.f.starts_with("start-") || operation.f.starts_with("stop-")) << operation.f;
    }
  }
  EXPECT_GE(result.duration.count(), last_ns);
}

TEST(Runner, ADefiniteErrorIsAFailureOfTheSameProcess) {
  int clients = 0;
  const auto result = simulate(constant_test("refuse", &clients), options_of(1, 1, 10, 10s), install_probe);
  const auto failed = client_operations(result, Type::fail);
  ASSERT_FALSE(failed.empty());
  for (const auto& operation : failed) EXPECT_EQ(operation.process, 0);
  EXPECT_EQ(failed[0].error->text(), R"(["abort","no"])");
  EXPECT_EQ(clients, 2) << "one for the set-up and one for the worker";
}

TEST(Runner, AProcessWhoseOperationIsIndefiniteIsReplaced) {
  int clients = 0;
  const auto result = simulate(constant_test("crash", &clients), options_of(1, 2, 10, 10s), install_probe);
  std::map<std::int64_t, std::int64_t> next = {{0, 0}, {1, 1}};
  const auto infos = client_operations(result, Type::info);
  ASSERT_GT(infos.size(), 50u);
  for (const auto& operation : infos) {
    EXPECT_EQ(operation.process, next[operation.process % 2]);
    next[operation.process % 2] += 2;
    EXPECT_EQ(operation.error->text(), R"(["crash","oops"])");
  }
  EXPECT_EQ(clients, 1 + 2 + static_cast<int>(infos.size()));
}

TEST(Runner, AClientThatIsReusedSurvivesItsProcess) {
  int clients = 0;
  TestSpec spec = constant_test("crash", &clients);
  spec.reuses_clients = true;
  const auto result = simulate(spec, options_of(1, 2, 10, 10s), install_probe);
  EXPECT_GT(client_operations(result, Type::info).back().process, 10);
  EXPECT_EQ(clients, 3);
}

TEST(Runner, ATimeoutIsIndefiniteUnlessTheOperationHasNoEffects) {
  const auto writes = simulate(constant_test("mute"), options_of(1, 1, 10, 10s), install_mute);
  const auto infos = client_operations(writes, Type::info);
  ASSERT_EQ(infos.size(), 2u);
  EXPECT_EQ(infos[0].time_ns, 5'000'000'000);
  EXPECT_EQ(infos[0].error->text(), "\"net-timeout\"");
  const auto reads = simulate(constant_test("mute_read"), options_of(1, 1, 10, 10s), install_mute);
  EXPECT_EQ(client_operations(reads, Type::fail).size(), 2u);
  EXPECT_TRUE(client_operations(reads, Type::info).empty());
}

TEST(Runner, AClientThatMapsNoErrorsIsIndefiniteAboutAll) {
  const auto result = simulate(constant_test("refuse", nullptr, false), options_of(1, 1, 10, 10s), install_probe);
  EXPECT_TRUE(client_operations(result, Type::fail).empty());
  EXPECT_FALSE(client_operations(result, Type::info).empty());
}

TEST(Runner, AReplyOfTheWrongFormIsIndefiniteAndReported) {
  const auto result = simulate(constant_test("extra"), options_of(1, 1, 1, 10s), install_probe);
  const auto infos = client_operations(result, Type::info);
  ASSERT_FALSE(infos.empty());
  ASSERT_EQ(result.malformed_replies.size(), infos.size());
  EXPECT_NE(result.malformed_replies[0].find("; expected {\"type\": \"extra_ok\", \"in_reply_to\": "),
            std::string::npos);
  EXPECT_NE(result.malformed_replies[0].find("malformed reply of n0: it has the field more, which no extra_ok has"),
            std::string::npos);
}

TEST(Runner, FinalOperationsComeOncePerWorkerAfterTheQuietPhase) {
  auto options = options_of(3, 6, 20, 20s);
  options.faults = {Fault::partition};
  TestSpec spec = constant_test("read");
  spec.final_operation = operation("read");
  spec.final_operation->is_final = true;
  const auto result = simulate(spec, options, install_probe);
  std::set<std::int64_t> processes;
  bool is_cut = false;
  for (const auto& each : result.history) {
    if (!each.is_client()) is_cut = each.f == "start-partition";
    if (each.is_client() && each.is_final && each.type == Type::invoke) {
      EXPECT_FALSE(is_cut);
      EXPECT_EQ(each.time_ns, 30'000'000'000);
      EXPECT_TRUE(processes.insert(each.process).second);
    }
  }
  EXPECT_EQ(processes.size(), 6u);
}

TEST(Runner, APartitionStartsWithTheFirstOperationAndHoldsUpToTwiceTheInterval) {
  auto options = options_of(5, 5, 1, 1'000s);
  options.faults = {Fault::partition};
  options.nemesis_interval = 5s;
  const auto result = simulate(constant_test("read"), options, install_probe);
  std::vector<check::Operation> events;
  for (const auto& each : result.history) {
    if (!each.is_client()) events.push_back(each);
  }
  ASSERT_GT(events.size(), 150u);
  EXPECT_LT(events.size(), 250u);
  EXPECT_EQ(events[0].time_ns, 0);
  std::int64_t longest = 0;
  for (std::size_t i = 0; i < events.size(); ++i) {
    EXPECT_EQ(events[i].f, i % 2 == 0 ? "start-partition" : "stop-partition");
    if (i > 0) longest = std::max(longest, events[i].time_ns - events[i - 1].time_ns);
  }
  EXPECT_LE(longest, 10'000'000'000);
  EXPECT_GT(longest, 9'000'000'000);
}

TEST(Runner, ANodeThatNeverAnswersItsInitEndsTheRun) {
  const Installer install = [](Node& node) -> std::shared_ptr<void> {
    node.on_init([] { throw std::runtime_error("cannot start"); });
    return nullptr;
  };
  const auto result = simulate(constant_test("read"), options_of(2, 2, 10, 10s), install);
  ASSERT_TRUE(result.error);
  EXPECT_NE(result.error->find("node n0 did not answer its init message"), std::string::npos) << *result.error;
  EXPECT_TRUE(result.history.empty());
}

TEST(Runner, ANodeThatRefusesToStartAgainEndsTheRun) {
  int starts = 0;
  const Installer install = [&](Node& node) -> std::shared_ptr<void> {
    node.on_init([is_first = starts++ == 0] {
      if (!is_first) throw std::runtime_error("cannot read what it has stored");
    });
    return install_probe(node);
  };
  auto options = options_of(1, 1, 10, 100s);
  options.faults = {Fault::kill};
  options.nemesis_interval = 1s;
  const auto result = simulate(constant_test("read"), options, install);
  EXPECT_EQ(result.error,
            "node n0 did not answer its init message when it was started again: "
            "it answered with error 13 (crash): cannot read what it has stored");
  EXPECT_EQ(starts, 2);
}

/// Its nodes live once: what is started again is not there.
class LivesOnce final : public Host {
 public:
  explicit LivesOnce(std::unique_ptr<Host> host) : host_(std::move(host)) {}
  void start(const std::string& node) override {
    if (started_.insert(node).second) host_->start(node);
  }
  void kill(const std::string& node) override { host_->kill(node); }
  void pause(const std::string& node) override { host_->pause(node); }
  void resume(const std::string& node) override { host_->resume(node); }
  void skew(const std::string& node, int drift_permille, Duration wall_offset) override {
    host_->skew(node, drift_permille, wall_offset);
  }
  Time now() const override { return host_->now(); }
  void wait_until(Time until) override { host_->wait_until(until); }

 private:
  std::unique_ptr<Host> host_;
  std::set<std::string> started_;
};

TEST(Runner, ANodeThatSaysNothingWhenItIsStartedAgainEndsTheRun) {
  auto options = options_of(1, 1, 10, 1000s);
  options.faults = {Fault::kill};
  options.nemesis_interval = 100s;
  const MakeHost make_host = [&](Network& network, Engine& engine) -> std::unique_ptr<Host> {
    auto host = std::make_unique<SimHost>(engine.timers, options.seed, install_probe, LogLevel::off);
    host->attach(network);
    return std::make_unique<LivesOnce>(std::move(host));
  };
  const auto result = run(constant_test("read"), options, make_host, [] { return false; });
  EXPECT_EQ(result.error, "node n0 did not answer its init message when it was started again: no reply came in time");
}

TEST(Runner, ARunThatIsStoppedKeepsWhatItHas) {
  int asked = 0;
  const auto result =
      simulate(constant_test("read"), options_of(1, 1, 100, 100s), install_probe, [&] { return ++asked > 1'000; });
  EXPECT_TRUE(result.interrupted);
  EXPECT_GT(result.history.size(), 10u);
  EXPECT_LT(result.duration, 100s);
}

TEST(Runner, EvenAnInstantThatNeverEndsCanBeStopped) {
  const Installer install = [](Node& node) -> std::shared_ptr<void> {
    const auto again = std::make_shared<std::function<void()>>();
    *again = [&node, again] { node.after(Duration::zero(), *again); };
    node.on_init(*again);
    return install_probe(node);
  };
  int asked = 0;
  const auto result =
      simulate(constant_test("read"), options_of(1, 1, 100, 100s), install, [&] { return ++asked > 10'000; });
  EXPECT_TRUE(result.interrupted);
}

struct EchoBody {
  Json echo;
  MZNODE_FIELDS(echo)
};

/// A reply that names its request by itself. The framework lets no field of a body be called in_reply_to; but it trusts
/// the text of a value, behind which another field can be slipped in.
EchoBody forged_reply(const EchoBody& request, const std::string& in_reply_to) {
  return {Json::from_valid(request.echo.text() + R"(,"in_reply_to":)" + in_reply_to)};
}

TEST(Runner, AReplyThatNoRequestExplainsIsReported) {
  const Installer twice = [](Node& node) -> std::shared_ptr<void> {
    node.on("echo", [&node](EchoBody request, Request from) {
      node.send(from.src, "echo_ok", forged_reply(request, from.msg_id));
      return request;
    });
    return nullptr;
  };
  const auto& echo_test = find_workload("echo").test;
  const auto answered_twice = simulate(echo_test, options_of(1, 1, 1, 3s), twice);
  ASSERT_FALSE(answered_twice.malformed_replies.empty());
  EXPECT_NE(answered_twice.malformed_replies[0].find("a second time"), std::string::npos)
      << answered_twice.malformed_replies[0];
  const Installer wrong = [](Node& node) -> std::shared_ptr<void> {
    node.on("echo", [&node](EchoBody request, Request from) {
      node.send(from.src, "echo_ok", forged_reply(request, "77"));
      return request;
    });
    return nullptr;
  };
  const auto unasked = simulate(echo_test, options_of(1, 1, 1, 3s), wrong);
  ASSERT_FALSE(unasked.malformed_replies.empty());
  EXPECT_NE(unasked.malformed_replies[0].find("answered no request: its in_reply_to is 77"), std::string::npos)
      << unasked.malformed_replies[0];
}

TEST(Runner, ALateReplyIsNobodysFault) {
  const Installer late = [](Node& node) -> std::shared_ptr<void> {
    node.set_client_timeout(1h);
    node.on("mute", [&node](Request) { return node.sleep(7s); });
    return nullptr;
  };
  TestSpec spec = constant_test("mute");
  spec.reuses_clients = true;
  const auto result = simulate(spec, options_of(1, 1, 1, 20s), late);
  EXPECT_GE(client_operations(result, Type::info).size(), 2u);
  EXPECT_TRUE(result.malformed_replies.empty());
}

}  // namespace
}  // namespace mznode::sim

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "echo/echo.hpp"
#include "mznode/check/edn.hpp"
#include "tests/workloads/nodes.hpp"
#include "tests/workloads/of_type.hpp"
#include "tests/workloads/trial.hpp"

// The clients and generators of the tests, against nodes of which it is known what they answer.
namespace mznode {
namespace {

using check::Operation;
using check::Type;

double share(const sim::RunResult& run, const std::string& f) {
  return static_cast<double>(of_type(run, Type::invoke, f).size()) /
         static_cast<double>(of_type(run, Type::invoke).size());
}

/// A run on one node; its history is well-formed, and every reply had its form.
Trial::Result try_one(const Trial& trial, const sim::Installer& install) {
  Trial::Result result = trial.run(install);
  EXPECT_FALSE(result.run.error) << *result.run.error;
  EXPECT_TRUE(result.run.malformed_replies.empty()) << result.run.malformed_replies.front();
  const check::Pairing pairing(result.run.history);  // throws when it is not well-formed
  EXPECT_EQ(check::read_edn(check::write_edn(result.run.history)).size(), result.run.history.size());
  const double expected = static_cast<double>(trial.rate) * std::chrono::duration<double>(trial.time_limit).count();
  if (trial.faults.empty()) {
    EXPECT_NEAR(static_cast<double>(of_type(result.run, Type::invoke).size()), expected, expected / 10);
  }
  return result;
}

constexpr Trial trial_of(const char* workload) {
  return {.workload = workload, .nodes = 1, .concurrency_per_node = 4, .rate = 100, .time_limit = 50s};
}

TEST(GSetClient, AddsCountFromZeroHalfOfTheTimeAndEveryWorkerReadsInTheEnd) {
  const auto result = try_one(trial_of("g-set"), nodes::g_set);
  EXPECT_TRUE(result.is_valid()) << to_details(result.workload).dump();
  EXPECT_NEAR(share(result.run, "add"), 0.5, 0.03);
  std::int64_t next = 0;
  for (const auto& add : of_type(result.run, Type::invoke, "add")) EXPECT_EQ(add.value.as_int(), next++);
  const auto reads = of_type(result.run, Type::ok, "read");
  std::set<std::int64_t> processes;
  for (auto read = reads.end() - 4; read != reads.end(); ++read) {
    EXPECT_GE(read->time_ns, 60'000'000'000);
    EXPECT_FALSE(read->is_final);
    processes.insert(read->process);
  }
  EXPECT_EQ(processes.size(), 4u);
}

TEST(GSetClient, AnyErrorIsIndefinite) {
  const auto refuses = [](Node& node) -> std::shared_ptr<void> {
    node.on("add", [] { throw Error(ErrorCode::abort, "no"); });
    node.on("read", [] { throw Error(ErrorCode::temporarily_unavailable, "no"); });
    return nullptr;
  };
  const auto result = try_one(trial_of("g-set"), refuses);
  EXPECT_TRUE(of_type(result.run, Type::fail).empty());
  EXPECT_FALSE(of_type(result.run, Type::info).empty());
}

TEST(GSetClient, ElementsInsteadOfAValueAreMalformed) {
  const auto misnames = [](Node& node) -> std::shared_ptr<void> {
    node.on("add", [] {});
    node.on("read", [] { return Reply{"read_ok", Json::parse(R"({"elements":[]})")}; });
    return nullptr;
  };
  const auto result = trial_of("g-set").run(misnames);
  ASSERT_FALSE(result.run.malformed_replies.empty());
  EXPECT_NE(result.run.malformed_replies[0].find("elements"), std::string::npos);
}

TEST(CounterClient, DeltasAreFromMinusFiveToFourHalfOfTheTime) {
  const auto result = try_one(trial_of("pn-counter"), nodes::counter);
  EXPECT_TRUE(result.is_valid()) << to_details(result.workload).dump();
  EXPECT_NEAR(share(result.run, "add"), 0.5, 0.03);
  std::set<std::int64_t> deltas;
  for (const auto& add : of_type(result.run, Type::invoke, "add")) deltas.insert(add.value.as_int().value());
  EXPECT_EQ(deltas, (std::set<std::int64_t>{-5, -4, -3, -2, -1, 0, 1, 2, 3, 4}));
  EXPECT_EQ(to_details(result.workload)["final-reads"].size(), 4u);
}

TEST(CounterClient, WhatOnlyGrowsIsReadTwoThirdsOfTheTime) {
  const auto result = try_one(trial_of("g-counter"), nodes::counter);
  EXPECT_TRUE(result.is_valid()) << to_details(result.workload).dump();
  EXPECT_NEAR(share(result.run, "read"), 2.0 / 3, 0.03);
  for (const auto& add : of_type(result.run, Type::invoke, "add")) EXPECT_GE(add.value.as_int().value(), 0);
}

using KeyAnd = std::pair<std::int64_t, Json>;

TEST(LinKvClient, TheFirstWorkersOfAllReadAndTheOthersWriteAndCompareAndSetOneToTwo) {
  Trial trial = trial_of("lin-kv");
  trial.concurrency_per_node = 6;  // three groups of two
  const auto result = try_one(trial, nodes::lin_kv);
  // Half of what one group of three does are reads.
  EXPECT_NEAR(share(result.run, "read"), 1.0 / 6, 0.02);
  EXPECT_NEAR(share(result.run, "write"), 5.0 / 18, 0.03);
  EXPECT_NEAR(share(result.run, "cas"), 5.0 / 9, 0.03);
  std::map<std::int64_t, std::set<std::int64_t>> processes_of_key;
  for (const auto& each : of_type(result.run, Type::invoke)) {
    const auto [key, argument] = from_json<KeyAnd>(each.value);
    processes_of_key[key].insert(each.process);
    EXPECT_EQ(each.f == "read", each.process == 0);
    if (each.f == "read") {
      EXPECT_TRUE(argument.is_null());
    }
    if (each.f == "write") {
      EXPECT_LT(argument.as_int().value(), 5);
    }
    if (each.f == "cas") {
      EXPECT_EQ(from_json<std::vector<std::int64_t>>(argument).size(), 2u);
    }
  }
  // Nobody's operation was indefinite, so every group still has its first key.
  EXPECT_EQ(processes_of_key, (std::map<std::int64_t, std::set<std::int64_t>>{{0, {0, 1}}, {1, {2, 3}}, {2, {4, 5}}}));
  EXPECT_FALSE(of_type(result.run, Type::ok, "cas").empty());
  const auto failed = of_type(result.run, Type::fail);
  EXPECT_TRUE(std::any_of(failed.begin(), failed.end(), [](const Operation& each) {
    return each.error->text() == R"(["key-does-not-exist","no such key"])";
  }));
  for (const auto& read : of_type(result.run, Type::ok, "read"))
    EXPECT_LT(from_json<KeyAnd>(read.value).second.as_int(), 5);
}

TEST(LinKvClient, ReadsAreHalfWhereThereIsOneGroup) {
  Trial trial = trial_of("lin-kv");
  trial.nodes = 2;
  trial.concurrency_per_node = 2;
  const auto result = try_one(trial, nodes::lin_kv);
  EXPECT_NEAR(share(result.run, "read"), 0.5, 0.03);
  for (const auto& each : of_type(result.run, Type::invoke)) EXPECT_EQ(each.f == "read", each.process < 2);
}

TEST(LinKvClient, AGroupUsesMostlyItsFirstWorkerUnlessTheTurnInTheRingIsAmongItsOwn) {
  Trial trial = trial_of("lin-kv");
  trial.nodes = 3;
  trial.concurrency_per_node = 4;  // two groups of six
  const auto result = try_one(trial, nodes::lin_kv);
  std::map<std::int64_t, double> share_of;
  const auto invoked = of_type(result.run, Type::invoke);
  for (const auto& each : invoked) share_of[each.process] += 1.0 / static_cast<double>(invoked.size());
  // Of 13 turns one each is a worker's own; at all others the first of whoever may take the operation does.
  EXPECT_NEAR(share_of[6], 0.5 * 8 / 13, 0.03);
  for (const std::int64_t process : {7, 8, 9, 10, 11}) EXPECT_NEAR(share_of[process], 0.5 / 13, 0.01) << process;
  EXPECT_NEAR(share_of[0], 0.25 * 11 / 13, 0.03);
  EXPECT_NEAR(share_of[3], 0.25 * 11 / 13, 0.03);
  for (const std::int64_t process : {1, 2, 4, 5}) EXPECT_NEAR(share_of[process], 0.25 / 13, 0.01) << process;
}

TEST(EchoClient, EveryWorkerHasTheSameShare) {
  Trial trial = trial_of("echo");
  trial.concurrency_per_node = 4;
  const auto result = try_one(trial, [](Node& node) -> std::shared_ptr<void> {
    node.on("echo", [](echo::Echo request) { return request; });
    return nullptr;
  });
  std::map<std::int64_t, int> counts;
  for (const auto& each : of_type(result.run, Type::invoke)) ++counts[each.process];
  for (std::int64_t process = 0; process < 4; ++process) EXPECT_NEAR(counts[process], 1'250, 100) << process;
}

TEST(LinKvClient, AKeyIsReplacedWhenItWouldHaveMoreThanTwentyProcesses) {
  const auto crashes = [](Node& node) -> std::shared_ptr<void> {
    node.on("read", [] { return linearizable_kv::ReadOk{Json(1)}; });
    node.on("write", [] { throw Error(ErrorCode::crash, "oops"); });
    node.on("cas", [&node] { return node.sleep(1h); });
    return nullptr;
  };
  Trial trial = trial_of("lin-kv");
  trial.nodes = 2;
  trial.faults = {Fault::duplicate};  // no say in the number of operations: workers wait for their time-outs
  const auto result = try_one(trial, crashes);
  std::map<std::int64_t, std::set<std::int64_t>> processes_of_key;
  for (const auto& each : of_type(result.run, Type::invoke)) {
    processes_of_key[from_json<KeyAnd>(each.value).first].insert(each.process);
  }
  EXPECT_GT(processes_of_key.size(), 3u);
  for (const auto& [key, processes] : processes_of_key) {
    EXPECT_LE(processes.size(), 20u);
    if (key + 2 < static_cast<std::int64_t>(processes_of_key.size())) {
      EXPECT_GT(processes.size(), 14u);
    }
  }
  // The time-out is a second, because ten times no latency is less.
  for (const auto& cas : of_type(result.run, Type::info, "cas")) EXPECT_EQ(cas.error->text(), "\"net-timeout\"");
  const check::Pairing pairing(result.run.history);
  for (std::size_t i = 0; i < result.run.history.size(); ++i) {
    const auto& each = result.run.history[i];
    if (each.f != "cas" || each.type != Type::info) continue;
    EXPECT_EQ(each.time_ns - result.run.history[pairing.invocation(i)].time_ns, 1'000'000'000);
  }
}

TEST(LinKvClient, RefusesAConcurrencyThatIsNoMultipleOfTwiceTheNodes) {
  Trial trial = trial_of("lin-kv");
  trial.concurrency_per_node = 3;
  try {
    trial.run(nodes::lin_kv);
    FAIL();
  } catch (const std::invalid_argument& error) {
    EXPECT_NE(std::string(error.what()).find("multiple of twice the number of nodes"), std::string::npos);
  }
}

TEST(Registry, AWorkloadWithoutAStrategySaysWhatToDo) {
  WorkloadInfo workload;
  workload.name = "new-one";
  try {
    find_strategy(workload, "");
    FAIL();
  } catch (const std::invalid_argument& error) {
    EXPECT_EQ(std::string(error.what()),
              "the workload new-one has no built-in strategy yet; test a node of your own with --bin");
  }
}

TEST(Registry, HasMaelstromsTenWorkloadsAndTwoModules) {
  std::vector<std::string> names;
  for (const WorkloadInfo& workload : workloads()) names.push_back(workload.name);
  std::sort(names.begin(), names.end());
  EXPECT_EQ(names, (std::vector<std::string>{"broadcast", "echo", "g-counter", "g-set", "kafka", "lin-kv", "pn-counter",
                                             "txn-list-append", "txn-rw-register", "unique-ids"}));
  EXPECT_THROW(find_workload("counter"), std::invalid_argument);
  EXPECT_EQ(find_node_workload("counter").module, "counter");
  EXPECT_EQ(find_node_workload("txn").module, "txn");
  EXPECT_EQ(find_node_workload("pn-counter").name, "pn-counter");
  EXPECT_THROW(find_node_workload(""), std::invalid_argument);  // though the module of most has no name
}

}  // namespace
}  // namespace mznode

#include "tests/workloads/last_look.hpp"

#include <gtest/gtest.h>

#include "mznode/check/registry.hpp"
#include "mznode/sim/nemesis.hpp"
#include "tests/workloads/trial.hpp"

namespace mznode {
namespace {

using last_look::Looks;

/// What a run shows that was not promised, in words; empty when there is nothing.
using Judge = std::string (*)(const check::History& history, const Looks& looks);

/// The history with one more operation at its end for each look, as which a checker can judge it.
check::History with_looks(const check::History& history, const Looks& looks,
                          const std::function<std::vector<check::Operation>(const std::map<Json, Json>&)>& operations) {
  check::History all;
  for (const check::Operation& event : history) {
    if (event.f != last_look::look) all.push_back(event);
  }
  std::int64_t process = 1'000'000;
  const std::int64_t time_ns = history.empty() ? 0 : history.back().time_ns;
  for (const auto& seen : looks.seen) {
    for (check::Operation& operation : operations(seen)) {
      operation.process = ++process;
      operation.time_ns = time_ns;
      check::Operation invocation = operation;
      invocation.type = check::Type::invoke;
      operation.type = check::Type::ok;
      all.push_back(std::move(invocation));
      all.push_back(std::move(operation));
    }
  }
  for (std::size_t i = 0; i < all.size(); ++i) all[i].index = static_cast<std::int64_t>(i);
  return all;
}

std::string judge(const char* checker, const check::History& history, const check::CheckOptions& options) {
  const check::Verdict verdict = check::find_checker(checker)->check(history, options);
  return verdict.valid == check::Valid::no ? to_details(verdict).dump(1) : "";
}

std::string judge_registers(const check::History& history, const Looks& looks) {
  const auto reads = [&](const std::map<Json, Json>& seen) {
    std::vector<check::Operation> operations;
    for (const Json& key : looks.keys) {
      const auto found = seen.find(key);
      operations.push_back(
          sim::operation("read", to_json(std::pair(key, found == seen.end() ? Json() : found->second))));
    }
    return operations;
  };
  check::CheckOptions options;
  options.strict_null_reads = true;
  return judge("lin-kv", with_looks(history, looks, reads), options);
}

/// Every message that was acknowledged stands where its sender was told, on every node.
std::string judge_logs(const check::History& history, const Looks& looks) {
  using MicroOp = std::tuple<std::string, std::string, Json>;
  std::map<std::size_t, std::map<Json, std::map<kafka::Offset, Json>>> logs;
  for (std::size_t i = 0; i < looks.seen.size(); ++i) {
    for (const auto& [key, messages] : looks.seen[i]) {
      for (const auto& [offset, message] : from_json<std::vector<std::pair<kafka::Offset, Json>>>(messages)) {
        logs[i][key][offset] = message;
      }
    }
  }
  for (const check::Operation& event : last_look::acknowledged(history)) {
    if (event.f != "send") continue;
    for (const auto& [f, key, sent] : from_json<std::vector<MicroOp>>(event.value)) {
      const auto [offset, message] = from_json<std::pair<kafka::Offset, Json>>(sent);
      for (std::size_t i = 0; i < looks.seen.size(); ++i) {
        const auto& log = logs[i][Json(key)];
        const auto found = log.find(offset);
        if (found == log.end() || found->second != message) {
          return looks.nodes[i] + " does not show message " + message.text() + " of key " + key + " at offset " +
                 std::to_string(offset) + ", of " + std::to_string(log.size()) + " that it shows";
        }
      }
    }
  }
  return "";
}

/// All nodes show the same.
std::string find_difference(const Looks& looks) {
  for (std::size_t i = 1; i < looks.seen.size(); ++i) {
    if (looks.seen[i] == looks.seen[0]) continue;
    for (const auto& [key, value] : looks.seen[0]) {
      const Json other = looks.seen[i].at(key);
      if (other == value) continue;
      return looks.nodes[0] + " and " + looks.nodes[i] + " differ: key " + key.text() + " is " + value.text() +
             " and " + other.text();
    }
  }
  return "";
}

/// Keys that were written, by a transaction that was acknowledged, have a value; lists have what was appended.
std::string judge_writes(const check::History& history, const Looks& looks) {
  const std::string difference = find_difference(looks);
  if (!difference.empty() || looks.seen.empty()) return difference;
  const auto& seen = looks.seen[0];
  for (const check::Operation& event : last_look::acknowledged(history)) {
    for (const auto& [f, key, value] : from_json<txn::MicroOps>(event.value)) {
      if (f == "w" && seen.at(key).is_null()) return "key " + key.text() + " has lost its value";
      if (f != "append") continue;
      const auto list = seen.at(key).is_null() ? std::vector<Json>() : from_json<std::vector<Json>>(seen.at(key));
      if (std::find(list.begin(), list.end(), value) == list.end()) {
        return "key " + key.text() + " has lost " + value.text() + ", it has " + seen.at(key).text();
      }
    }
  }
  return "";
}

Judge judge_of(const std::string& workload) {
  if (workload == "lin-kv") return judge_registers;
  if (workload == "kafka") return judge_logs;
  return judge_writes;
}

struct LookedAt {
  sim::RunResult run;
  std::shared_ptr<Looks> looks = std::make_shared<Looks>();
};

LookedAt run_with_last_look(const Cell& cell, std::uint64_t seed) {
  const TestSettings settings = settings_of(cell, seed);
  const WorkloadInfo& workload = find_workload(cell.workload);
  const StrategyInfo& strategy = find_strategy(workload, cell.strategy);
  const OptionValues options(strategy.options, settings.strategy_options);
  std::vector<Fault> faults;
  for (const std::string& name : settings.nemesis) {
    if (name == "swarm") {
      faults = sim::swarm(strategy.guarantees.survives, seed);
    } else {
      faults.push_back(*parse_fault(name));
    }
  }
  const sim::RunOptions run = {.nodes = settings.nodes,
                               .concurrency = settings.concurrency * settings.nodes.size(),
                               .mean_interval = Duration(1'000'000'000'000 / settings.rate_millis),
                               .time_limit = settings.time_limit,
                               .latency = settings.latency,
                               .delivery = settings.delivery,
                               .topology = make_topology(settings.topology, settings.nodes),
                               .keys = settings.keys,
                               .faults = faults,
                               .nemesis_interval = settings.nemesis_interval,
                               .seed = seed};
  LookedAt result;
  result.run = sim::simulate(last_look::with_last_look(cell.workload, result.looks), run,
                             [&](Node& node) -> std::shared_ptr<void> {
                               node.set_client_timeout(workload.client_timeout);
                               return strategy.install(node, options);
                             });
  return result;
}

class LastLook : public testing::TestWithParam<Cell> {};

// Faults and quiet are over: every node answers, and shows what was acknowledged before.
TEST_P(LastLook, EveryNodeShowsEverythingThatWasAcknowledged) {
  const Cell& cell = GetParam();
  for (std::uint64_t seed = 0; seed < seeds_per_cell(2); ++seed) {
    const LookedAt result = run_with_last_look(cell, seed);
    ASSERT_FALSE(result.run.error) << cell << ", seed " << seed << ": " << *result.run.error;
    const std::size_t workers = settings_of(cell, seed).concurrency * cell.nodes;
    EXPECT_EQ(result.looks->seen.size(), workers) << cell << ", seed " << seed << ": a node did not answer";
    EXPECT_EQ(judge_of(cell.workload)(result.run.history, *result.looks), "") << cell << ", seed " << seed;
    EXPECT_FALSE(result.looks->keys.empty());
  }
}

/// Whose tests do not end with a read of everything already.
std::vector<Cell> cells_without_final_reads() {
  std::vector<Cell> cells = all_cells({3});
  std::erase_if(cells, [](const Cell& cell) {
    return find_workload(cell.workload).test.final_operation || cell.workload == "echo" ||
           cell.workload == "unique-ids";
  });
  return cells;
}

INSTANTIATE_TEST_SUITE_P(All, LastLook, testing::ValuesIn(cells_without_final_reads()), [](const auto& each) {
  const Cell& cell = each.param;
  std::string name = cell.workload + "_" + cell.strategy + "_" + (cell.nemesis.empty() ? "calm" : cell.nemesis);
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

// The checkers of these look at the last reads, which every worker, and so every node, makes.
TEST(LastLookElsewhere, AllOtherWorkloadsThatReplicateEndWithAReadOfEverything) {
  for (const char* name : {"broadcast", "g-set", "g-counter", "pn-counter"}) {
    const auto& last = find_workload(name).test.final_operation;
    ASSERT_TRUE(last) << name;
    EXPECT_EQ(last->f, "read") << name;
  }
}

}  // namespace
}  // namespace mznode

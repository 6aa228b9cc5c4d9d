#include <gtest/gtest.h>

#include <set>

#include "mznode/sim/nemesis.hpp"
#include "tests/workloads/cells.hpp"
#include "tests/workloads/txn/fractured.hpp"
#include "txn/versions.hpp"

namespace mznode::txn {
namespace {

MicroOps ops(const char* text) {
  return from_json<MicroOps>(Json::parse(text));
}

TEST(TxnVersions, ATransactionIsLaterThanAllThatItCouldRead) {
  Versions versions;
  versions.merge("n9", 1, {.count = 41, .writes = {{Json(1), Json("theirs")}}});
  std::optional<WriteSet> written;
  versions.run(ops(R"([["r",1,null],["w",1,"mine"]])"), "n1", 1, written);
  ASSERT_TRUE(written);
  EXPECT_EQ(written->count, 42u);
  EXPECT_EQ(versions.read(Json(1)), Json("mine"));
}

TEST(TxnVersions, ReplicasAgreeInWhateverOrderTheyHear) {
  const WriteSet a{.count = 7, .writes = {{Json(1), Json("a")}, {Json(2), Json("a")}}};
  const WriteSet b{.count = 7, .writes = {{Json(2), Json("b")}, {Json(3), Json("b")}}};
  Versions one;
  one.merge("n1", 1, a);
  one.merge("n2", 1, b);
  Versions two;
  two.merge("n2", 1, b);
  two.merge("n1", 1, a);
  two.merge("n1", 1, a);
  for (int key = 1; key <= 3; ++key) EXPECT_EQ(one.read(Json(key)), two.read(Json(key)));
  EXPECT_EQ(one.read(Json(2)), Json("b")) << "the node tells equal counts apart";
}

TEST(TxnVersions, OnlyTheLastWriteOfATransactionLeavesIt) {
  Versions versions;
  std::optional<WriteSet> written;
  const MicroOps done = versions.run(ops(R"([["w",1,1],["r",1,null],["w",1,2],["r",1,null]])"), "n1", 1, written);
  EXPECT_EQ(done, ops(R"([["w",1,1],["r",1,1],["w",1,2],["r",1,2]])"));
  ASSERT_EQ(written->writes.size(), 1u);
  EXPECT_EQ(written->writes[0].second, Json(2));
}

TEST(TxnVersions, ATransactionThatAppendsIsRefusedAndChangesNothing) {
  Versions versions;
  std::optional<WriteSet> written;
  try {
    versions.run(ops(R"([["w",1,1],["append",2,1]])"), "n1", 1, written);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::not_supported);
  }
  EXPECT_FALSE(written);
  EXPECT_TRUE(versions.read(Json(1)).is_null());
}

TEST(TxnVersions, WhatLaterSetsReplaceNeedNotTravel) {
  std::vector<WriteSet> sets = {{.count = 1, .writes = {{Json(1), Json(1)}, {Json(2), Json(1)}}},
                                {.count = 2, .writes = {{Json(3), Json(2)}}},
                                {.count = 3, .writes = {{Json(1), Json(3)}, {Json(3), Json(3)}}}};
  drop_replaced(sets);
  ASSERT_EQ(sets.size(), 2u);
  EXPECT_EQ(sets[0].count, 1u);
  ASSERT_EQ(sets[0].writes.size(), 1u);
  EXPECT_EQ(sets[0].writes[0].first, Json(2));
  EXPECT_EQ(sets[1].writes.size(), 2u);
}

/// What every worker reads, when all is quiet, of all keys that were ever written.
sim::RunResult run_to_the_end(const std::string& nemesis, std::uint64_t seed) {
  const TestSettings settings = settings_of({"txn-rw-register", "hat", nemesis, 5}, seed);
  MicroOps reads;
  for (int key = 0; key < 400; ++key) reads.emplace_back("r", Json(key), Json());
  sim::TestSpec spec = rw_register_test();
  spec.final_operation = sim::operation("txn", to_json(reads));
  spec.final_operation->is_final = true;
  const StrategyInfo& hat = find_strategy(find_workload("txn-rw-register"), "hat");
  const OptionValues options(hat.options, {});
  std::vector<Fault> faults;
  if (!nemesis.empty())
    faults = nemesis == "swarm" ? sim::swarm(hat.guarantees.survives, seed) : std::vector{*parse_fault(nemesis)};
  return sim::simulate(spec,
                       {.nodes = settings.nodes,
                        .concurrency = 10,
                        .mean_interval = 25ms,
                        .time_limit = settings.time_limit,
                        .latency = settings.latency,
                        .delivery = settings.delivery,
                        .topology = grid_topology(settings.nodes),
                        .faults = faults,
                        .nemesis_interval = settings.nemesis_interval,
                        .seed = seed,
                        .keep_journal = true},
                       [&](Node& node) -> std::shared_ptr<void> { return hat.install(node, options); });
}

/// Messages between nodes that were sent in the last seconds before the final operations.
std::size_t late_messages(const sim::RunResult& run) {
  const auto is_final = [](const check::Operation& operation) { return operation.is_final; };
  const auto first = std::find_if(run.history.begin(), run.history.end(), is_final);
  const Time end = run.started + Duration(first->time_ns);
  std::size_t late = 0;
  for (const sim::JournalEntry& entry : run.journal) {
    const bool is_send = entry.event == sim::JournalEntry::Event::send && run.packets[entry.packet].src.front() == 'n';
    if (is_send && entry.at >= end - sim::quiet_phase / 2 && entry.at < end) ++late;
  }
  return late;
}

TEST(TxnHat, ReplicasConvergeFallSilentAndNeverShowAPartOfATransaction) {
  for (const char* nemesis : {"", "partition", "loss", "duplicate", "swarm"}) {
    for (std::uint64_t seed = 0; seed < 6; ++seed) {
      const sim::RunResult run = run_to_the_end(nemesis, seed);
      EXPECT_EQ(fractured_reads(run.history), 0u) << nemesis << ", seed " << seed;
      std::set<Json> last;
      for (const check::Operation& operation : run.history) {
        if (operation.is_final && operation.type == check::Type::ok) last.insert(operation.value);
      }
      EXPECT_EQ(late_messages(run), 0u) << nemesis << ", seed " << seed;
      ASSERT_EQ(last.size(), 1u) << nemesis << ", seed " << seed;
      std::size_t written = 0;
      for (const auto& [function, key, value] : from_json<MicroOps>(*last.begin())) written += value.is_null() ? 0 : 1;
      EXPECT_GT(written, 20u);
    }
  }
}

}  // namespace
}  // namespace mznode::txn

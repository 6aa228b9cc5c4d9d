#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "mznode/check/jsonl.hpp"
#include "mznode/sim/script.hpp"
#include "mznode/workloads/registry.hpp"
#include "tests/sim/simulate.hpp"

namespace mznode::sim {
namespace {

/// A test of Maelstrom's on one of the strategies here, under every fault there is.
struct Trial {
  std::string workload;
  std::string strategy;
  std::vector<Fault> faults = all_faults();
};

RunResult carry_out(const Trial& trial, std::uint64_t seed, const Chance& chance) {
  const WorkloadInfo& workload = find_workload(trial.workload);
  const StrategyInfo& strategy = find_strategy(workload, trial.strategy);
  const OptionValues values(strategy.options, {});
  RunOptions options;
  options.nodes = node_names(3);
  options.concurrency = 6;
  options.mean_interval = 50ms;
  options.time_limit = 10s;
  options.latency = {.mean_ms = 20, .shape = Latency::Shape::exponential};
  options.topology = {{"n0", {"n1", "n2"}}, {"n1", {"n0", "n2"}}, {"n2", {"n0", "n1"}}};
  options.faults = trial.faults;
  options.nemesis_interval = 1s;
  options.seed = seed;
  options.chance = chance;
  options.keep_journal = true;
  return simulate(workload.test, options,
                  [&](Node& node) -> std::shared_ptr<void> { return strategy.install(node, values); });
}

/// All that a run says: its history, its messages, and what became of them.
std::string record_of(const RunResult& result) {
  std::string text = check::write_jsonl(result.history);
  for (const Packet& packet : result.packets) {
    text += std::to_string(packet.id) + packet.src + packet.dest + packet.body + "\n";
  }
  for (const JournalEntry& entry : result.journal) {
    text += std::to_string(entry.at.time_since_epoch().count()) + " " + std::to_string(static_cast<int>(entry.event)) +
            " " + std::to_string(entry.packet) + "\n";
  }
  return text;
}

Script script_of(const Trial& trial, std::uint64_t seed, std::string* record = nullptr) {
  const auto script = std::make_shared<Script>();
  const RunResult result = carry_out(trial, seed, Chance(recorded(seeded(seed), script)));
  if (record != nullptr) *record = record_of(result);
  return *script;
}

std::size_t drops_of(const RunResult& result, std::uint64_t message) {
  return static_cast<std::size_t>(std::count_if(
      result.journal.begin(), result.journal.end(),
      [&](const JournalEntry& entry) { return entry.packet == message && entry.event == JournalEntry::Event::drop; }));
}

class Scripts : public testing::TestWithParam<Trial> {};

TEST_P(Scripts, AScriptRepeatsARunWithoutItsSeed) {
  std::string record;
  const Script script = script_of(GetParam(), 5, &record);
  EXPECT_TRUE(record == record_of(carry_out(GetParam(), 5, Chance(5)))) << "recording changes nothing";
  EXPECT_FALSE(record == record_of(carry_out(GetParam(), 6, Chance(6))));

  const auto scripted = std::make_shared<Scripted>(Script::parse(script.text()), seeded(6));
  EXPECT_TRUE(record == record_of(carry_out(GetParam(), 6, Chance(scripted))));
  EXPECT_EQ(scripted->taken(), script.entries.size());
  EXPECT_EQ(scripted->strayed(), 0u);
}

INSTANTIATE_TEST_SUITE_P(Strategies, Scripts,
                         testing::Values(Trial{"broadcast", "gossip"}, Trial{"g-counter", "seq-kv"},
                                         Trial{"lin-kv", "raft"}),
                         [](const auto& each) {
                           std::string name = each.param.workload + "_" + each.param.strategy;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST(Decisions, EveryPartOfARunDecidesUnderItsName) {
  std::set<std::string> streams;
  std::set<std::string> what;
  for (const Trial& trial : {Trial{"g-counter", "seq-kv"}, Trial{"broadcast", "gossip"}}) {
    for (const Script::Entry& entry : script_of(trial, 5).entries) {
      streams.insert(entry.stream);
      what.insert(entry.what);
      EXPECT_FALSE(entry.what.empty()) << entry.stream;
    }
  }
  for (const char* stream : {"network", "generator", "kill and pause", "partition", "loss", "duplicate", "reorder",
                             "skew", "seq-kv", "n0, life 1", "order"}) {
    EXPECT_TRUE(streams.contains(stream)) << stream;
  }
  for (const char* each : {"latency", "is lost", "comes twice", "is late", "who they are", "drift", "random bits",
                           "next event", "what to do", "how old a state"}) {
    EXPECT_TRUE(what.contains(each)) << each;
  }
}

TEST(Decisions, OneNamedDecisionChangesWhatItSays) {
  const Trial trial{"broadcast", "gossip", {Fault::loss}};
  const Script script = script_of(trial, 5);
  const auto kept = std::find_if(script.entries.begin(), script.entries.end(), [](const Script::Entry& entry) {
    return entry.what == "is lost" && entry.value == 0;
  });
  ASSERT_NE(kept, script.entries.end());
  EXPECT_EQ(drops_of(carry_out(trial, 5, Chance(5)), kept->subject), 0u);

  Script change;
  change.entries = {*kept};
  change.entries[0].value = 1;
  const auto scripted = std::make_shared<Scripted>(change, seeded(5));
  const RunResult changed = carry_out(trial, 5, Chance(scripted));
  EXPECT_EQ(scripted->taken(), 1u);
  EXPECT_EQ(drops_of(changed, kept->subject), 1u);
  // What was sent before it is the same.
  const RunResult plain = carry_out(trial, 5, Chance(5));
  for (std::uint64_t id = 0; id <= kept->subject; ++id) EXPECT_EQ(changed.packets[id].body, plain.packets[id].body);
}

TEST(Decisions, EventsThatAreDueTogetherComeInTheOrderThatIsDecided) {
  const auto order_of = [](const Script& script) {
    const auto scripted = std::make_shared<Scripted>(script, seeded(1));
    Engine engine;
    engine.now = [] { return Time(1s); };
    engine.chance = Chance(scripted);
    engine.order = std::make_unique<Random>(engine.chance, "order", 0);
    engine.order->about("next event");
    std::string order;
    for (const char name : {'a', 'b', 'c'}) engine.timers.set(Time(1s), [&order, name] { order += name; });
    engine.timers.set(Time(2s), [&order] { order += "late"; });
    const TimerId never = engine.timers.set(Time(1s), [&order] { order += "cancelled"; });
    engine.timers.cancel(never);
    while (engine.run_due()) {
    }
    return order;
  };
  EXPECT_EQ(order_of({}), "abc");
  EXPECT_EQ(order_of({{{.stream = "order", .place = 0, .what = "next event", .value = 2}}}), "cab");
  EXPECT_EQ(order_of({{{.stream = "order", .place = 1, .what = "next event", .value = 1}}}), "acb");
}

TEST(Decisions, MessagesThatAreDueTogetherAreTakenUpInTheOrderThatIsDecided) {
  const auto order_of = [](const Script& script) {
    const auto scripted = std::make_shared<Scripted>(script, seeded(1));
    Timers timers;
    Time now;
    Network network(
        timers, [&now] { return now; }, {.mean_ms = 5}, Delivery::maelstrom, Chance(scripted));
    std::string order;
    network.add("a", Endpoint::node, [](const Packet&) {});
    network.add("b", Endpoint::node, [&order](const Packet& packet) { order += packet.body; });
    // The first is waited for at once; the others are due when it is taken up.
    for (const char* body : {"1", "2", "3"}) network.send("a", "b", body);
    while (const auto next = timers.next()) {
      now = *next;
      timers.run_due(now);
    }
    return order;
  };
  EXPECT_EQ(order_of({}), "123");
  EXPECT_EQ(order_of({{{.stream = "queue 2, of b", .place = 0, .what = "message taken up", .value = 1}}}), "132");
}

TEST(Decisions, WhatARunHasNoUseForIsPassedOver) {
  Script script;
  script.entries = {{.stream = "network", .place = 0, .what = "is lost", .value = 1},
                    {.stream = "network", .place = 1, .what = "latency", .subject = 9, .value = 1},
                    {.stream = "network", .place = 2, .what = "latency", .subject = 2, .value = 7}};
  const auto scripted = std::make_shared<Scripted>(script, seeded(1));
  Random random(Chance(scripted), "network", 1);
  Random usual(1, 1);
  for (std::uint64_t message = 0; message < 4; ++message) {
    EXPECT_EQ(random.about("latency", message).below(7), usual.below(7));
  }
  EXPECT_EQ(scripted->taken(), 0u);
  EXPECT_EQ(scripted->strayed(), 3u) << "another decision, another message, and a value out of its range";
}

TEST(Decisions, AScriptIsTextWithALineForEachDecision) {
  Script script;
  script.entries = {{.stream = "n1, life 2", .place = 3, .what = "random bits", .subject = 0, .value = UINT64_MAX},
                    {.stream = "loss", .place = 0, .what = "is lost", .subject = 17, .value = 1}};
  EXPECT_EQ(script.text(), "3\t18446744073709551615\t0\tn1, life 2\trandom bits\n0\t1\t17\tloss\tis lost\n");
  EXPECT_EQ(Script::parse(script.text()).entries, script.entries);
  try {
    Script::parse("0\t1\t17\tloss\tis lost\n0\tyes\t17\tloss\tis lost\n");
    FAIL();
  } catch (const std::invalid_argument& error) {
    EXPECT_STREQ(error.what(),
                 "line 2 is no decision: expected place, value, subject, stream and what, with tabs between them");
  }
}

}  // namespace
}  // namespace mznode::sim

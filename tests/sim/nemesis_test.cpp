#include "mznode/sim/nemesis.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "victims.hpp"

namespace mznode::sim {
namespace {

TEST(Victims, EverySetThatHasAnybodyIsDrawnAndNobodyIsNever) {
  Random random(1, 1);
  const std::vector<std::string> nodes = {"a", "b", "c", "d", "e", "f", "g"};
  std::map<std::size_t, int> sizes;
  std::map<std::string, int> struck;
  constexpr int draws = 12'000;
  for (int i = 0; i < draws; ++i) {
    const auto victims = choose_victims(nodes, random);
    EXPECT_EQ(std::set<std::string>(victims.begin(), victims.end()).size(), victims.size());
    ++sizes[victims.size()];
    for (const auto& node : victims) ++struck[node];
  }
  // Of seven: one is 1, a minority third 2, a minority 3, a majority 4, all 7, and some anything from 1 to 7, a sixth
  // each.
  const double some = draws / 6.0 / 7;
  for (const std::size_t size : {1, 2, 3, 4, 7}) EXPECT_NEAR(sizes[size], draws / 6.0 + some, 250) << size;
  for (const std::size_t size : {5, 6}) EXPECT_NEAR(sizes[size], some, 100) << size;
  for (const auto& [node, count] : struck) EXPECT_NEAR(count, draws * (1 + 2 + 3 + 4 + 7 + 4) / 6.0 / 7, 300) << node;
}

TEST(Victims, SetsOfNobodyAreLeftOut) {
  EXPECT_EQ(victim_sets(1).size(), 4u);  // no third, no minority
  EXPECT_EQ(victim_sets(2).size(), 5u);  // one of two is no majority
  EXPECT_EQ(victim_sets(3).size(), 5u);
  EXPECT_EQ(victim_sets(4).size(), 6u);
  Random random(1, 1);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(choose_victims({"n0"}, random), std::vector<std::string>{"n0"});
}

/// A host whose nodes are only names.
class Names final : public Host {
 public:
  void start(const std::string& node) override {
    EXPECT_TRUE(alive.insert(node).second) << node << " was alive";
    EXPECT_FALSE(paused.contains(node));
  }
  void kill(const std::string& node) override {
    EXPECT_EQ(alive.erase(node), 1u) << node << " was dead";
    paused.erase(node);
  }
  void pause(const std::string& node) override {
    if (alive.contains(node)) paused.insert(node);
  }
  void resume(const std::string& node) override { paused.erase(node); }
  void skew(const std::string&, int, Duration) override {}
  Time now() const override { return time; }
  void wait_until(Time until) override { time = until; }

  Time time;
  std::set<std::string> alive = {"n0", "n1", "n2", "n3"};
  std::set<std::string> paused;
};

struct Event {
  Time at;
  std::string name;
};

/// A nemesis on four nodes in virtual time.
struct Strikes {
  explicit Strikes(std::vector<Fault> faults) : nemesis_faults(std::move(faults)) {
    engine.now = [this] { return host.time; };
  }

  void run_until(Time end) {
    for (auto next = engine.timers.next(); next && *next <= end; next = engine.timers.next()) {
      host.time = *next;
      while (engine.timers.run_due(host.time)) {
      }
    }
    host.time = end;
  }

  std::vector<Fault> nemesis_faults;
  Names host;
  Engine engine;
  Network network{engine.timers, [this] { return host.time; }, Latency{}, Delivery::ideal, 1};
  std::vector<Event> events;
  std::set<std::string> initialised;
  Nemesis nemesis{{.engine = engine,
                   .network = network,
                   .host = host,
                   .nodes = {"n0", "n1", "n2", "n3"},
                   .initialise = [this](const std::string& node) { initialised.insert(node); },
                   .record =
                       [this](const FaultEvent& event) {
                         events.push_back({host.time, event.name()});
                       }},
                  nemesis_faults,
                  10s,
                  7};
};

TEST(Nemesis, AKillWaitsUntilThereIsSomethingToHit) {
  Strikes told({Fault::kill});
  told.nemesis.start();
  told.run_until(Time(3s));
  EXPECT_TRUE(told.events.empty());
  told.nemesis.let_strike();
  told.nemesis.let_strike();
  told.run_until(Time(3s));
  ASSERT_EQ(told.events.size(), 1u);
  EXPECT_EQ(told.events[0].name, "start-kill");
  EXPECT_LT(told.host.alive.size(), 4u);

  Strikes untold({Fault::pause});
  untold.nemesis.start();
  untold.run_until(Time(10s));
  ASSERT_EQ(untold.events.size(), 1u) << "one interval is as long as it waits";
  EXPECT_EQ(untold.events[0].at, Time(10s));
  EXPECT_FALSE(untold.host.paused.empty());
}

TEST(Nemesis, AKillEndsByTheStartOfAllAndBothAreStaggered) {
  Strikes strikes({Fault::kill});
  strikes.nemesis.start();
  strikes.nemesis.let_strike();
  strikes.run_until(Time(10'000s));
  ASSERT_NEAR(static_cast<double>(strikes.events.size()), 1'000, 80);
  Duration longest{0};
  for (std::size_t i = 1; i < strikes.events.size(); ++i) {
    EXPECT_EQ(strikes.events[i].name, i % 2 == 0 ? "start-kill" : "stop-kill");
    longest = std::max(longest, strikes.events[i].at - strikes.events[i - 1].at);
  }
  EXPECT_LE(longest, 20s);
  EXPECT_GT(longest, 19s);
  EXPECT_EQ(strikes.initialised.size(), 4u);
}

TEST(Nemesis, KillAndPauseTakeTurnsAtOneSchedule) {
  Strikes strikes({Fault::pause, Fault::kill});
  strikes.nemesis.start();
  strikes.nemesis.let_strike();
  strikes.run_until(Time(10'000s));
  EXPECT_NEAR(static_cast<double>(strikes.events.size()), 1'000, 80) << "as many as either alone";
  std::map<std::string, int> counts;
  for (const Event& event : strikes.events) ++counts[event.name];
  EXPECT_NEAR(counts["start-kill"], 250, 50);
  EXPECT_NEAR(counts["start-pause"], 250, 50);
  EXPECT_LE(counts["start-kill"] - counts["stop-kill"], 1);
  EXPECT_LE(counts["start-pause"] - counts["stop-pause"], 1);
  EXPECT_GT(strikes.nemesis.times_struck("n2"), 100u);
}

TEST(Nemesis, InTheEndEverybodyIsStartedAndResumed) {
  for (std::int64_t end_s = 1; end_s < 60; ++end_s) {
    Strikes strikes({Fault::pause, Fault::kill});
    strikes.nemesis.start();
    strikes.nemesis.let_strike();
    strikes.run_until(Time(std::chrono::seconds(end_s)));
    strikes.nemesis.hold();
    const std::size_t until_then = strikes.events.size();
    strikes.run_until(Time(1'000s));
    EXPECT_EQ(strikes.events.size(), until_then) << "what is held goes on as it is";
    strikes.nemesis.stop();
    EXPECT_EQ(strikes.host.alive.size(), 4u);
    EXPECT_TRUE(strikes.host.paused.empty());
    strikes.run_until(Time(2'000s));
    EXPECT_LE(strikes.events.size(), until_then + 2);
  }
}

}  // namespace
}  // namespace mznode::sim

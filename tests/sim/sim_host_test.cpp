#include "mznode/sim/sim_host.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tests/sim/simulate.hpp"

namespace mznode::sim {
namespace {

/// A host on a network with one client, c1, and what that client heard.
struct Hosted {
  explicit Hosted(Installer install)
      : network(
            timers, [this] { return host.now(); }, {}, Delivery::ideal, 1),
        host(timers, 1, std::move(install), LogLevel::off) {
    host.attach(network);
    network.add("c1", Endpoint::client,
                [this](const Packet& packet) { replies.push_back(nlohmann::json::parse(packet.body)); });
  }

  void ask(const std::string& node, nlohmann::json body) {
    body["msg_id"] = ++last_msg_id;
    network.send("c1", node, body.dump());
    run_for(0ns);
  }
  void start(const std::string& node) {
    host.start(node);
    ask(node, {{"type", "init"}, {"node_id", node}, {"node_ids", {"n1", "n2"}}});
  }
  void run_for(Duration duration) { sim::run_for(host, timers, duration); }
  std::size_t count(const std::string& type) const {
    return static_cast<std::size_t>(
        std::count_if(replies.begin(), replies.end(), [&](const auto& reply) { return reply["type"] == type; }));
  }

  Timers timers;
  Network network;
  SimHost host;
  std::vector<nlohmann::json> replies;
  int last_msg_id = 0;
};

struct Count {
  int count = 0;
  std::uint64_t incarnation = 0;
  std::uint64_t random = 0;
  MZNODE_FIELDS(count, incarnation, random)
};

/// Counts its requests in memory.
std::shared_ptr<void> install_counter(Node& node) {
  auto count = std::make_shared<int>(0);
  node.on("count", [&node, count = count.get()] { return Count{++*count, node.incarnation(), node.random()}; });
  return count;
}

TEST(SimHost, AKilledNodeStartsAgainWithEmptyMemoryAndAnotherIncarnation) {
  Hosted world(install_counter);
  world.start("n1");
  world.ask("n1", {{"type", "count"}});
  world.ask("n1", {{"type", "count"}});
  world.host.kill("n1");
  EXPECT_FALSE(world.network.exists("n1"));
  world.host.start("n1");
  // The new process knows nothing, not even its name: what comes before init waits for it.
  world.ask("n1", {{"type", "count"}});
  EXPECT_EQ(world.count("count_ok"), 2u);
  world.ask("n1", {{"type", "init"}, {"node_id", "n1"}, {"node_ids", {"n1", "n2"}}});
  ASSERT_EQ(world.count("count_ok"), 3u);
  std::vector<nlohmann::json> counts;
  for (const auto& reply : world.replies) {
    if (reply["type"] == "count_ok") counts.push_back(reply);
  }
  EXPECT_EQ(counts[1]["count"], 2);
  EXPECT_EQ(counts[2]["count"], 1);
  EXPECT_EQ(counts[0]["incarnation"], counts[1]["incarnation"]);
  EXPECT_NE(counts[1]["incarnation"], counts[2]["incarnation"]);
  EXPECT_NE(counts[0]["random"], counts[2]["random"]);
}

TEST(SimHost, RandomNumbersDependOnSeedNodeAndStartOnly) {
  const auto draws = [](const std::string& node, int starts) {
    Hosted world(install_counter);
    for (int i = 0; i < starts; ++i) {
      if (i > 0) world.host.kill(node);
      world.start(node);
    }
    world.ask(node, {{"type", "count"}});
    return world.replies.back()["random"].get<std::uint64_t>();
  };
  EXPECT_EQ(draws("n1", 1), draws("n1", 1));
  EXPECT_NE(draws("n1", 1), draws("n2", 1));
  EXPECT_NE(draws("n1", 1), draws("n1", 2));
}

TEST(SimHost, TheTimersOfAKilledProcessDieWithIt) {
  int fired = 0;
  Hosted world([&](Node& node) -> std::shared_ptr<void> {
    node.on_init([&] { node.every(10ms, [&] { ++fired; }); });
    return nullptr;
  });
  world.start("n1");
  world.run_for(35ms);
  EXPECT_EQ(fired, 3);
  world.host.kill("n1");
  world.run_for(100ms);
  EXPECT_EQ(fired, 3);
}

TEST(SimHost, ASyncOutlivesTheInitThatWasRefusedMeanwhile) {
  bool is_done = false;
  Hosted world([&](Node& node) -> std::shared_ptr<void> {
    node.on_init([&] {
      node.storage().append("a");
      node.sync([&] { is_done = true; });
    });
    node.on_init([] { throw std::runtime_error("cannot start"); });
    return nullptr;
  });
  world.start("n1");
  EXPECT_EQ(world.count("error"), 1u);
  world.run_for(1s);
  EXPECT_FALSE(is_done) << "nobody is left who could want to know";
}

TEST(SimHost, WhatHappensDuringAPauseHappensInOrderAfterIt) {
  std::vector<std::string> events;
  Hosted world([&](Node& node) -> std::shared_ptr<void> {
    node.on("arm", [&] { node.after(10ms, [&] { events.push_back("timer"); }); });
    node.on("hear", [&] { events.push_back("message"); });
    return nullptr;
  });
  world.start("n1");
  world.ask("n1", {{"type", "arm"}});
  world.host.pause("n1");
  world.ask("n1", {{"type", "hear"}});
  world.run_for(20ms);
  world.ask("n1", {{"type", "hear"}});
  EXPECT_TRUE(events.empty());
  world.host.resume("n1");
  EXPECT_EQ(events, (std::vector<std::string>{"message", "timer", "message"}));
  world.ask("n1", {{"type", "hear"}});
  EXPECT_EQ(events.size(), 4u);
}

TEST(SimHost, ATimerThatFellDueDuringAPauseCanStillBeCancelled) {
  bool fired = false;
  TimerId timer = 0;
  Hosted world([&](Node& node) -> std::shared_ptr<void> {
    node.on("arm", [&] { timer = node.after(10ms, [&] { fired = true; }); });
    node.on("cancel", [&] { node.cancel_timer(timer); });
    return nullptr;
  });
  world.start("n1");
  world.ask("n1", {{"type", "arm"}});
  world.host.pause("n1");
  world.ask("n1", {{"type", "cancel"}});
  world.run_for(20ms);
  world.host.resume("n1");
  EXPECT_FALSE(fired);
}

/// The moment of the run at which a timer of one second rings on a node whose clock is bent before or after it is set.
Time ring_time(int drift_permille, bool is_set_before) {
  Time rang;
  Hosted world([&](Node& node) -> std::shared_ptr<void> {
    node.on("arm", [&] {
      const Time due = node.now() + 1s;
      node.after(1s, [&, due] {
        EXPECT_GE(node.now(), due);
        rang = world.host.now();
      });
    });
    return nullptr;
  });
  world.start("n1");
  world.run_for(500ms);
  if (is_set_before) world.ask("n1", {{"type", "arm"}});
  world.host.skew("n1", drift_permille, 0s);
  if (!is_set_before) world.ask("n1", {{"type", "arm"}});
  world.run_for(10s);
  return rang;
}

TEST(SimHost, SkewedClocksRunFastOrSlowAndTheirTimersWithThem) {
  for (const bool is_set_before : {false, true}) {
    EXPECT_EQ(ring_time(0, is_set_before), Time(1500ms));
    EXPECT_EQ(ring_time(100, is_set_before), Time(500ms + 909'090'910ns));
    EXPECT_EQ(ring_time(-100, is_set_before), Time(500ms + 1'111'111'112ns));
  }
}

TEST(SimHost, ASkewedClockNeverGoesBackAndAJumpMovesTheCalendarOnly) {
  Time shown;
  std::int64_t wall = 0;
  Hosted world([&](Node& node) -> std::shared_ptr<void> {
    node.on("look", [&] {
      EXPECT_GE(node.now(), shown);
      shown = node.now();
      wall = node.wall_time_ns();
    });
    return nullptr;
  });
  world.start("n1");
  world.ask("n1", {{"type", "look"}});
  const std::int64_t wall_before = wall;
  for (const int drift : {100, -100, 37, -1, 0}) {
    world.host.skew("n1", drift, 0s);
    for (int i = 0; i < 2'000; ++i) {
      world.run_for(1ns);
      world.ask("n1", {{"type", "look"}});
    }
  }
  world.host.skew("n1", 0, -30s);
  const Time before = shown;
  world.ask("n1", {{"type", "look"}});
  EXPECT_EQ(shown, before);
  EXPECT_EQ(wall, wall_before + 10'000 - 30'000'000'000);
}

TEST(SimHost, TimersAndSkewedClocksServeForYears) {
  int rings = 0;
  Hosted world([&](Node& node) -> std::shared_ptr<void> {
    node.on_init([&] { node.every(24h, [&] { ++rings; }); });
    return nullptr;
  });
  world.start("n1");
  world.host.skew("n1", 100, 0s);
  world.run_for(10 * 365 * 24h + 1h);
  EXPECT_EQ(rings, 11 * 365);
}

TEST(SimHost, FaultsOfANodeThatIsDownAreIgnored) {
  Hosted world(install_counter);
  world.host.pause("n1");
  world.host.resume("n1");
  world.host.skew("n1", 10, 0s);
  world.host.kill("n1");
  world.start("n1");
  world.ask("n1", {{"type", "count"}});
  EXPECT_EQ(world.count("count_ok"), 1u);
}

/// Adds up on the runtime's threads.
class Adder {
 public:
  explicit Adder(Node& node) : node_(node) { node.on("sum", this, &Adder::sum); }

 private:
  Task<Count> sum() {
    auto work = [] { return 42; };
    auto sum = co_await node_.offload(std::move(work));
    co_return Count{sum, 0, 0};
  }

  Node& node_;
};

TEST(SimHost, OffloadedWorkIsDoneWithinTheSimulation) {
  Hosted world([](Node& node) -> std::shared_ptr<void> { return std::make_shared<Adder>(node); });
  world.start("n1");
  world.ask("n1", {{"type", "sum"}});
  EXPECT_EQ(world.replies.back()["count"], 42);
}

}  // namespace
}  // namespace mznode::sim

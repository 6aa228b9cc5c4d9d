#include "mznode/sim/network.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

namespace mznode::sim {
namespace {

/// A network with a clock of its own, and a note of every arrival.
struct World {
  explicit World(Latency latency = {}, Delivery delivery = Delivery::maelstrom, std::uint64_t seed = 1)
      : network(
            timers, [this] { return now; }, latency, delivery, seed) {
    for (const char* node : {"n1", "n2", "n3"}) add(node, Endpoint::node);
    add("lin-kv", Endpoint::service);
    add("c1", Endpoint::client);
  }

  void add(const std::string& name, Endpoint kind) {
    network.add(name, kind, [this, name](const Packet& packet) { arrivals.push_back({now, name, packet.body}); });
  }
  void send(const std::string& src, const std::string& dest, const std::string& body = "{}") {
    EXPECT_TRUE(network.send(src, dest, body));
  }
  void run_until(Time until) {
    for (;;) {
      const auto next = timers.next();
      if (!next || *next > until) break;
      now = std::max(now, *next);
      timers.run_due(now);
    }
    now = until;
  }
  void run() { run_until(Time(1h)); }
  std::int64_t ms_of(std::size_t arrival) const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(arrivals.at(arrival).at.time_since_epoch()).count();
  }

  struct Arrival {
    Time at;
    std::string dest;
    std::string body;
  };
  Timers timers;
  Time now;
  std::vector<Arrival> arrivals;
  Network network;
};

/// The latencies in ms of many messages from node to node, each on its own.
std::vector<std::int64_t> latencies(Latency latency, int count) {
  World world(latency, Delivery::ideal);
  std::vector<std::int64_t> result;
  for (int i = 0; i < count; ++i) {
    world.now = Time{};
    world.send("n1", "n2");
    world.run();
    const Time at = world.arrivals.back().at;
    EXPECT_EQ(at.time_since_epoch() % 1ms, 0ns);
    result.push_back(at.time_since_epoch() / 1ms);
  }
  return result;
}

double mean(const std::vector<std::int64_t>& values) {
  double sum = 0;
  for (const auto value : values) sum += static_cast<double>(value);
  return sum / static_cast<double>(values.size());
}

TEST(Network, ConstantLatencyIsTheMean) {
  EXPECT_EQ(latencies({.mean_ms = 30}, 3), (std::vector<std::int64_t>{30, 30, 30}));
  EXPECT_EQ(latencies({.mean_ms = 0}, 2), (std::vector<std::int64_t>{0, 0}));
}

TEST(Network, UniformLatencyIsInWholeMillisecondsFromZeroToTwiceTheMean) {
  const auto drawn = latencies({.mean_ms = 5, .shape = Latency::Shape::uniform}, 5'000);
  const std::set<std::int64_t> distinct(drawn.begin(), drawn.end());
  EXPECT_EQ(distinct, (std::set<std::int64_t>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
  EXPECT_NEAR(mean(drawn), 4.5, 0.2);
}

TEST(Network, ExponentialLatencyIsCutToWholeMilliseconds) {
  const auto drawn = latencies({.mean_ms = 100, .shape = Latency::Shape::exponential}, 5'000);
  EXPECT_NEAR(mean(drawn), 99.5, 4.0);
  EXPECT_GT(*std::max_element(drawn.begin(), drawn.end()), 500);
  EXPECT_LT(*std::min_element(drawn.begin(), drawn.end()), 2);
}

TEST(Network, ClientsAreBesideTheirNodeAndServicesAreNot) {
  World world({.mean_ms = 100});
  world.send("c1", "n1", "1");
  world.send("n1", "c1", "2");
  world.send("n1", "lin-kv", "3");
  world.send("lin-kv", "n1", "4");
  world.send("n2", "n1", "5");
  world.run();
  std::map<std::string, std::int64_t> at;
  for (std::size_t i = 0; i < world.arrivals.size(); ++i) at[world.arrivals[i].body] = world.ms_of(i);
  EXPECT_EQ(at, (std::map<std::string, std::int64_t>{{"1", 0}, {"2", 0}, {"3", 100}, {"4", 100}, {"5", 100}}));
}

TEST(Network, CountsAsMaelstromDoes) {
  World world;
  world.send("c1", "n1");
  world.send("n1", "c1");
  world.send("n1", "n2", "12345");
  world.send("n1", "lin-kv", "123");
  world.send("lin-kv", "n1", "1");
  world.run();
  const auto& stats = world.network.stats();
  EXPECT_EQ(stats.all.sent, 5u);
  EXPECT_EQ(stats.all.received, 5u);
  EXPECT_EQ(stats.clients.sent, 2u);
  EXPECT_EQ(stats.servers.sent, 3u);
  EXPECT_EQ(stats.server_bytes, 9u);
}

TEST(Network, AMessageThatIsLostCountsAsSent) {
  World world;
  struct Drop final : Rule {
    Effect on_send(const Packet&, Duration) override { return {.drop = true, .delay = Duration{0}, .copies = {}}; }
  };
  world.network.add_rule(std::make_shared<Drop>());
  world.send("n1", "n2");
  world.run();
  EXPECT_EQ(world.network.stats().servers.sent, 1u);
  EXPECT_EQ(world.network.stats().servers.received, 0u);
  EXPECT_TRUE(world.arrivals.empty());
}

TEST(Network, AMessageToNobodyIsRefusedAndNotCounted) {
  World world;
  EXPECT_FALSE(world.network.send("n1", "n9", "{}"));
  EXPECT_EQ(world.network.stats().all.sent, 0u);
}

TEST(Network, AClientRequestWaitsBehindPeerTrafficUnderMaelstrom) {
  World world({.mean_ms = 100});
  world.send("n2", "n1", "peer");
  world.run_until(Time(40ms));
  world.send("c1", "n1", "request");
  world.run();
  ASSERT_EQ(world.arrivals.size(), 2u);
  EXPECT_EQ(world.arrivals[0].body, "peer");
  EXPECT_EQ(world.ms_of(0), 100);
  EXPECT_EQ(world.arrivals[1].body, "request");
  EXPECT_EQ(world.ms_of(1), 100);
}

TEST(Network, AClientRequestWaitsForNobodyWhenDeliveryIsIdeal) {
  World world({.mean_ms = 100}, Delivery::ideal);
  world.send("n2", "n1", "peer");
  world.run_until(Time(40ms));
  world.send("c1", "n1", "request");
  world.run();
  EXPECT_EQ(world.arrivals[0].body, "request");
  EXPECT_EQ(world.ms_of(0), 40);
  EXPECT_EQ(world.ms_of(1), 100);
}

TEST(Network, TheReceiverTakesTheEarliestDueFirstWhenItIsFreeAgain) {
  World world({.mean_ms = 100});
  world.send("n2", "n1", "a");  // taken up at once, due at 100
  world.run_until(Time(10ms));
  world.send("n2", "n1", "b");  // due at 110
  world.run_until(Time(20ms));
  world.send("c1", "n1", "c");  // due at 20, so it is before b once the thread has slept for a
  world.run();
  EXPECT_EQ(world.arrivals[0].body + world.arrivals[1].body + world.arrivals[2].body, "acb");
  EXPECT_EQ(world.ms_of(1), 100);
  EXPECT_EQ(world.ms_of(2), 110);
}

TEST(Network, ARuleMayDelayAndRepeatMessagesBetweenNodesAndNoOthers) {
  World world({}, Delivery::ideal);
  struct Twice final : Rule {
    Effect on_send(const Packet&, Duration) override { return {.drop = false, .delay = 5ms, .copies = {20ms}}; }
  };
  const auto rule = std::make_shared<Twice>();
  world.network.add_rule(rule);
  world.send("n1", "n2", "x");
  world.send("n1", "lin-kv", "y");
  world.send("n1", "c1", "z");
  world.run();
  std::vector<std::pair<std::string, std::int64_t>> arrived;
  for (std::size_t i = 0; i < world.arrivals.size(); ++i) arrived.emplace_back(world.arrivals[i].body, world.ms_of(i));
  EXPECT_EQ(arrived, (std::vector<std::pair<std::string, std::int64_t>>{{"y", 0}, {"z", 0}, {"x", 5}, {"x", 25}}));
  EXPECT_EQ(world.network.stats().servers.sent, 2u);
  world.network.remove_rule(rule);
  world.arrivals.clear();
  world.send("n1", "n2", "x");
  world.run_until(world.now + 1h);
  EXPECT_EQ(world.arrivals.size(), 1u);
}

/// Cuts n2's messages to n1.
struct Cut final : Rule {
  bool cuts(std::string_view src, std::string_view dest) const override { return src == "n2" && dest == "n1"; }
};

TEST(Network, ACutActsWhenTheReceiverTakesAMessageUp) {
  World world({.mean_ms = 100});
  world.send("n2", "n1", "taken up before the cut");
  world.send("n2", "n1", "waiting when it is cut");
  const auto cut = std::make_shared<Cut>();
  world.run_until(Time(50ms));
  world.network.add_rule(cut);
  world.send("n2", "n1", "sent during the cut, taken up after it");
  world.run_until(Time(99ms));
  EXPECT_TRUE(world.arrivals.empty());
  world.run_until(Time(100ms));
  ASSERT_EQ(world.arrivals.size(), 1u);
  EXPECT_EQ(world.arrivals[0].body, "taken up before the cut");
  // The other two were dropped when the thread came to them, at 100 ms: the idle receiver looks at once.
  world.network.remove_rule(cut);
  world.run();
  EXPECT_EQ(world.arrivals.size(), 1u);
}

TEST(Network, ACutLeavesClientsServicesAndOtherLinksAlone) {
  World world;
  world.network.add_rule(std::make_shared<Cut>());
  world.send("n2", "n1", "cut");
  world.send("n1", "n2", "other way");
  world.send("n3", "n1", "other link");
  world.send("c1", "n1", "client");
  world.send("lin-kv", "n1", "service");
  world.run();
  EXPECT_EQ(world.arrivals.size(), 4u);
  EXPECT_EQ(world.network.stats().servers.sent, 4u);
  EXPECT_EQ(world.network.stats().servers.received, 3u);
}

TEST(Network, RemovalLosesWhatIsUnderWayAndAnEndpointOfThatNameBeginsAnew) {
  for (const Delivery delivery : {Delivery::maelstrom, Delivery::ideal}) {
    World world({.mean_ms = 100}, delivery);
    world.network.keep_journal();
    world.send("n2", "n1", "first");
    world.send("n2", "n1", "second");
    world.run_until(Time(50ms));
    world.network.remove("n1");
    EXPECT_FALSE(world.network.send("n2", "n1", "to nobody"));
    world.add("n1", Endpoint::node);
    world.send("n2", "n1", "third");
    world.run();
    ASSERT_EQ(world.arrivals.size(), 1u);
    EXPECT_EQ(world.arrivals[0].body, "third");
    EXPECT_EQ(world.ms_of(0), 150);
    // Every message of the journal ended one way or the other.
    std::map<std::uint64_t, std::vector<JournalEntry::Event>> events;
    for (const auto& entry : world.network.traffic().take_journal()) events[entry.packet].push_back(entry.event);
    using enum JournalEntry::Event;
    EXPECT_EQ(events[0], (std::vector{send, drop}));
    EXPECT_EQ(events[1], (std::vector{send, drop}));
    EXPECT_EQ(events[2], (std::vector{send, receive}));
  }
}

TEST(Network, WhatComesIsToldAsFarAsNothingElseCanHappenBefore) {
  World world({.mean_ms = 5});
  world.network.foresee();
  std::vector<std::string> coming;
  world.network.add("n0", Endpoint::node, [&](const Packet&) {
    for (const auto& packet : world.network.coming()) coming.push_back(packet->dest);
  });
  world.send("n1", "n0");
  world.send("n1", "n2");
  world.send("n1", "lin-kv");
  world.send("n2", "n1");
  world.send("n2", "n1");  // n1 takes up one at a time
  world.timers.set(Time(5ms), [] {});
  world.send("n1", "n3");
  world.run();
  EXPECT_EQ(coming, (std::vector<std::string>{"n2", "n1"}));
}

/// Nodes that send whatever comes into their minds, also to services and clients, and leave, and come back, while links
/// break: who was told to come next comes next, in the same instant, before anything else happens.
TEST(Network, WhatWasToldToComeComes) {
  std::size_t foreseen = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    World world({.mean_ms = static_cast<std::int64_t>(seed % 3)}, seed % 2 == 0 ? Delivery::maelstrom : Delivery::ideal,
                seed);
    Random random(seed, 1);
    world.network.foresee();
    /// Who is to come next, by receiver.
    std::map<std::string, std::pair<Time, std::uint64_t>> expected;
    const std::vector<std::string> names = {"n1", "n2", "n3", "lin-kv", "c1"};
    const auto nothing_is_expected = [&] { EXPECT_TRUE(expected.empty()) << "seed " << seed; };
    int messages = 300;
    std::function<void()> fault;
    const auto talk = [&](const std::string& from) {
      for (std::uint64_t i = random.below(4); i > 0 && messages > 0; --i, --messages) {
        world.network.send(from, names[random.below(names.size())], "{}");
        if (random.below(8) == 0) world.timers.set(world.now + random.below(3) * 1ms, fault);
      }
    };
    const auto join = [&](const std::string& name) {
      world.network.add(name, Endpoint::node, [&, name](const Packet& packet) {
        if (const auto found = expected.find(name); found != expected.end()) {
          EXPECT_EQ(found->second, std::pair(world.now, packet.id)) << "seed " << seed;
          expected.erase(found);
          ++foreseen;
        } else if (expected.empty()) {
          for (const auto& next : world.network.coming()) {
            if (next->dest != name) expected.try_emplace(next->dest, world.now, next->id);
          }
        }
        talk(name);
      });
    };
    fault = [&] {
      nothing_is_expected();
      const std::string name = names[random.below(3)];
      world.network.remove(name);
      join(name);
      talk("c1");
      talk("n1");
    };
    for (const char* name : {"n1", "n2", "n3"}) join(name);
    world.network.add("lin-kv", Endpoint::service,
                      [&](const Packet& packet) { world.network.send("lin-kv", packet.src, "{}"); });
    world.network.add("c1", Endpoint::client, [&](const Packet&) {
      nothing_is_expected();
      talk("c1");
    });
    world.timers.set(Time(), fault);
    world.run();
    nothing_is_expected();
  }
  EXPECT_GT(foreseen, 1000U);
}

TEST(Network, TheJournalHoldsEveryMessageFromWhenItIsKept) {
  World world({.mean_ms = 10});
  world.send("n1", "n2", "before");
  world.network.keep_journal();
  world.send("n1", "n3", "after");
  world.run();
  const std::vector<Packet> packets = world.network.traffic().take_packets();
  ASSERT_EQ(packets.size(), 1u);
  const Packet& packet = packets[0];
  EXPECT_EQ(packet.src + packet.dest + packet.body, "n1n3after");
  const auto journal = world.network.traffic().take_journal();
  EXPECT_EQ(journal[0].packet, packet.id);
  EXPECT_EQ(journal[0].event, JournalEntry::Event::send);
  EXPECT_EQ(journal.back().event, JournalEntry::Event::receive);
  EXPECT_EQ(journal.back().at, Time(10ms));
}

}  // namespace
}  // namespace mznode::sim

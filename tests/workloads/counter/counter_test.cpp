#include "counter/counter.hpp"

#include <gtest/gtest.h>

#include "mznode/check/registry.hpp"
#include "partitions.hpp"
#include "tests/workloads/cells.hpp"
#include "tests/workloads/trial.hpp"

namespace mznode::counter {
namespace {

using check::Operation;
using check::Type;
using check::Valid;

constexpr std::int64_t largest = std::numeric_limits<std::int64_t>::max();

sim::Installer installer(const StrategyInfo& strategy, const std::map<std::string, std::string>& given = {}) {
  return [&strategy, options = OptionValues(strategy.options, given)](Node& node) -> std::shared_ptr<void> {
    return strategy.install(node, options);
  };
}

const std::vector<StrategyInfo>& strategies() {
  return find_workload("pn-counter").strategies;
}
const StrategyInfo& strategy(std::string_view name) {
  return find_strategy(find_workload("pn-counter"), name);
}

std::vector<std::int64_t> final_reads(const check::History& history) {
  std::vector<std::int64_t> values;
  for (const Operation& operation : history) {
    if (operation.is_final && operation.type == Type::ok) values.push_back(operation.value.as_int().value());
  }
  return values;
}

TEST(CounterCrdt, NeedsAtMostFiveServerMessagesForAHundredOperations) {
  for (const char* workload : {"g-counter", "pn-counter"}) {
    for (const auto delivery : {sim::Delivery::maelstrom, sim::Delivery::ideal}) {
      for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        TestSettings settings;
        settings.workload = workload;
        settings.nodes = sim::node_names(3);
        settings.rate_millis = 100'000;
        settings.time_limit = 20s;
        settings.delivery = delivery;
        settings.seed = seed;
        const auto report = run_test(settings, [] { return false; });
        EXPECT_EQ(report.valid(), Valid::yes) << report.results().dump();
        EXPECT_LE(report.results()["net"]["servers"]["msgs-per-op"], 0.05) << workload << ", seed " << seed;
      }
    }
  }
}

/// Three nodes of the strategy crdt, with clients beside them and links to cut.
struct Cluster {
  explicit Cluster(std::int64_t latency_ms)
      : network(
            timers, [this] { return host.now(); }, {.mean_ms = latency_ms}, sim::Delivery::ideal, 1),
        host(timers, 1, installer(strategy("crdt")), LogLevel::off) {
    host.attach(network);
    network.add("c1", sim::Endpoint::client, [this](const sim::Packet& packet) { reply = packet.body; });
    for (const auto& node : nodes) {
      host.start(node);
      ask(node, R"("type":"init","node_id":")" + node + R"(","node_ids":["n0","n1","n2"])");
    }
  }

  void run_for(Duration duration) { sim::run_for(host, timers, duration); }
  void ask(const std::string& node, const std::string& fields) {
    network.send("c1", node, R"({"msg_id":1,)" + fields + "}");
    run_for(0ns);
  }
  void add(const std::string& node, std::int64_t delta) {
    ask(node, R"("type":"add","delta":)" + std::to_string(delta));
    EXPECT_EQ(reply, R"({"type":"add_ok","in_reply_to":1})");
  }
  std::int64_t read(const std::string& node) {
    ask(node, R"("type":"read")");
    return from_json<ReadOk>(Json::parse(reply)).value;
  }

  const std::vector<std::string> nodes = sim::node_names(3);
  Timers timers;
  sim::Network network;
  sim::SimHost host;
  std::string reply;
};

TEST(CounterCrdt, AgreesWithinThreeSecondsOfHealing) {
  const auto alone = [](const std::string& node) {
    sim::Grudge grudge;
    for (const auto& other : sim::node_names(3)) {
      if (other == node) continue;
      grudge[node].insert(other);
      grudge[other].insert(node);
    }
    return std::make_shared<sim::Partition>(grudge);
  };
  // The moments of healing lie all over the periods of flushing and resending.
  for (int step = 0; step < 30; ++step) {
    Cluster cluster(100);
    std::int64_t sum = 0;
    std::shared_ptr<sim::Partition> cut;
    for (int turn = 0; turn < 60 + step; ++turn) {
      if (turn % 13 == 0) {
        if (cut) cluster.network.remove_rule(cut);
        cut = alone(cluster.nodes[static_cast<std::size_t>(turn) / 13 % 3]);
        cluster.network.add_rule(cut);
      }
      cluster.add(cluster.nodes[static_cast<std::size_t>(turn) % 3], turn);
      sum += turn;
      cluster.run_for(90ms);
    }
    EXPECT_NE(cluster.read("n0"), cluster.read("n1")) << "the partition is none";
    cluster.network.remove_rule(cut);
    cluster.run_for(3s);
    for (const auto& node : cluster.nodes) EXPECT_EQ(cluster.read(node), sum) << node << ", healed in step " << step;
  }
}

// It does not claim that nothing acknowledged is lost then, but all nodes must agree about what is left.
TEST(CounterCrdt, NodesThatWereKilledAgreeWithTheOthersAgain) {
  for (std::uint64_t seed = 0; seed < seeds_per_cell(30); ++seed) {
    const Trial trial{
        .workload = "pn-counter", .rate = 100, .faults = {Fault::kill, Fault::loss, Fault::reorder}, .seed = seed};
    const auto values = final_reads(trial.run(installer(strategy("crdt"))).run.history);
    ASSERT_GE(values.size(), 3u);
    EXPECT_EQ(std::count(values.begin(), values.end(), values.front()), std::ssize(values)) << "seed " << seed;
  }
}

// With windows closed, whatever is acknowledged has been sent; then only slots that mix lives up could lose it, while a
// process that is back does not know yet what the one before it had counted.
TEST(CounterCrdt, ARestartedProcessNeverTakesTheSlotOfTheOldOne) {
  const auto install = installer(strategy("crdt"), {{"flush-ms", "0"}, {"ack-ms", "20"}, {"resend-ms", "500"}});
  for (std::uint64_t seed = 0; seed < seeds_per_cell(40); ++seed) {
    Trial trial{.workload = "g-counter",
                .concurrency_per_node = 100,
                .rate = 100,
                .faults = {Fault::kill},
                .most_victims = 1,
                .seed = seed};
    trial.latency.mean_ms = 100;
    const auto result = trial.run(install);
    EXPECT_TRUE(result.is_valid()) << "seed " << seed << ": " << to_details(result.workload).dump();
  }
}

/// How many runs of a strategy under the faults it survives have a read that misses an add acknowledged before it
/// began, or shows one that was never made.
int runs_with_stale_reads(const std::string& name, std::uint64_t seeds) {
  int stale = 0;
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    const auto report = run_test(settings_of({"g-counter", name, "swarm", 3}, seed), [] { return false; });
    const auto verdict = check::find_checker("counter")->check(report.run.history, {});
    EXPECT_NE(verdict.valid, Valid::unknown);
    if (verdict.valid == Valid::no) ++stale;
  }
  return stale;
}

TEST(CounterServices, EveryReadShowsWhatWasAcknowledgedBeforeItBegan) {
  EXPECT_EQ(runs_with_stale_reads("lin-kv", seeds_per_cell(20)), 0);
  EXPECT_EQ(runs_with_stale_reads("seq-kv", seeds_per_cell(20)), 0);
  EXPECT_GT(runs_with_stale_reads("crdt", 5), 0) << "this cannot fail";
}

TEST(CounterServices, AddsThatMeetShareACompareAndSet) {
  for (const char* name : {"lin-kv", "seq-kv"}) {
    Trial trial{.workload = "pn-counter", .nodes = 1, .concurrency_per_node = 200, .rate = 500, .seed = 1};
    trial.latency.mean_ms = 100;
    const auto result = trial.run(installer(strategy(name)));
    EXPECT_TRUE(result.is_valid()) << to_details(result.workload).dump();
    const auto count = [&](Type type) {
      return std::count_if(result.run.history.begin(), result.run.history.end(),
                           [&](const Operation& each) { return each.f == "add" && each.type == type; });
    };
    EXPECT_GT(count(Type::ok), 1'500) << name;
    EXPECT_EQ(count(Type::ok), count(Type::invoke)) << name << " let adds time out";
  }
}

/// Adds the given deltas, one after the other.
class Deltas final : public sim::Generator {
 public:
  explicit Deltas(std::vector<std::int64_t> deltas) : deltas_(std::move(deltas)) {}
  std::optional<Operation> next(std::size_t, sim::Random&) override {
    if (next_ == deltas_.size()) return std::nullopt;
    return sim::operation("add", Json(deltas_[next_++]));
  }

 private:
  std::vector<std::int64_t> deltas_;
  std::size_t next_ = 0;
};

TEST(Counter, AnAddThatLeaves64BitsIsRefusedAndTheOthersCount) {
  sim::TestSpec spec = pn_counter_test();
  spec.make_generator = [](const sim::ClientOptions&) {
    return std::make_unique<Deltas>(std::vector<std::int64_t>{largest, 1, -5, 2, 4, -largest});
  };
  const Trial trial{.workload = "pn-counter", .nodes = 1, .concurrency_per_node = 1, .rate = 10};
  for (const StrategyInfo& each : strategies()) {
    const auto run = sim::simulate(spec, trial.options(), installer(each));
    std::vector<std::int64_t> refused;
    for (const Operation& operation : run.history) {
      if (operation.type != Type::info) continue;
      refused.push_back(operation.value.as_int().value());
      EXPECT_NE(operation.error->text().find("precondition-failed"), std::string::npos) << operation.error->text();
      EXPECT_NE(operation.error->text().find("64-bit"), std::string::npos) << operation.error->text();
    }
    EXPECT_EQ(refused, (std::vector<std::int64_t>{1, 4})) << each.name;
    EXPECT_EQ(final_reads(run.history), (std::vector<std::int64_t>{-3})) << each.name;
  }
}

}  // namespace
}  // namespace mznode::counter

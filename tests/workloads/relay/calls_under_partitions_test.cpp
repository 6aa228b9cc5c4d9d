#include <gtest/gtest.h>

#include <algorithm>
#include <tuple>

#include "kafka/rendezvous.hpp"
#include "mznode/workloads/reach.hpp"
#include "tests/workloads/cells.hpp"
#include "tests/workloads/relay/rings.hpp"
#include "tests/workloads/trial.hpp"

// What relays are for where one node hands requests on to another.
namespace mznode {
namespace {

/// A strategy that hands operations on to one node each.
struct Forwarding {
  std::string workload;
  std::string strategy;
  /// How long it goes on with an operation.
  Duration patience;
  /// Whom an operation needs, told by its invocation or its completion; nothing where that does not tell.
  std::function<std::optional<std::size_t>(const std::vector<std::string>& nodes, const check::Operation& event)>
      needed;
};

std::optional<std::size_t> owner_of_sent(const std::vector<std::string>& nodes, const check::Operation& event) {
  if (event.f != "send") return std::nullopt;
  const auto sent = from_json<std::vector<std::tuple<std::string, std::string, Json>>>(event.value);
  return static_cast<std::size_t>(member_of(nodes, kafka::owner_of(std::get<1>(sent.at(0)), nodes)));
}

class CallsUnderPartitions : public testing::TestWithParam<Forwarding> {
 protected:
  /// Without what needs nobody but the node that is asked.
  static sim::RunResult of_forwarded(sim::RunResult run, const TestSettings& settings) {
    std::erase_if(run.history, [&](const check::Operation& event) {
      if (!event.is_client()) return true;
      const auto other = GetParam().needed(settings.nodes, event);
      return !other || *other == node_of(event, settings);
    });
    return run;
  }
  static double count(const check::History& history, check::Type type) {
    return static_cast<double>(
        std::count_if(history.begin(), history.end(), [type](const auto& event) { return event.type == type; }));
  }
};

TEST_P(CallsUnderPartitions, AreAnsweredWhereTheyCanBe) {
  for (const char* fault : {"partition", "partition-one-way"}) {
    for (const Duration interval : {10s, 3s}) {
      double answered = 0;
      double bound = 0;
      std::vector<Duration> outages;
      const std::uint64_t seeds = seeds_per_cell(20);
      for (std::uint64_t seed = 0; seed < seeds; ++seed) {
        TestSettings settings = partitioned(GetParam().workload, GetParam().strategy, fault, interval);
        settings.seed = seed;
        TestReport report = run_test(settings, [] { return false; });
        EXPECT_EQ(report.valid(), check::Valid::yes) << fault << ", seed " << seed;
        const sim::RunResult run = of_forwarded(std::move(report.run), settings);
        answered += count(run.history, check::Type::ok) / count(run.history, check::Type::invoke);
        bound += reach_bound(run, {.nodes = settings.nodes,
                                   .workers = settings.workers(),
                                   .patience = GetParam().patience,
                                   .latency = std::chrono::milliseconds(settings.latency.mean_ms),
                                   .needed_for =
                                       [&](const check::Operation& event) {
                                         return std::vector{GetParam().needed(settings.nodes, event).value()};
                                       }})
                     .value_or(1);
        for (std::size_t node = 0; node < settings.nodes.size(); ++node) {
          const auto outage = longest_outage_in_rings(
              run, [&](const check::Operation& event) { return node_of(event, settings) == node; });
          if (outage) outages.push_back(*outage);
        }
      }
      EXPECT_GE(answered, bound - 0.02 * static_cast<double>(seeds)) << fault;
      if (std::string_view(fault) != "partition") continue;
      ASSERT_FALSE(outages.empty());
      EXPECT_LE(median(outages), 1s);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Forwarding, CallsUnderPartitions,
                         testing::Values(Forwarding{"kafka", "owner", 4500ms, owner_of_sent},
                                         Forwarding{"txn-list-append", "single", 5s,
                                                    [](const auto&, const check::Operation&) {
                                                      return std::optional<std::size_t>(0);
                                                    }}),
                         [](const auto& each) { return each.param.strategy; });

}  // namespace
}  // namespace mznode

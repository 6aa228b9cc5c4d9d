// What it costs that operations find the leader.

#include <gtest/gtest.h>

#include <set>
#include <tuple>

#include "mznode/workloads/harness.hpp"

namespace mznode::raft {
namespace {

/// How many messages of a type some node has sent to the same one before.
std::size_t repetitions(const TestReport& report, const std::string& type) {
  std::set<std::tuple<std::string, std::string, std::string>> seen;
  std::size_t count = 0;
  for (const sim::Packet& packet : report.run.packets) {
    const bool is_one = packet.body.find("\"type\":\"" + type + "\"") != std::string::npos;
    if (is_one && !seen.emplace(packet.src, packet.dest, packet.body).second) ++count;
  }
  return count;
}

TestSettings slow_network() {
  TestSettings settings;
  settings.workload = "lin-kv";
  settings.strategy = "raft";
  settings.concurrency = 4;
  settings.concurrency_per_node = true;
  settings.rate_millis = 50'000;
  settings.time_limit = 30s;
  settings.latency.mean_ms = 100;
  return settings;
}

TEST(RaftRequests, AreNotRepeatedWhileTheirAnswersAreOnTheWay) {
  const TestReport report = run_test(slow_network(), [] { return false; });
  EXPECT_EQ(report.valid(), check::Valid::yes);
  // Until the first answers have come, nobody knows how long they take.
  EXPECT_LT(repetitions(report, "execute") + repetitions(report, "query"), 40U);
}

TEST(RaftEnrolment, DoesNotIntroduceItselfAgainToThoseWhoAnswered) {
  TestSettings settings = slow_network();
  settings.latency.mean_ms = 0;
  settings.nemesis = {"partition"};
  const TestReport report = run_test(settings, [] { return false; });
  std::set<std::pair<std::string, std::string>> welcomed;
  std::size_t needless = 0;
  for (const sim::Packet& packet : report.run.packets) {
    if (packet.body.find("\"type\":\"welcome\"") != std::string::npos) welcomed.emplace(packet.dest, packet.src);
    const bool is_hello = packet.body.find("\"type\":\"hello\"") != std::string::npos;
    if (is_hello && welcomed.contains({packet.src, packet.dest})) ++needless;
  }
  EXPECT_FALSE(welcomed.empty());
  EXPECT_LT(needless, 20U);  // before they are admitted, some are asked twice
}

}  // namespace
}  // namespace mznode::raft

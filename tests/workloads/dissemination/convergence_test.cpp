#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "mznode/workloads/harness.hpp"
#include "tests/workloads/trial.hpp"

// What the strategies that spread elements promise beyond a valid history: once the faults end, everybody soon has
// everything, and then nobody says anything.
namespace mznode::dissemination {
namespace {

struct Cell {
  std::string workload;
  std::string strategy;
  std::size_t nodes;
};

std::ostream& operator<<(std::ostream& out, const Cell& cell) {
  return out << cell.workload << ", " << cell.strategy << ", nodes: " << cell.nodes;
}

std::vector<Cell> all_cells() {
  std::vector<Cell> cells;
  for (const std::string workload : {"broadcast", "g-set"}) {
    for (const StrategyInfo& strategy : find_workload(workload).strategies) {
      for (const std::size_t nodes : {2U, 3U, 5U, 25U}) cells.push_back({workload, strategy.name, nodes});
    }
  }
  return cells;
}

std::string cell_name(const testing::TestParamInfo<Cell>& info) {
  std::string name = info.param.workload + "_" + info.param.strategy + "_" + std::to_string(info.param.nodes);
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

/// What a run's messages tell about how elements spread.
class Journal {
 public:
  explicit Journal(const sim::RunResult& run) : run_(run) {
    for (const auto& packet : run.packets) packets_.emplace(packet.id, &packet);
  }

  /// When the last fault ended.
  Time healed() const {
    Time last = run_.started;
    for (const auto& operation : run_.history) {
      if (!operation.is_client()) last = std::max(last, run_.started + Duration(operation.time_ns));
    }
    return last;
  }

  /// How long it took, at most, until all nodes had an element, counted from when the last fault had ended and the
  /// element was there.
  Duration longest_catching_up() const {
    std::map<std::string, std::set<std::string>> known;
    std::map<std::string, Time> added;
    const Time healed_at = healed();
    Duration longest{0};
    for (const auto& entry : run_.journal) {
      if (entry.event != sim::JournalEntry::Event::receive) continue;
      const sim::Packet& packet = *packets_.at(entry.packet);
      for (const auto& element : elements(nlohmann::json::parse(packet.body))) {
        const std::string text = element.dump();
        if (!known[packet.dest].insert(text).second) continue;
        const Time added_at = added.emplace(text, entry.at).first->second;
        longest = std::max(longest, entry.at - std::max(added_at, healed_at));
      }
    }
    return longest;
  }

  std::size_t messages_between_nodes_after(Time time) const {
    return static_cast<std::size_t>(std::count_if(run_.journal.begin(), run_.journal.end(), [&](const auto& entry) {
      const sim::Packet& packet = *packets_.at(entry.packet);
      return entry.at > time && packet.src[0] == 'n' && packet.dest[0] == 'n';
    }));
  }

 private:
  static nlohmann::json elements(const nlohmann::json& body) {
    const auto& type = body.at("type");
    if (type == "gossip") return body.at("elements");
    if (type == "broadcast") return nlohmann::json::array({body.at("message")});
    if (type == "add") return nlohmann::json::array({body.at("element")});
    return nlohmann::json::array();
  }

  const sim::RunResult& run_;
  std::map<std::uint64_t, const sim::Packet*> packets_;
};

class Convergence : public testing::TestWithParam<Cell> {
 protected:
  static TestReport run(std::uint64_t seed, const std::string& nemesis, Duration time_limit) {
    TestSettings settings;
    settings.workload = GetParam().workload;
    settings.strategy = GetParam().strategy;
    settings.nodes = sim::node_names(GetParam().nodes);
    settings.rate_millis = 30'000;
    settings.time_limit = time_limit;
    settings.latency.mean_ms = seed % 2 == 0 ? 100 : 10;
    settings.delivery = seed % 2 == 0 ? sim::Delivery::maelstrom : sim::Delivery::ideal;
    settings.nemesis = {nemesis};
    settings.nemesis_interval = 4s;
    settings.seed = seed;
    return run_test(settings, [] { return false; });
  }
};

TEST_P(Convergence, ComesWithinThreeSecondsOfTheLastFaultAndThenSilence) {
  const std::vector<std::string> nemeses = {"partition", "partition-one-way", "loss", "pause"};
  for (std::uint64_t seed = 0; seed < seeds_per_cell(4); ++seed) {
    const std::string& nemesis = nemeses[(seed + seed / 4) % nemeses.size()];
    SCOPED_TRACE(nemesis + ", seed " + std::to_string(seed));
    const auto report = run(seed, nemesis, 8s);
    ASSERT_EQ(report.valid(), check::Valid::yes) << report.results().dump(1);
    const Journal journal(report.run);
    EXPECT_LE(journal.longest_catching_up() / 1ms, 3'000);
    const Time end = report.run.started + report.run.duration;
    EXPECT_EQ(journal.messages_between_nodes_after(end - 5s), 0u);
  }
}

INSTANTIATE_TEST_SUITE_P(All, Convergence, testing::ValuesIn(all_cells()), cell_name);

}  // namespace
}  // namespace mznode::dissemination

#include <gtest/gtest.h>

#include "tests/workloads/cells.hpp"
#include "tests/workloads/kafka/conversations.hpp"
#include "tests/workloads/trial.hpp"

// What the strategies promise beyond what Maelstrom's checker looks at: committed offsets that only grow, for clients
// on any node; dense offsets; and polls that show all that was acknowledged before, where that is promised.
namespace mznode::kafka {
namespace {

class KafkaPromises : public testing::TestWithParam<Cell> {};

std::string first_of(const std::vector<std::string>& found) {
  return found.empty() ? "" : found.front();
}

TEST_P(KafkaPromises, AreKept) {
  const bool has_fresh_polls = GetParam().strategy != "owner";
  const bool must_be_told = GetParam().strategy == "lin-kv";
  std::size_t lists = 0;
  for (std::uint64_t seed = 0; seed < seeds_per_cell(3); ++seed) {
    TestSettings settings = settings_of(GetParam(), seed);
    // Few keys, so that nodes meet on them.
    settings.keys = {.key_count = 2, .max_txn_length = 1, .max_writes_per_key = 1'000};
    settings.rate_millis = 100'000;
    if (must_be_told) settings.strategy_options["look-ms"] = "0";
    settings.keep_journal = true;
    const auto report = run_test(settings, [] { return false; });
    ASSERT_EQ(verdict_on(GetParam(), report), check::Valid::yes) << GetParam() << ", seed " << seed << "\n"
                                                                 << report.results().dump(1);
    ASSERT_EQ(first_of(report.verdict.remarks), "") << GetParam() << ", seed " << seed;
    const auto& packets = report.run.packets;
    ASSERT_EQ(first_of(commits_that_go_back(packets)), "") << GetParam() << ", seed " << seed;
    ASSERT_EQ(first_of(polls_with_gaps(packets)), "") << GetParam() << ", seed " << seed;
    if (has_fresh_polls) {
      ASSERT_EQ(first_of(stale_polls(packets)), "") << GetParam() << ", seed " << seed;
    }
    for (const Conversation& it : conversations(packets))
      lists += it.type == "list_committed_offsets" && !it.reply.at("offsets").empty();
  }
  EXPECT_GT(lists, 0u);
}

std::vector<Cell> kafka_cells() {
  std::vector<Cell> cells = all_cells({3});
  std::erase_if(cells, [](const Cell& cell) { return cell.workload != "kafka" || cell.nemesis == "swarm"; });
  return cells;
}

INSTANTIATE_TEST_SUITE_P(All, KafkaPromises, testing::ValuesIn(kafka_cells()), [](const auto& each) {
  std::string name = each.param.strategy + "_" + (each.param.nemesis.empty() ? "calm" : each.param.nemesis);
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

}  // namespace
}  // namespace mznode::kafka

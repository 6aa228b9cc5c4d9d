#include <gtest/gtest.h>

#include "mznode/workloads/harness.hpp"
#include "tests/workloads/cells.hpp"

namespace mznode {
namespace {

bool is_between_servers(const sim::Packet& packet) {
  const auto is_client = [](const std::string& name) { return name.front() == 'c'; };
  return !is_client(packet.src) && !is_client(packet.dest);
}

/// When the first final read was asked for, on the clock of the run: the first operation after a long pause.
Time end_of_quiet_phase(const sim::RunResult& run, Duration time_limit) {
  for (const check::Operation& operation : run.history) {
    const Duration at(operation.time_ns);
    if (operation.type == check::Type::invoke && at > time_limit + sim::quiet_phase / 2) return run.started + at;
  }
  ADD_FAILURE() << "there is no final read";
  return run.started;
}

/// By then everything is said: the longest of all is an add of the counter's crdt, which waits 1.8 s for its window, is
/// sent again 1.9 s later, and acknowledged after 4 × 0.8 s.
constexpr Duration silence = 3s;

// Every strategy that replicates must come to an end with it, whatever happened before.
TEST(Silence, NobodySaysAnythingInTheLastSecondsOfTheQuietPhase) {
  std::size_t runs = 0;
  for (const Cell& cell : all_cells({1, 3, 5})) {
    const bool has_quiet_phase = find_workload(cell.workload).test.final_operation.has_value();
    if (!has_quiet_phase) continue;
    for (std::uint64_t seed = 0; seed < 3; ++seed) {
      TestSettings settings = settings_of(cell, seed);
      settings.keep_journal = true;
      const sim::RunResult run = run_test(settings, [] { return false; }).run;
      const Time end = end_of_quiet_phase(run, settings.time_limit);
      std::size_t late = 0;
      for (const sim::JournalEntry& entry : run.journal) {
        const bool is_send = entry.event == sim::JournalEntry::Event::send;
        const bool is_late = entry.at >= end - silence && entry.at < end;
        if (is_send && is_late && is_between_servers(run.packets[entry.packet])) ++late;
      }
      EXPECT_EQ(late, 0u) << cell << ", seed " << seed;
      ++runs;
    }
  }
  EXPECT_GT(runs, 100u);
}

}  // namespace
}  // namespace mznode

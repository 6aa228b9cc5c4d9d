// What a proposer does that meets another one, so that they do not meet for ever.

#include <gtest/gtest.h>

#include "caspaxos/proposer.hpp"
#include "mznode/workloads/harness.hpp"
#include "tests/workloads/caspaxos/history.hpp"

namespace mznode::caspaxos {
namespace {

constexpr Duration round_trip = 100ms;
constexpr Time start = Time(10s);

/// One node of three. Its competitor is node 0.
struct Contender {
  explicit Contender(Member self, std::uint64_t chance)
      : peers(
            {.members = 3, .self = self, .incarnation = Incarnation(self + 1), .random = [chance] { return chance; }}) {
    peers.note_round_trip(round_trip);
    proposer.submit(start, 1, append(1));
  }
  /// Its round fails: the competitor was before it.
  void lose(Time now) {
    proposer.tick(now);
    const auto requests = proposer.take_requests();
    ASSERT_FALSE(requests.empty());
    const Ballot ballot = std::get<Prepare>(requests.front().request).ballot;
    proposer.receive(now, 0, Conflict{ballot, Ballot{ballot.counter + 1, 0, 1}});
  }
  Duration pause(Time now) const { return proposer.next_tick() - now; }

  Peers peers;
  Proposer proposer{peers};
};

TEST(BackingOff, IsLongerWithEveryFailureUpToALimit) {
  constexpr std::uint64_t chance = 799'999'999;  // modulo any of the bounds nearly all of it
  Contender contender(1, chance);
  Time now = start;
  for (const Duration longest : {200ms, 400ms, 800ms, 800ms, 800ms}) {
    contender.lose(now);
    EXPECT_LE(contender.pause(now), longest);
    EXPECT_GE(contender.pause(now), longest - 1ms);
    now = contender.proposer.next_tick();
  }
}

TEST(BackingOff, EndsWhenTheCompetitorIsDoneInTheOrderOfTheNodes) {
  for (const std::uint64_t chance : {std::uint64_t{0}, std::uint64_t{799'999'999}}) {
    for (const Member self : {Member(1), Member(2)}) {
      Contender contender(self, chance);
      contender.lose(start);
      const Ballot accepted{7, 0, 1};
      const Time now = start + 1ms;
      contender.proposer.observe(now, Ballot{8, 0, 1}, {accepted, {Json(1), {accepted}}});
      const Duration turn = static_cast<int>(self - 1) * round_trip / 2;
      if (chance != 0) {
        EXPECT_GE(contender.pause(now), turn) << self;
      }
      EXPECT_LE(contender.pause(now), turn + round_trip / 10)
          << "at once, or when the one before it must have been heard";
    }
  }
}

TEST(BackingOff, LeavesFewOutcomesOpenWhereTwoNodesDuel) {
  std::int64_t operations = 0;
  std::int64_t open = 0;
  for (std::uint64_t seed = 0; seed < 4; ++seed) {
    TestSettings settings;
    settings.workload = "lin-kv";
    settings.strategy = "caspaxos";
    settings.nodes = {"n0", "n1"};
    settings.concurrency = 10;
    settings.rate_millis = 1'000'000;  // more than they can do: every client always waits
    settings.time_limit = 10s;
    settings.latency.mean_ms = 50;
    settings.seed = seed;
    settings.keep_journal = false;
    const auto report = run_test(settings, [] { return false; });
    EXPECT_EQ(report.valid(), check::Valid::yes);
    operations += static_cast<std::int64_t>(report.verdict.stats_found().all.count());
    open += static_cast<std::int64_t>(report.verdict.stats_found().all.info);
  }
  EXPECT_GT(operations, 4 * 800);
  EXPECT_LT(open * 1000, operations * 5) << open << " of " << operations << " waited for a second in vain";
}

}  // namespace
}  // namespace mznode::caspaxos

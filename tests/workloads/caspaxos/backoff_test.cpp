// What a proposer does that meets another one, so that they do not meet for ever.

#include <gtest/gtest.h>

#include "caspaxos/proposer.hpp"
#include "mznode/workloads/harness.hpp"
#include "tests/sim/simulate.hpp"
#include "tests/workloads/caspaxos/history.hpp"
#include "tests/workloads/liveness.hpp"

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
  /// What it asks for a promise of, when its turn comes after it has heard of a ballot with that count.
  Ballot next_ballot(std::uint64_t heard) {
    const Time now = proposer.next_tick() + 1s;  // nobody is to be yielded to any more
    proposer.observe(now - 1s, Ballot{heard, 0, 1}, {});
    proposer.tick(now);
    const auto requests = proposer.take_requests();
    return requests.empty() ? Ballot() : std::get<Prepare>(requests.front().request).ballot;
  }

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

TEST(BackingOff, WhoHasFailedMoreOftenComesThroughBeforeThoseWhoBeginAtTheSameTime) {
  constexpr std::uint64_t heard = 10'000;
  for (const int failures : {1, 2, 3, 40}) {
    Contender tried(1, 0);
    for (int i = 0; i < failures; ++i) tried.lose(tried.proposer.next_tick());
    Contender other(2, 0);
    other.lose(start);
    const Ballot ballot = tried.next_ballot(heard);
    const Ballot others = other.next_ballot(heard);
    EXPECT_EQ(others.counter, heard + 1) << "a meeting by chance is none of its concern";
    EXPECT_EQ(ballot > others, failures >= 2) << failures << ": of equal counts the later node's is the greater";
    EXPECT_LE(ballot.counter, heard + 33) << "counts are not wasted";
  }
}

TEST(BackingOff, AnswersEverybodyInTimeWhereFiveNodesKeepChangingARegister) {
  for (const std::uint64_t seed : {7, 25, 43}) {
    TestSettings settings;
    settings.workload = "lin-kv";
    settings.strategy = "caspaxos";
    settings.nodes = sim::node_names(5);
    settings.concurrency = 4;
    settings.rate_millis = 100'000;
    settings.time_limit = 15s;
    settings.latency = {.mean_ms = 10, .shape = sim::Latency::Shape::exponential};
    settings.seed = seed;
    settings.keep_journal = false;
    const auto report = run_test(settings, [] { return false; });
    EXPECT_EQ(report.valid(), check::Valid::yes);
    std::size_t unanswered = 0;
    for (const auto& event : report.run.history) {
      if (event.is_client() && event.type != check::Type::invoke && !is_certain_answer(event)) ++unanswered;
    }
    EXPECT_EQ(unanswered, 0u) << "seed " << seed;
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

#include <gtest/gtest.h>

#include "tests/workloads/mutants/table.hpp"

namespace mznode {
namespace {

using check::Valid;

class AllMutants : public testing::TestWithParam<Mutant> {};

TEST_P(AllMutants, IsJudgedInvalidByTheCheckerThatShouldFindIt) {
  const Mutant& mutant = GetParam();
  const std::uint64_t seeds = seeds_per_cell(12);
  std::uint64_t found = 0;
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    const auto result = mutant.trial(seed).run(mutant.install);
    ASSERT_FALSE(result.run.error) << *result.run.error;
    if (!mutant.finds(result)) continue;
    EXPECT_FALSE(result.is_valid());
    ++found;
  }
  EXPECT_GE(found, enough(seeds)) << "of " << seeds;
}

INSTANTIATE_TEST_SUITE_P(Each, AllMutants, testing::ValuesIn(all_mutants()),
                         [](const auto& each) { return std::string(each.param.name); });

class MutantsOfPromises : public testing::TestWithParam<Mutant> {};

TEST_P(MutantsOfPromises, AreFound) {
  const Mutant& mutant = GetParam();
  const std::uint64_t seeds = seeds_per_cell(6);
  std::uint64_t found = 0;
  for (std::uint64_t seed = 0; seed < seeds; ++seed)
    found += mutant.finds(mutant.trial(seed).run(mutant.install)) ? 1 : 0;
  EXPECT_GE(found, enough(seeds)) << "of " << seeds;
}

INSTANTIATE_TEST_SUITE_P(Each, MutantsOfPromises, testing::ValuesIn(mutants_of_promises()),
                         [](const auto& each) { return std::string(each.param.name); });

TEST(Mutants, WithoutTheirFaultThoseThatNeedOnePass) {
  for (const Mutant& mutant : all_mutants()) {
    if (mutant.faults.empty()) continue;
    for (std::uint64_t seed = 0; seed < 3; ++seed) {
      const Trial trial{.workload = mutant.workload, .rate = 20, .seed = seed};
      const auto result = trial.run(mutant.install);
      EXPECT_TRUE(result.is_valid()) << mutant.name << " with seed " << seed << ": "
                                     << to_details(result.workload).dump();
    }
  }
}

class MutantControls : public testing::TestWithParam<Control> {};

TEST_P(MutantControls, IsJudgedValid) {
  const Control& control = GetParam();
  for (std::uint64_t seed = 0; seed < seeds_per_cell(20); ++seed) {
    const auto result = control.trial(seed).run(control.install);
    EXPECT_TRUE(result.is_valid()) << "seed " << seed << ": " << to_details(result.workload).dump();
  }
}

INSTANTIATE_TEST_SUITE_P(Each, MutantControls, testing::ValuesIn(all_controls()),
                         [](const auto& each) { return std::string(each.param.name); });

TEST(Verdicts, ATestWithoutAnySuccessOfAKindSaysSo) {
  const Trial trial{.workload = "broadcast", .seed = 1};
  const auto result = trial.run(mutants::broadcast_never_acks);
  EXPECT_FALSE(result.is_valid());
  EXPECT_EQ(result.stats.valid, Valid::no);
  EXPECT_EQ(to_details(result.stats)["error"],
            "every kind of operation needs at least one ok, but has none: broadcast");
}

}  // namespace
}  // namespace mznode

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/app/child.hpp"
#include "tests/contains.hpp"

namespace mznode::testing_support {
namespace {

using nlohmann::json;
using Words = std::vector<std::string>;

Said test(Words options, const std::string& workload = "broadcast") {
  Words words = {"test", "-w", workload, "--time-limit", "3", "--rate", "50", "--latency", "20", "--store", ""};
  words.insert(words.end(), options.begin(), options.end());
  Child child(words);
  return child.said();
}

TEST(Expect, LimitsThatAreMetAreShownWithWhatIsUsedOfThem) {
  const Said said = test({"-s", "direct", "--expect", "msgs-per-op<30, stable-max<10s,ok>=100%,read-p50<1000ms"});
  EXPECT_EQ(said.code, 0) << said.output << said.log;
  EXPECT_TRUE(contains(said.output, "measured")) << said.output;
  EXPECT_TRUE(contains(said.output, "< 10000")) << said.output;
  EXPECT_TRUE(contains(said.output, "100.0 %  >= 100 %")) << said.output;
}

TEST(Expect, ALimitThatIsMissedFailsWithTheNumberAndTheLimit) {
  const Said said = test({"-s", "direct", "--expect", "stable-max<3,msgs-per-op<0.5"});
  EXPECT_EQ(said.code, 1);
  EXPECT_TRUE(contains(said.output, "INVALID")) << said.output;
  EXPECT_TRUE(contains(said.output, ", not < 3; msgs-per-op is ")) << said.output;
  EXPECT_TRUE(contains(said.output, "--expect 'stable-max<3,msgs-per-op<0.5'"))
      << "the replay fails alike: " << said.output;
}

TEST(Expect, TheResultsHaveTheLimits) {
  const json results = json::parse(test({"-s", "direct", "--json", "--expect", "msgs-per-op<0.5,ok>0.5"}).output);
  EXPECT_EQ(results["valid?"], false);
  EXPECT_EQ(results["workload"]["valid?"], true);
  const json& limits = results["expect"]["limits"];
  ASSERT_EQ(limits.size(), 2U);
  EXPECT_EQ(limits[0]["figure"], "msgs-per-op");
  EXPECT_EQ(limits[0]["value"], results["net"]["servers"]["msgs-per-op"]);
  EXPECT_EQ(limits[0]["met?"], false);
  EXPECT_EQ(limits[1]["met?"], true);
  EXPECT_EQ(results["expect"]["valid?"], false);
}

TEST(Expect, EverySeedIsHeldToThem) {
  const Said said = test({"-s", "direct", "--seeds", "1..3", "--json", "--expect", "msgs-per-op<0.5"});
  EXPECT_EQ(said.code, 1);
  const auto lines = lines_of(said.output);
  ASSERT_EQ(lines.size(), 3U);
  for (const std::string& line : lines) {
    const json seed = json::parse(line);
    EXPECT_EQ(seed["valid?"], false);
    EXPECT_EQ(seed["expect"][0]["figure"], "msgs-per-op");
    EXPECT_TRUE(contains(seed["reasons"][0], "expect: msgs-per-op is")) << line;
  }
}

TEST(Expect, FiguresThatTheWorkloadHasNotAreRefusedBeforeTheRun) {
  for (const auto& [workload, limits, said] :
       {std::tuple{"echo", "stable-p50<400", "no figure of echo is called stable-p50"},
        std::tuple{"broadcast", "stable-p5<400", "did you mean stable-p50?"},
        std::tuple{"broadcast", "write-p50<400", "known are ok, msgs-per-op, bytes-per-op, stable-p50"},
        std::tuple{"broadcast", "msgs/op<30,stable-p50", "not stable-p50"},
        std::tuple{"broadcast", "msgs-per-op<", "not msgs-per-op<"}, std::tuple{"broadcast", "<30", "not <30"},
        std::tuple{"broadcast", "msgs-per-op<30,", "not an empty one"},
        std::tuple{"broadcast", "msgs-per-op<0x10", "not msgs-per-op<0x10"},
        std::tuple{"broadcast", "msgs-per-op<-1", "not msgs-per-op<-1"},
        std::tuple{"broadcast", "msgs-per-op<30%", "not msgs-per-op<30%"},
        std::tuple{"broadcast", "msgs-per-op=30", "not msgs-per-op=30"}}) {
    const Said refused = test({"--expect", limits}, workload);
    EXPECT_EQ(refused.code, 2) << limits;
    EXPECT_EQ(refused.output, "") << limits;
    EXPECT_TRUE(contains(refused.log, said)) << refused.log;
    EXPECT_EQ(lines_of(refused.log).size(), 1U) << refused.log;
  }
}

}  // namespace
}  // namespace mznode::testing_support

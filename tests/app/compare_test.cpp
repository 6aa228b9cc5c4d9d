#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <regex>

#include "tests/app/child.hpp"

namespace mznode::testing_support {
namespace {

using nlohmann::json;

Said compare(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "compare");
  Child child(arguments);
  return child.said();
}

/// Short tests of broadcast that the arguments are added to.
Said compare_broadcast(const std::vector<std::string>& more) {
  std::vector<std::string> arguments = {"-w", "broadcast", "--time-limit", "2", "--rate", "50", "--latency", "10"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return compare(arguments);
}

TEST(Compare, PrintsARowForEachStrategyAndItsLatencyKind) {
  const Said outcome = compare_broadcast({});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.log, "") << "quiet in a pipe";
  const auto lines = lines_of(outcome.output);
  EXPECT_NE(lines.at(0).find("stable p50"), std::string::npos);
  EXPECT_NE(outcome.output.find("\nflood "), std::string::npos);
  EXPECT_NE(outcome.output.find("\ndirect "), std::string::npos);
  EXPECT_NE(compare({"-w", "echo", "--time-limit", "2"}).output.find("answer p50"), std::string::npos);
}

TEST(Compare, SweepsMultiplyAndPassStrategiesWithoutTheOptionBy) {
  const Said outcome = compare_broadcast(
      {"--strategy", "direct,flood", "--sweep", "flush-ms=0,100", "--sweep", "resend-ms=1500, 3000", "--json"});
  const auto lines = lines_of(outcome.output);
  ASSERT_EQ(lines.size(), 8u);
  std::vector<std::string> contenders;
  for (const auto& line : lines) {
    const json row = json::parse(line);
    contenders.push_back(row["strategy"].get<std::string>() + row["options"].dump());
  }
  EXPECT_EQ(contenders[0], R"(direct{"flush-ms":0,"resend-ms":1500})");
  EXPECT_EQ(contenders[1], R"(direct{"flush-ms":0,"resend-ms":3000})");
  EXPECT_EQ(contenders[7], R"(flood{"flush-ms":100,"resend-ms":3000})");
  // A window makes packets fewer: the values have reached the nodes.
  EXPECT_LT(json::parse(lines[2])["msgs-per-op"], json::parse(lines[0])["msgs-per-op"]);
}

TEST(Compare, FiguresOfSeveralSeedsAreTheWorst) {
  const auto row = [](const std::vector<std::string>& seeds) {
    std::vector<std::string> arguments = {"-s", "flood", "--json", "--latency-dist", "uniform"};
    arguments.insert(arguments.end(), seeds.begin(), seeds.end());
    return json::parse(compare_broadcast(arguments).output);
  };
  const json first = row({"--seed", "1"});
  const json second = row({"--seed", "2"});
  const json both = row({"--seeds", "1..2"});
  EXPECT_EQ(both["seeds"]["count"], 2);
  for (const char* name : {"msgs-per-op", "bytes-per-op"}) {
    EXPECT_NE(first[name], second[name]);
    EXPECT_EQ(both[name], std::max(first[name], second[name]));
  }
  for (const char* quantile : {"0.5", "0.95", "0.99", "1"}) {
    EXPECT_EQ(both["stable-latencies"][quantile],
              std::max(first["stable-latencies"][quantile], second["stable-latencies"][quantile]));
  }
}

TEST(Compare, TheOutputDoesNotDependOnTheJobs) {
  const std::vector<std::string> arguments = {"--seeds",   "1..3",  "--sweep", "flush-ms=0,50",
                                              "--nemesis", "swarm", "--csv",   "--jobs"};
  std::vector<std::string> one = arguments;
  std::vector<std::string> three = arguments;
  one.emplace_back("1");
  three.emplace_back("3");
  EXPECT_EQ(compare_broadcast(one).output, compare_broadcast(three).output);
}

TEST(Compare, ProgramsStandBesideStrategies) {
  const std::string node = MZNODE_BINARY;
  const std::string stale = MZNODE_STALE_NODE;
  const Said outcome = compare({"-w", "unique-ids", "--bin", node + "," + stale, "--bin", node, "-s", "counter,uuid",
                                "--time-limit", "1", "--seeds", "1..2", "--json", "--", "-w", "unique-ids"});
  const auto lines = lines_of(outcome.output);
  ASSERT_EQ(lines.size(), 5u) << outcome.log;
  EXPECT_EQ(json::parse(lines[0])["bin"], node);
  EXPECT_EQ(json::parse(lines[0])["valid?"], true) << "arguments have reached it";
  EXPECT_NE(json::parse(lines[0])["time"], "");
  EXPECT_EQ(json::parse(lines[1])["bin"], stale);
  EXPECT_EQ(json::parse(lines[2])["msgs-per-op"], json::parse(lines[0])["msgs-per-op"]);
  EXPECT_EQ(json::parse(lines[3])["strategy"], "counter");
  const Said table = compare({"-w", "echo", "--bin", node, "--time-limit", "1", "--time", "real", "--", "-w", "echo"});
  EXPECT_EQ(table.code, 0);
  EXPECT_EQ(table.output.find("program "), 0u) << table.output;
  // The sentence may be broken anywhere, because the path before it has any length.
  const std::string sentence = std::regex_replace(table.output, std::regex("\\s+"), " ");
  EXPECT_NE(sentence.find(": real, because --time real was given"), std::string::npos) << table.output;
}

TEST(Compare, WhatIsForProgramsIsRefusedWithoutAny) {
  EXPECT_NE(compare({"-w", "echo", "--", "-w", "echo"}).log.find("--bin, which is not given"), std::string::npos);
  EXPECT_NE(compare({"-w", "echo", "--time", "real"}).log.find("--bin, which is not given"), std::string::npos);
  EXPECT_NE(compare({"-w", "echo", "--bin", MZNODE_BINARY, "--sweep", "flush-ms=1"}).log.find("flush-ms"),
            std::string::npos);
  EXPECT_EQ(compare({"-w", "echo", "--bin", "/no/such/program"}).code, 2);
}

TEST(Compare, CommaSeparatedValuesAreQuoted) {
  const auto lines = lines_of(compare({"-w", "unique-ids", "-s", "snowflake", "--time-limit", "2", "--csv"}).output);
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0].substr(0, 18), "workload,strategy,");
  EXPECT_EQ(lines[0].back(), '\r');
  EXPECT_NE(lines[1].find(",\"all but kill, skew\"\r"), std::string::npos) << lines[1];
}

TEST(Compare, ANotValidRowSaysWhyAndHowToReplayIt) {
  // A node that is dead answers nothing.
  const Said outcome = compare({"-w", "unique-ids", "-s", "counter", "--time-limit", "10", "--rate", "50", "--nemesis",
                                "kill", "--nemesis-interval", "1", "--availability", "total", "--seeds", "1..3"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_NE(outcome.output.find("INVALID"), std::string::npos);
  EXPECT_NE(outcome.output.find("availability"), std::string::npos) << outcome.output;
  EXPECT_NE(outcome.output.find("replay with: mznode test -w unique-ids --strategy counter"), std::string::npos)
      << outcome.output;
  EXPECT_EQ(compare({"-w", "broadcast", "--rate", "0", "--time-limit", "1"}).code, 2) << "nothing was tested";
}

TEST(Compare, WhatDoesNotExistIsRefusedWithTheNamesOfWhatDoes) {
  const auto refusal = [](const std::vector<std::string>& arguments) {
    const Said outcome = compare_broadcast(arguments);
    EXPECT_EQ(outcome.code, 2);
    EXPECT_EQ(outcome.output, "");
    EXPECT_EQ(lines_of(outcome.log).size(), 1u) << outcome.log;
    return outcome.log;
  };
  EXPECT_NE(refusal({"--strategy", "flood,star3"}).find("star3; did you mean star?"), std::string::npos);
  EXPECT_NE(refusal({"--sweep", "flash-ms=1"}).find("flash-ms; did you mean --flush-ms?"), std::string::npos);
  EXPECT_NE(refusal({"--flash-ms", "1"}).find("flash-ms; did you mean --flush-ms?"), std::string::npos);
  EXPECT_NE(refusal({"--sweep", "flush-ms"}).find("such as flush-ms=50,100"), std::string::npos);
  EXPECT_NE(refusal({"--sweep", "flush-ms=0,x"}).find("0 to 60000"), std::string::npos);
  EXPECT_NE(refusal({"--sweep", "flush-ms=0", "--flush-ms", "1"}).find("given twice"), std::string::npos);
  refusal({"--jobs", "0"});
  refusal({"--csv", "--json"});
  refusal({"stray"});
}

}  // namespace
}  // namespace mznode::testing_support

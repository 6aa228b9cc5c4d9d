#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "tests/app/child.hpp"
#include "tests/contains.hpp"
#include "tests/temporary_directory.hpp"

namespace mznode::testing_support {
namespace {

using nlohmann::json;
using Words = std::vector<std::string>;

const Words all_names = {"1", "2", "3a", "3b", "3c", "3d", "3e", "4", "5a", "5b", "5c", "6a", "6b", "6c"};

Said challenge(Words words) {
  words.insert(words.begin(), {"challenge", "--store", ""});
  Child child(words);
  return child.said();
}

std::vector<json> json_lines(const std::string& text) {
  std::vector<json> lines;
  for (const std::string& line : lines_of(text)) lines.push_back(json::parse(line));
  return lines;
}

std::multiset<std::string> words_in(const std::string& text) {
  std::istringstream stream(text);
  return {std::istream_iterator<std::string>(stream), {}};
}

/// The test that the scripts of maelstrom-runs/ run for a challenge under the real Maelstrom.
std::string flags_of_script(const std::string& name) {
  const std::string command = "bash -c 'source " MZNODE_SOURCE_DIR "/maelstrom-runs/lib.sh; describe " + name +
                              "; echo -w $workload ${test_flags[*]} ${node_options[*]}'";
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  std::string output;
  for (int c = 0; (c = std::getc(pipe.get())) != EOF;) output += static_cast<char>(c);
  return output;
}

TEST(Challenge, OurNodesPassAllWithTheFlagsOfTheScripts) {
  const Said said = challenge({"--all", "--json"});
  EXPECT_EQ(said.code, 0) << said.output << said.log;
  EXPECT_EQ(said.log, "") << "quiet in a pipe";
  const auto lines = json_lines(said.output);
  ASSERT_EQ(lines.size(), all_names.size());
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const json& line = lines[i];
    EXPECT_EQ(line["challenge"], all_names[i]);
    EXPECT_EQ(line["passed?"], true) << line;
    std::string command = line["commands"].back().get<std::string>();
    EXPECT_TRUE(command.starts_with("mznode test ")) << command;
    command.erase(0, std::string("mznode test ").size());
    if (const std::size_t at = command.find("--expect "); at != std::string::npos) {
      command.erase(at, command.find("' ", at) + 2 - at);
    }
    // Those of challenge 6 that meet partitions have names of their own there.
    const std::string name = all_names[i] + (all_names[i] == "6b" || all_names[i] == "6c" ? "p" : "");
    EXPECT_EQ(words_in(command), words_in(flags_of_script(name))) << name;
  }
  EXPECT_EQ(lines[12]["commands"].size(), 2U) << "6b is run without partitions, and with them";
  EXPECT_EQ(lines[5]["elsewhere"]["msgs-per-op"], 1.99);
}

TEST(Challenge, TheLimitsAreThoseOfItsPage) {
  const auto limits_of = [](const std::string& name) {
    std::map<std::string, std::string> limits;
    const Said said = challenge({name, "--json"});
    const json line = json_lines(said.output).at(0);
    for (const json& limit : line["limits"]) {
      limits[limit["figure"]] = limit["limit"];
      EXPECT_EQ(limit["met?"], true);
      EXPECT_GT(limit["share"], 0.0);
      EXPECT_LT(limit["share"], 1.0);
    }
    return limits;
  };
  using Limits = std::map<std::string, std::string>;
  EXPECT_EQ(limits_of("3d"), (Limits{{"msgs-per-op", "< 30"}, {"stable-p50", "< 400"}, {"stable-max", "< 600"}}));
  EXPECT_EQ(limits_of("3e"), (Limits{{"msgs-per-op", "< 20"}, {"stable-p50", "< 1000"}, {"stable-max", "< 2000"}}));
  EXPECT_EQ(limits_of("3b"), Limits());
}

TEST(Challenge, OneIsShownWithAllThatItsTestSays) {
  const Said said = challenge({"3d"});
  EXPECT_EQ(said.code, 0) << said.output;
  for (const char* part :
       {"broadcast, star: 25 nodes", "verdict      valid", "stable-max", "< 600", "3d efficient broadcast I: passed"}) {
    EXPECT_TRUE(contains(said.output, part)) << said.output;
  }
}

TEST(Challenge, ANodeBeyondTheLimitsDoesNotPass) {
  // A flood is correct, and takes its time.
  const Said said = challenge({"3d", "--bin", MZNODE_BINARY, "--", "-w", "broadcast", "-s", "flood"});
  EXPECT_EQ(said.code, 1) << said.output << said.log;
  EXPECT_TRUE(contains(said.output, "3d efficient broadcast I: NOT PASSED")) << said.output;
  EXPECT_TRUE(contains(said.output, "missed")) << said.output;
  EXPECT_TRUE(contains(said.output, ", not < 400")) << said.output;
}

TEST(Challenge, EverySeedMustPass) {
  const json line = json_lines(challenge({"3c", "--seeds", "1..4", "--json"}).output).at(0);
  EXPECT_EQ(line["seeds"]["count"], 4);
  EXPECT_EQ(line["passed?"], true);
  double most = 0;
  for (const char* seed : {"1", "2", "3", "4"}) {
    most = std::max(most,
                    json_lines(challenge({"3c", "--seed", seed, "--json"}).output).at(0)["msgs-per-op"].get<double>());
  }
  EXPECT_EQ(line["msgs-per-op"], most) << "the figure is that of the worst seed";
}

TEST(Challenge, ANodeThatEndsAtOnceFails) {
  const Said said = challenge({"1", "3a", "--bin", "/bin/true"});
  EXPECT_EQ(said.code, 1);
  EXPECT_TRUE(contains(said.output, "0 of 2 passed")) << said.output;
  EXPECT_TRUE(contains(said.output, "replay with  mznode test -w echo --bin /bin/true")) << said.output;
}

TEST(Challenge, AFileNamesANodeForEach) {
  const TemporaryDirectory root;
  const std::string file = (root / "nodes").string();
  std::ofstream(file) << "# mine\n\n3a,3b \"" MZNODE_BINARY
                         "\" -w broadcast -s flood # along the grid\n1 " MZNODE_BINARY " -w 'echo'\n";
  const auto lines = json_lines(challenge({"--nodes", file, "--json"}).output);
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[0]["challenge"], "1");
  EXPECT_EQ(lines[2]["challenge"], "3b");
  for (const json& line : lines) EXPECT_EQ(line["passed?"], true) << line;
  EXPECT_TRUE(contains(lines[1]["commands"][0], "-- -w broadcast -s flood")) << lines[1];
  EXPECT_EQ(json_lines(challenge({"3b", "--nodes", file, "--json"}).output).size(), 1U);
  EXPECT_TRUE(contains(challenge({"3c", "--nodes", file}).log, "names no node for 3c"));
}

TEST(Challenge, AFileThatIsWrongIsRefusedByItsLine) {
  const TemporaryDirectory root;
  const std::string file = (root / "nodes").string();
  for (const auto& [text, said] :
       {std::pair{"1 /bin/cat\n3f /bin/cat\n", ":2: no challenge is called 3f; did you mean 3"},
        {"1\n", ":1: a line names challenges, then the program"},
        {"1 /bin/cat\n\n1,2 /bin/cat\n", ":3: challenge 1 is named twice"},
        {"1 '/bin/cat\n", ":1: the quotation mark ' has no partner"},
        {"1,,2 /bin/cat\n", ":1: the beginning of a line takes"},
        {"# nothing\n", "names no challenge"},
        {"1 ./no-such-node\n", "cannot run ./no-such-node"}}) {
    std::ofstream(file) << text;
    const Said refused = challenge({"--nodes", file});
    EXPECT_EQ(refused.code, 2) << text;
    EXPECT_EQ(refused.output, "") << text;
    EXPECT_TRUE(contains(refused.log, said)) << refused.log;
  }
  EXPECT_TRUE(contains(challenge({"--nodes", (root / "none").string()}).log, "No such file or directory"));
}

TEST(Challenge, WhatCannotBeIsRefused) {
  for (const auto& [words, said] :
       {std::pair{Words{"3f"}, "no challenge is called 3f; did you mean 3a? Known are 1, 2, 3a"},
        {{"33d"}, "did you mean 3d?"},
        {{}, "name a challenge, or give --all; known are 1, 2"},
        {{"1", "--all"}, "exclude each other"},
        {{"1", "--bin", "/bin/cat", "--nodes", "x"}, "exclude each other"},
        {{"1", "--seed", "1", "--seeds", "1..2"}, "exclude each other"},
        {{"1", "--", "x"}, "is for the nodes of --bin"},
        {{"1", "--time", "real"}, "--time is about the processes of --bin"},
        {{"1", "--bin", "./no-such-node"}, "there is no such file"},
        {{"1", "--seeds", "2..1"}, "--seeds takes"},
        {{"1", "2", "--report", "x.html"}, "--report is about one test"},
        {{"1", "--jsn"}, "did you mean --json?"}}) {
    const Said refused = challenge(words);
    EXPECT_EQ(refused.code, 2) << said;
    EXPECT_EQ(refused.output, "") << said;
    EXPECT_TRUE(contains(refused.log, said)) << refused.log;
    EXPECT_EQ(lines_of(refused.log).size(), 1U) << refused.log;
  }
}

}  // namespace
}  // namespace mznode::testing_support

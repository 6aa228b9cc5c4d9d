#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <regex>
#include <set>
#include <sstream>

#include "tests/app/child.hpp"

namespace mznode::testing_support {
namespace {

const std::vector<std::vector<std::string>> commands = {{},       {"test"}, {"challenge"}, {"compare"},    {"check"},
                                                        {"init"}, {"list"}, {"demo"},      {"completion"}, {"man"}};

std::string output_of(const std::vector<std::string>& arguments) {
  Child child(arguments);
  EXPECT_EQ(child.finish().code, 0);
  EXPECT_EQ(child.log(), "");
  return child.output();
}

std::string help_of(std::vector<std::string> command) {
  // Without a command, --help alone is about the whole program; with an option it is about the node.
  if (command.empty()) command = {"--threads", "1"};
  command.push_back("--help");
  return output_of(command);
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

/// Letters and not bytes, of which some letters have several.
std::size_t letters(const std::string& line) {
  std::size_t count = 0;
  for (const char c : line) count += (static_cast<unsigned char>(c) & 0xC0) != 0x80 ? 1 : 0;
  return count;
}

std::set<std::string> flags_in(const std::string& help) {
  std::set<std::string> flags;
  const std::regex flag("^  (-[a-z], )?(--[a-z-]+)");
  for (const auto& line : lines_of(help)) {
    std::smatch match;
    if (std::regex_search(line, match, flag)) flags.insert(match[2]);
  }
  return flags;
}

/// What a shell would offer in the place of the last word.
std::set<std::string> offers(std::vector<std::string> words) {
  words.insert(words.begin(), "complete");
  std::set<std::string> offered;
  for (const auto& line : lines_of(output_of(words))) offered.insert(line.substr(0, line.find('\t')));
  return offered;
}

TEST(CommandLine, EveryHelpFitsAScreen) {
  for (const auto& command : commands) {
    const auto lines = lines_of(help_of(command));
    EXPECT_LE(lines.size(), 50U) << lines.front();
    for (const auto& line : lines) EXPECT_LE(letters(line), 80U) << line;
  }
  EXPECT_LE(lines_of(output_of({"--help"})).size(), 24U);
}

TEST(CommandLine, HelpShowsDefaults) {
  const std::string help = help_of({"test"});
  for (const char* shown : {"[n1,n2,n3,n4,n5]", "[1n; lin-kv: 2n]", "[60]", "[maelstrom]",
                            "[as promised; --bin: strict-serializable]", "[store]"}) {
    EXPECT_NE(help.find(shown), std::string::npos) << shown;
  }
}

TEST(CommandLine, EveryOptionIsInTheManualPageAndCompleted) {
  std::string page = output_of({"man"});
  page = std::regex_replace(page, std::regex("\\\\-"), "-");
  for (const auto& command : commands) {
    const auto flags = flags_in(help_of(command));
    EXPECT_FALSE(flags.empty());
    std::vector<std::string> words = command;
    words.push_back("--");  // where an option begins
    const auto offered = offers(words);
    for (const auto& flag : flags) {
      EXPECT_NE(page.find(flag), std::string::npos) << flag;
      EXPECT_TRUE(offered.contains(flag)) << flag;
    }
  }
}

TEST(CommandLine, CompletionKnowsTheWordsOfEachPlace) {
  EXPECT_TRUE(offers({""}).contains("compare"));
  EXPECT_EQ(offers({"comp"}), (std::set<std::string>{"compare", "completion"}));
  EXPECT_TRUE(offers({"-w", "bro"}).contains("broadcast"));
  EXPECT_EQ(offers({"test", "-w", "broadcast", "-s", "fl"}), (std::set<std::string>{"flood"}));
  EXPECT_EQ(offers({"test", "-w", "broadcast", "-s", "tree", "--ch"}), (std::set<std::string>{"--children"}));
  EXPECT_EQ(offers({"test", "-w", "broadcast", "-s", "flood", "--ch"}), (std::set<std::string>{}));
  EXPECT_EQ(offers({"test", "--nemesis", "partition,pa"}),
            (std::set<std::string>{"partition,partition-one-way", "partition,pause"}));
  EXPECT_EQ(offers({"compare", "-w", "g-set", "--strategy", "delta,f"}), (std::set<std::string>{"delta,full"}));
  EXPECT_TRUE(offers({"check", "-w", "cas"}).contains("cas-register"));
  EXPECT_EQ(offers({"check", "--model", "un"}), (std::set<std::string>{"unordered-queue"}));
  EXPECT_EQ(offers({"check", "--assume", "wfr-keys,s"}), (std::set<std::string>{"wfr-keys,sequential-keys"}));
  EXPECT_EQ(offers({"test", "--bin", "./"}), (std::set<std::string>{}));  // the shell completes names of files
  EXPECT_EQ(offers({"completion", "z"}), (std::set<std::string>{"zsh"}));
  EXPECT_EQ(offers({"challenge", "3d", "6"}), (std::set<std::string>{"6a", "6b", "6c"}));
  EXPECT_EQ(offers({"init", "r"}), (std::set<std::string>{"ruby", "rust"}));
  EXPECT_EQ(offers({"list", "kaf"}), (std::set<std::string>{"kafka"}));
  EXPECT_EQ(offers({"test", "--time", "v"}), (std::set<std::string>{"virtual"}));
  EXPECT_EQ(offers({"test", "--bin", "node", "--", "--no"}), (std::set<std::string>{}));  // another program's words
}

TEST(CommandLine, BashCompletes) {
  const std::string program = MZNODE_BINARY;
  const std::string script = "source <(" + program + " completion bash); COMP_WORDS=(" + program +
                             " test -w broadcast -s fl); COMP_CWORD=5; _mznode " + program +
                             "; [[ ${COMPREPLY[*]} == flood ]]";
  EXPECT_EQ(std::system(("bash -c '" + script + "'").c_str()), 0);
}

TEST(CommandLine, TheManualPageIsValid) {
  if (std::system("command -v groff >/dev/null") != 0) GTEST_SKIP() << "groff is not installed";
  const std::string check = std::string(MZNODE_BINARY) + " man | groff -man -Tutf8 -ww -z 2>&1 | grep .";
  EXPECT_NE(std::system(check.c_str()), 0) << "groff has complaints";
}

TEST(CommandLine, LinKvHasEnoughClientsByDefault) {
  output_of({"compare", "-w", "lin-kv", "--strategy", "proxy", "--rate", "50", "--time-limit", "10"});
}

TEST(CommandLine, AnEmptyWordIsNoCommand) {
  Child child({""});
  EXPECT_EQ(child.finish().code, 2);
}

TEST(CommandLine, TheReplayHasAllThatTheVerdictRestsOnAndCanBePasted) {
  Child child({"test", "-w", "lin-kv", "--nodes", "n0,it's n1,n2", "--availability", "0.999", "--nemesis", "partition",
               "--nemesis-interval", "1", "--time-limit", "10", "--concurrency", "6", "--store", ""});
  EXPECT_EQ(child.finish().code, 1) << child.log();
  EXPECT_NE(child.output().find("--nodes 'n0,it'\\''s n1,n2' "), std::string::npos) << child.output();
  EXPECT_NE(child.output().find(" --availability 0.999 "), std::string::npos) << child.output();
}

TEST(CommandLine, TheReplayDemandsTheSameModel) {
  for (const auto& [model, said] : {std::pair{"strict-serializable", true}, {"read-atomic", false}}) {
    Child child({"test", "-w", "txn-rw-register", "--consistency-models", model, "--availability", "total",
                 "--time-limit", "5", "--rate", "100", "--node-count", "3", "--nemesis", "kill", "--nemesis-interval",
                 "1", "--store", ""});
    EXPECT_EQ(child.finish().code, 1) << child.log();
    const bool is_said = child.output().find("--consistency-models") != std::string::npos;
    EXPECT_EQ(is_said, said) << child.output();
  }
}

TEST(CommandLine, NodesHaveNamesThatNobodyElseHasAndThatFilesCanHave) {
  for (const auto& [nodes, said] : {std::pair{"n1,n2,n1", "n1 twice"},
                                    {"n1,c7", "the name of a client"},
                                    {"seq-kv,n1", "the name of a service"},
                                    {"n1,rack/n2", "one without /"},
                                    {"..", "one without /"}}) {
    Child child({"test", "-w", "echo", "--nodes", nodes, "--store", ""});
    EXPECT_EQ(child.finish().code, 2);
    EXPECT_NE(child.log().find(said), std::string::npos) << child.log();
  }
}

TEST(CommandLine, EveryStrategyIsHeldToItsPromiseByDefault) {
  output_of({"test", "-w", "txn-rw-register", "--time-limit", "10", "--rate", "100", "--store", ""});
  output_of({"compare", "-w", "txn-rw-register", "--time-limit", "10", "--rate", "50"});
}

TEST(CommandLine, OutputThatGoesNowhereIsNoSuccess) {
  const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  ASSERT_GE(full, 0);
  Child child({"list"}, full);
  EXPECT_EQ(child.finish().code, 2);
  EXPECT_NE(child.log().find("standard output"), std::string::npos) << child.log();
  ::close(full);
}

TEST(CommandLine, WhatCannotBeReportedIsPrintedAllTheSame) {
  Child child({"compare", "-w", "echo", "--time-limit", "1", "--report", "/dev/full"});
  EXPECT_EQ(child.finish().code, 2);
  EXPECT_NE(child.output().find("echo"), std::string::npos);
}

TEST(CommandLine, KeysAndTransactionsHaveTheFlagsOfMaelstrom) {
  const std::string results =
      output_of({"test", "-w", "txn-list-append", "--key-count", "1", "--max-txn-length", "1", "--max-writes-per-key",
                 "1", "--time-limit", "20", "--store", "", "--log-net-recv"});
  const std::regex second_operation(R"re("txn":\[\["(append|r)",[0-9]+,([0-9]+|null)\],)re");
  EXPECT_FALSE(std::regex_search(results, second_operation)) << results;
  EXPECT_NE(results.find("[\"append\",9,1]"), std::string::npos) << "no key is replaced after its first append";
}

TEST(CommandLine, WhatIsAboutOneTestIsRefusedForSeveral) {
  for (const char* flag : {"--self-check", "--log-stderr", "--log-net-send", "--log-net-recv"}) {
    Child child({"test", "-w", "echo", "--seeds", "1..3", flag, "--store", ""});
    EXPECT_EQ(child.finish().code, 2);
    EXPECT_NE(child.log().find(std::string(flag) + " is about one test"), std::string::npos) << child.log();
  }
}

}  // namespace
}  // namespace mznode::testing_support

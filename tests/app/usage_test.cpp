#include <gtest/gtest.h>

#include <regex>

#include "tests/app/child.hpp"

namespace mznode::testing_support {
namespace {

/// What the program says about `arguments`, which it must refuse with exit code 2 and nothing on its output.
std::string refusal_of(const std::vector<std::string>& arguments) {
  Child child(arguments);
  EXPECT_EQ(child.finish().code, 2);
  EXPECT_EQ(child.output(), "");
  return child.log();
}

using Words = std::vector<std::string>;

std::string refusal_of_test(const Words& options) {
  Words arguments = {"test", "-w", "broadcast", "--store", ""};
  arguments.insert(arguments.end(), options.begin(), options.end());
  return refusal_of(arguments);
}

void expect_names(const std::string& text, const std::vector<std::string>& names) {
  for (const auto& name : names) EXPECT_NE(text.find(name), std::string::npos) << name << " is not in: " << text;
}

TEST(Usage, AnUnknownWorkloadNamesTheValidOnes) {
  expect_names(refusal_of({"--workload", "ecko"}), {"ecko", "echo", "unique-ids", "broadcast"});
}

TEST(Usage, AnUnknownStrategyNamesTheValidOnes) {
  expect_names(refusal_of({"-w", "broadcast", "-s", "flod"}), {"flod", "flood", "direct"});
}

TEST(Usage, AnUnknownOptionNamesTheValidOnes) {
  expect_names(refusal_of({"-w", "broadcast", "-s", "flood", "--flush", "1"}),
               {"--flush", "--flush-ms", "--ack-ms", "--resend-ms"});
  expect_names(refusal_of({"-w", "echo", "--flush-ms", "1"}), {"--flush-ms"});
}

TEST(Usage, AValueThatDoesNotFitNamesTheRange) {
  for (const char* value : {"x", "-1", "1.5", "99999999999999999999", ""}) {
    expect_names(refusal_of({"-w", "broadcast", "-s", "flood", std::string("--flush-ms=") + value}),
                 {"--flush-ms", "0", "60000"});
  }
  expect_names(refusal_of({"-w", "broadcast", "-s", "flood", "--flush-ms"}), {"--flush-ms"});
  expect_names(refusal_of({"-w", "echo", "--log-level", "loud"}), {"loud", "trace", "warn"});
  refusal_of({"-w", "echo", "--threads", "0"});
  refusal_of({"-w", "echo", "stray"});
}

TEST(Usage, AnOptionOfAnotherStrategyNamesThoseThatHaveIt) {
  expect_names(refusal_of_test({"-s", "flood", "--children", "3"}),
               {"--children is no option of flood", "broadcast's tree"});
  expect_names(refusal_of_test({"--bin", "/bin/cat", "--children", "3"}), {"broadcast's tree", "stands behind --"});
  expect_names(refusal_of({"-w", "echo", "--children", "3"}), {"is no option of echo", "broadcast's tree"});
}

TEST(Usage, WhatIsWrongIsSaidInWords) {
  for (const auto& [words, said] :
       {std::pair{Words{"check", "-w", "lin-kv", "--jsn", "x"}, "no option is called --jsn"},
        {{"check", "-w", "lin-kv", "--compat", "jepse", "x"}, "--compat takes"},
        {{"test", "-w", "echo", "--seed", "1", "--seed", "2"}, "--seed is given more than once"},
        {{"test", "-w", "echo", "--store"}, "--store needs a value"},
        {{"test", "-w", "echo", "--expect", ""}, "leave it out, or give it one (LIMITS)"},
        {{"test", "-w", "echo", "--report", "-"}, "name a file, such as report.html"},
        {{"check", "-w", "echo", "x", "--report", "-"}, "name a file, such as report.html"},
        {{"test", "-w", "echo", "--seed", "1", "--seeds", "1..2"}, "--seeds exclude"},
        {{"list", "--all"}, "no option is called --all"},
        {{"completion", "tcsh"}, "takes"}}) {
    const std::string refusal = refusal_of(words);
    expect_names(refusal, {said});
    for (const char* raw : {"was not expected", "required", "not in {", "excludes "}) {
      EXPECT_EQ(refusal.find(raw), std::string::npos) << refusal;
    }
  }
}

TEST(Usage, AbbreviationsOfModelsAreUnderstood) {
  for (const auto& [given, meant] : {std::pair{"si", "snapshot-isolation"},
                                     {"rc", "read-committed"},
                                     {"ra", "read-atomic"},
                                     {"psi", "parallel-snapshot-isolation"},
                                     {"SI", "snapshot-isolation"},
                                     {"serial", "serializable"}}) {
    expect_names(refusal_of({"test", "-w", "txn-list-append", "--consistency-models", given}),
                 {"did you mean " + std::string(meant) + "?"});
  }
}

TEST(Usage, WhatTransactionsMustSatisfyIsNamedByTheModelsThatExist) {
  expect_names(refusal_of({"check", "-w", "list-append", "--consistency-models", "serialisable", "no-file"}),
               {"serialisable", "did you mean serializable?"});
  expect_names(refusal_of({"check", "-w", "list-append", "--consistency-models", "xyzzy", "no-file"}),
               {"xyzzy", "known are", "snapshot-isolation"});
  expect_names(refusal_of({"check", "-w", "rw-register", "--assume", "luck", "no-file"}), {"luck", "wfr-keys"});
  expect_names(refusal_of({"test", "-w", "txn-list-append", "--consistency-models", "serializable , linear"}),
               {"linear", "linearizable"});
}

TEST(Usage, WhatWouldDoNothingIsRefused) {
  for (const auto& [words, said] :
       {std::pair{Words{"--", "--strategy", "direct"}, "is for the nodes of --bin"},
        {{"--bin", "/bin/cat", "--strategy", "direct"}, "it goes behind --"},
        {{"--bin", "/bin/cat", "--no-storage"}, "--no-storage is about"},
        {{"--bin", "/bin/cat", "--time", "real", "--self-check"}, "--self-check needs virtual time"},
        {{"--bin", "/bin/cat", "--time", "slow"}, "auto, virtual"},
        {{"--time", "real"}, "--time is about the processes of --bin"},
        {{"--bin", ""}, "--bin is given an empty value"},
        {{"--memory", "100"}, "the processes of --bin"},
        {{"--shard", "1/2"}, "give --seeds"},
        {{"--seed", "7", "--seeds", "1..2"}, "--seed"},
        {{"--test-count", "7", "--seeds", "1..2"}, "--test-count"},
        {{"--nodes", "a,b", "--node-count", "1"}, "--node-count"},
        {{"--json", "--shrink"}, "--shrink"}}) {
    expect_names(refusal_of_test(words), {said});
  }
}

TEST(Usage, NumbersThatNoMachineCanServeAreRefused) {
  for (const auto& [words, said] : {std::pair{Words{"--seeds", "0..100000000000"}, "--shard 1/N"},
                                    {{"--seeds", "0..18446744073709551615"}, "--shard 1/N"},
                                    {{"--seed", "18446744073709551615", "--test-count", "2"}, "behind --seed"},
                                    {{"--seed", "-1"}, "a whole number from 0"},
                                    {{"--seed", "18446744073709551616"}, "a whole number from 0"},
                                    {{"--node-count", "1000", "--concurrency", "101n"}, "at most 100000 clients"},
                                    {{"--node-count", "0"}, "1 to 1000"},
                                    {{"--latency", "1.5"}, "--latency takes a whole number from 0 to 3600000, not 1.5"},
                                    {{"--availability", "all"}, "total or a number from 0 to 1"},
                                    {{"--key-count", "0"}, "1 to 100000"}}) {
    expect_names(refusal_of_test(words), {said});
  }
}

/// What a command needs to get as far as its options.
struct Command {
  Words before;
  Words behind;
};
const std::vector<Command> all_commands = {
    {{"-w", "echo"}, {}},
    {{"test", "-w", "echo", "--store", ""}, {}},
    {{"compare", "-w", "echo"}, {}},
    {{"check", "-w", "lin-kv"}, {"no-file"}},
};

/// Every option of a command that takes a value, with the word that its help has for the value.
std::vector<std::pair<std::string, std::string>> options_with_values(const Command& command) {
  Words words = command.before;
  words.insert(words.end(), {"--jobs", "1", "--help"});
  if (command.before[0] == "-w" || command.before[0] == "check") words = {command.before[0], "--help"};
  if (command.before[0] == "-w") words = {"--threads", "1", "--help"};
  Child child(words);
  EXPECT_EQ(child.finish().code, 0) << child.log();
  std::vector<std::pair<std::string, std::string>> options;
  const std::regex option("^  (-[a-z], )?(--[a-z-]+) ([A-Z][^ ]*)");
  for (const std::string& each : lines_of(child.output())) {
    std::smatch match;
    if (std::regex_search(each, match, option)) options.emplace_back(match[2], match[3]);
  }
  EXPECT_GE(options.size(), 5U);
  return options;
}

std::string refusal_of_option(const Command& command, const Words& option) {
  Words words = command.before;
  words.insert(words.end(), option.begin(), option.end());
  words.insert(words.end(), command.behind.begin(), command.behind.end());
  return refusal_of(words);
}

TEST(Usage, NoOptionOfAnyCommandTakesAnEmptyValue) {
  for (const Command& command : all_commands) {
    for (const auto& [option, value] : options_with_values(command)) {
      if (option == "--store" || option == "--workload") continue;
      expect_names(refusal_of_option(command, {option, ""}), {option, "empty value"});
      expect_names(refusal_of_option(command, {option + "="}), {option, "empty value"});
    }
  }
}

TEST(Usage, NumbersAreDecimal) {
  std::size_t count = 0;
  for (const Command& command : all_commands) {
    for (const auto& [option, value] : options_with_values(command)) {
      if (value != "N" && value != "MS" && value != "MIB" && value != "S") continue;
      ++count;
      for (const char* given : {"0x10", "1e3", "+1", " 1", "1 ", "-1", "1,000", "NaN", "999999999999999999999"}) {
        expect_names(refusal_of_option(command, {option, given}), {option, "not " + std::string(given)});
      }
    }
  }
  EXPECT_GE(count, 20U);
  for (const auto& [words, said] :
       {std::pair{Words{"--seeds", "0x1..5"}, "--seeds takes"},
        {{"--seeds", "1..0x5"}, "--seeds takes"},
        {{"--seeds", "1..5", "--shard", "0x1/2"}, "--shard takes"},
        {{"-s", "flood", "--flush-ms", "0x10"}, "--flush-ms takes a whole number from 0"}}) {
    expect_names(refusal_of_test(words), {said});
  }
}

TEST(Usage, ListsHaveNoEmptyPlaces) {
  for (const char* list : {",", "a,", ",a", "a,,b", "a, ,b"}) {
    for (const char* option : {"--nodes", "--nemesis", "--consistency-models"}) {
      expect_names(refusal_of_test({option, list}), {option, list, "empty"});
    }
    expect_names(refusal_of({"compare", "-w", "broadcast", "--strategy", list}), {"--strategy", "empty"});
    expect_names(refusal_of({"compare", "-w", "broadcast", "--sweep", "flush-ms=" + std::string(list)}),
                 {"--sweep", "empty"});
    expect_names(refusal_of({"check", "-w", "list-append", "--consistency-models", list, "no-file"}),
                 {"--consistency-models", "empty"});
  }
}

TEST(Usage, FilesMayFollowTheAssumptions) {
  Child child({"check", "-w", "rw-register", "--assume", "wfr-keys,sequential-keys", "/dev/null", "/dev/null"});
  EXPECT_EQ(child.finish().code, 2);
  EXPECT_EQ(child.output(), "/dev/null\tunknown\n/dev/null\tunknown\n");
}

TEST(Usage, AnUnknownCommandPointsToTheHelp) {
  expect_names(refusal_of({"tset"}), {"tset", "--help"});
}

TEST(Usage, HelpAndListAndVersionGoToTheOutput) {
  for (const auto& arguments : std::vector<std::vector<std::string>>{
           {"--help"}, {"help"}, {"list"}, {"--version"}, {"version"}, {"-w", "broadcast", "--help"}}) {
    Child child(arguments);
    EXPECT_EQ(child.finish().code, 0);
    EXPECT_FALSE(child.output().empty());
    EXPECT_EQ(child.log(), "");
  }
  Child list({"list"});
  list.finish();
  expect_names(list.output(), {"echo", "unique-ids", "broadcast", "flood", "--flush-ms", "partition"});
}

TEST(Usage, NothingAtAllIsRefusedWithTheHelp) {
  Child child(std::vector<std::string>{});
  EXPECT_EQ(child.finish().code, 2);
  EXPECT_FALSE(child.output().empty() && child.log().empty());
}

}  // namespace
}  // namespace mznode::testing_support

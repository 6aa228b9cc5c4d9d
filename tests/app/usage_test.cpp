#include <gtest/gtest.h>

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
  expect_names(refusal_of({"-w", "broadcast", "-s", "flood", "--flush", "1"}), {"--flush", "--flush-ms", "--ack-ms", "--resend-ms"});
  expect_names(refusal_of({"-w", "echo", "--flush-ms", "1"}), {"--flush-ms"});
}

TEST(Usage, AValueThatDoesNotFitNamesTheRange) {
  for (const char* value : {"x", "-1", "1.5", "99999999999999999999", ""}) {
    expect_names(refusal_of({"-w", "broadcast", "-s", "flood", std::string("--flush-ms=") + value}), {"--flush-ms", "0", "60000"});
  }
  expect_names(refusal_of({"-w", "broadcast", "-s", "flood", "--flush-ms"}), {"--flush-ms"});
  expect_names(refusal_of({"-w", "echo", "--log-level", "loud"}), {"loud", "trace", "warn"});
  refusal_of({"-w", "echo", "--threads", "0"});
  refusal_of({"-w", "echo", "stray"});
}

TEST(Usage, WhatTransactionsMustSatisfyIsNamedByTheModelsThatExist) {
  expect_names(refusal_of({"check", "-w", "list-append", "--consistency-models", "serialisable", "no-file"}),
               {"serialisable", "did you mean serializable?", "snapshot-isolation"});
  expect_names(refusal_of({"check", "-w", "rw-register", "--assume", "luck", "no-file"}), {"luck", "wfr-keys"});
  expect_names(refusal_of({"test", "-w", "txn-list-append", "--consistency-models", "serializable , linear"}),
               {"linear", "linearizable"});
}

TEST(Usage, WhatWouldDoNothingIsRefused) {
  for (const auto& [words, said] : {std::pair{Words{"--", "--strategy", "direct"}, "is for the nodes of --bin"},
                                    {{"--bin", "/bin/cat", "--strategy", "direct"}, "it goes behind --"},
                                    {{"--bin", "/bin/cat", "--no-storage"}, "--no-storage is about"},
                                    {{"--bin", "/bin/cat", "--self-check"}, "--self-check needs virtual time"},
                                    {{"--bin", ""}, "cannot run"},
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
                                    {{"--latency", "1.5"}, "it takes a whole number"},
                                    {{"--availability", "all"}, "total or a number from 0 to 1"},
                                    {{"--key-count", "0"}, "1 to 100000"}}) {
    expect_names(refusal_of_test(words), {said});
  }
}

TEST(Usage, FilesMayFollowTheAssumptions) {
  Child child({"check", "-w", "rw-register", "--assume", "wfr-keys,sequential-keys", "/dev/null", "/dev/null"});
  EXPECT_EQ(child.finish().code, 2);
  EXPECT_EQ(child.output(), "/dev/null\tunknown\n/dev/null\tunknown\n");
}

TEST(Usage, AnUnknownCommandPointsToTheHelp) { expect_names(refusal_of({"tset"}), {"tset", "--help"}); }

TEST(Usage, HelpAndListAndVersionGoToTheOutput) {
  for (const auto& arguments : std::vector<std::vector<std::string>>{
           {"--help"}, {"help"}, {"list"}, {"--version"}, {"-w", "broadcast", "--help"}}) {
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

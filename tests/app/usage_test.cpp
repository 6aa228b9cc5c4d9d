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

// Whole tests on processes, from the first init to the verdict.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <string>
#include <vector>

#include "mznode/sim/process_host.hpp"
#include "mznode/trace/traced_process.hpp"
#include "mznode/workloads/harness.hpp"
#include "process_table.hpp"
#include "tests/contains.hpp"
#include "tests/sim/broken_node.hpp"

namespace mznode::sim {
namespace {

TestSettings echo_settings(const std::vector<std::string>& arguments) {
  TestSettings settings;
  settings.workload = "echo";
  settings.bin = broken_node;
  settings.bin_args = arguments;
  settings.nodes = {"n1", "n2"};
  settings.rate_millis = 100'000;
  settings.time_limit = 200ms;
  return settings;
}

TestReport run_echo(const std::vector<std::string>& arguments) {
  return run_test(echo_settings(arguments), [] { return false; });
}

TEST(ProcessHostRun, OurOwnNodePasses) {
  TestSettings settings = echo_settings({"--workload", "echo"});
  settings.bin = MZNODE_BINARY;
  settings.nemesis = {"swarm"};
  settings.time_limit = 2s;
  const TestReport report = run_test(settings, [] { return false; });
  EXPECT_EQ(report.valid(), check::Valid::yes) << report.results().dump(1);
  EXPECT_GT(report.results()["stats"]["ok-count"], 5);
}

TEST(ProcessHostRun, WhatTheMachineMeasuredCannotBeRepeated) {
  if (trace::unavailable()) GTEST_SKIP() << *trace::unavailable();
  TestSettings settings = echo_settings({"good"});
  EXPECT_EQ(run_test(settings, [] { return false; }).results()["time"]["repeatable?"], true);
  settings.process_time.cpu_time_permille = 1000;
  const TestReport report = run_test(settings, [] { return false; });
  EXPECT_EQ(report.valid(), check::Valid::yes);
  EXPECT_EQ(report.results()["time"]["repeatable?"], false);
  EXPECT_TRUE(contains(report.results()["time"]["doubts"][0], "--cpu-time"));
}

TEST(ProcessHostRun, EndsWithTheNodeThatDies) {
  TestSettings settings = echo_settings({"dies"});
  settings.time_limit = 1h;
  const TestReport report = run_test(settings, [] { return false; });
  EXPECT_EQ(report.valid(), check::Valid::no);
  ASSERT_FALSE(report.run.failures.empty());
  EXPECT_TRUE(contains(report.run.failures[0].description, "was killed by SIGSEGV"));
  EXPECT_TRUE(contains(report.run.failures[0].description, "\n  unexpected echo"));
  EXPECT_EQ(report.run.error, "the run was ended because node " + report.run.failures[0].node +
                                  " was killed by SIGSEGV, but a node has to run until it is killed; the last it "
                                  "logged: unexpected echo");
}

TEST(ProcessHostRun, EndsWhenNoNodeIsListenedToAnyMore) {
  TestSettings settings = echo_settings({"says", "hello"});
  settings.time_limit = 1h;
  const TestReport report = run_test(settings, [] { return false; });
  EXPECT_EQ(report.valid(), check::Valid::no);
  EXPECT_TRUE(contains(report.run.error.value_or(""), "wrote a line that is not a message: it is not a JSON object"));
}

TEST(ProcessHostRun, EndsWhenANodeDoesNotBegin) {
  const TestReport report = run_echo({"dies-at-start"});
  EXPECT_EQ(report.valid(), check::Valid::no);
  EXPECT_TRUE(contains(report.run.error.value_or(""), "exited with status 3"));
  EXPECT_TRUE(report.run.history.empty());
}

TEST(ProcessHostRun, AProgramThatRepeatsWhatItReadsIsTold) {
  for (const auto time : {ProcessTime::Mode::real, ProcessTime::Mode::automatic}) {
    TestSettings settings = echo_settings({});
    settings.bin = "/bin/cat";
    settings.process_time.mode = time;
    const TestReport report = run_test(settings, [] { return false; });
    EXPECT_EQ(report.valid(), check::Valid::no);
    EXPECT_TRUE(contains(report.run.error.value_or(""), "under the name of")) << report.run.error.value_or("");
  }
}

RunResult run_without_init(const std::string& mode, Duration init_timeout) {
  RunOptions options;
  options.nodes = {"n1", "n2"};
  options.init_timeout = init_timeout;
  const MakeHost make_host = [&](Network& network, Engine&) {
    auto host = std::make_unique<ProcessHost>(broken_node, std::vector<std::string>{mode});
    host->attach(network);
    return host;
  };
  return run(find_workload("echo").test, options, make_host, [] { return false; });
}

TEST(ProcessHostRun, EndsWhenANodeDoesNotAnswerItsInit) {
  const RunResult result = run_without_init("silent", 50ms);
  EXPECT_TRUE(contains(result.error.value_or(""), "did not answer its init message"));
  EXPECT_TRUE(contains(result.error.value_or(""), "its log is empty"));
}

/// The words of a process' command line; none of one that is dead, or dies while it is asked.
std::string command_line(pid_t process) {
  const int file = ::open(("/proc/" + std::to_string(process) + "/cmdline").c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return {};
  char words[4096];
  const ssize_t size = ::read(file, words, sizeof words);
  ::close(file);
  return size > 0 ? std::string(words, static_cast<std::size_t>(size)) : std::string();
}

std::size_t processes_with(const std::string& word) {
  std::size_t count = 0;
  for (const ProcessEntry& each : list_processes()) {
    if (contains(command_line(each.pid), word)) ++count;
  }
  return count;
}

/// What --time says, and how many processes a test of one node with a daemon has.
struct Ending {
  const char* time;
  std::size_t processes;
};

class ProcessesOfATest : public testing::TestWithParam<Ending> {};

TEST_P(ProcessesOfATest, DoNotOutliveTheProgramHoweverItEnds) {
  if (GetParam().time == std::string("virtual") && trace::unavailable()) GTEST_SKIP() << *trace::unavailable();
  const std::string mark = "mark-of-" + std::to_string(::getpid());
  // In virtual time this takes minutes: far longer than it takes to see and kill it.
  std::vector<std::string> words = {MZNODE_BINARY,
                                    "test",
                                    "-w",
                                    "echo",
                                    "--bin",
                                    broken_node,
                                    "--time",
                                    GetParam().time,
                                    "--node-count",
                                    "1",
                                    "--time-limit",
                                    "1000000",
                                    "--store",
                                    "",
                                    "--",
                                    "daemon",
                                    mark};
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  pid_t program = -1;
  ASSERT_EQ(::posix_spawn(&program, pointers[0], nullptr, nullptr, pointers.data(), environ), 0);
  const auto reaches = [&](std::size_t count) {
    for (int i = 0; i < 20'000; ++i) {
      if (processes_with(mark) == count) return true;
      ::usleep(1000);
    }
    return false;
  };
  EXPECT_TRUE(reaches(GetParam().processes));
  ::kill(program, SIGKILL);
  ::waitpid(program, nullptr, 0);
  EXPECT_TRUE(reaches(0));
}

// The program, the node and the node's daemon; in real time their keeper, too. Who is traced dies with its tracer.
INSTANTIATE_TEST_SUITE_P(Times, ProcessesOfATest, testing::Values(Ending{"real", 4}, Ending{"virtual", 3}),
                         [](const auto& each) { return std::string(each.param.time); });

TEST(ProcessHostRun, SaysThatALineHasNoEnd) {
  const RunResult result = run_without_init("unended-lines", 3s);
  EXPECT_TRUE(contains(result.error.value_or(""),
                       "no reply came in time; 66 bytes wait in its standard output without "
                       "a line break behind them (does it end each message with one, and "
                       "flush it?): {\"src\":\"n"))
      << result.error.value_or("");
}

TEST(ProcessHostRun, SaysThatNothingWasWritten) {
  const RunResult result = run_without_init("silent", 3s);
  EXPECT_TRUE(contains(result.error.value_or(""),
                       "no reply came in time; it has read all that was sent to it and "
                       "written nothing: does it flush its standard output"))
      << result.error.value_or("");
}

std::vector<std::string> symptoms_of(const TestReport& report) {
  return report.results().value("symptoms", nlohmann::ordered_json::array()).get<std::vector<std::string>>();
}

TEST(ProcessHostRun, SaysThatNodesAnsweredNothing) {
  TestSettings settings = echo_settings({"only-init"});
  settings.concurrency = 1;
  const auto seen = symptoms_of(run_test(settings, [] { return false; }));
  ASSERT_EQ(seen.size(), 2u);
  EXPECT_EQ(seen[0],
            "n1 answered nothing: none of 1 operations (echo) got a reply in time; does it reply to them, or does a "
            "handler block?");
}

TEST(ProcessHostRun, CountsAndQuotesErrorReplies) {
  const TestReport report = run_echo({"error-10"});
  const auto seen = symptoms_of(report);
  ASSERT_EQ(seen.size(), 1u);
  EXPECT_EQ(seen[0], std::to_string(report.results()["stats"]["fail-count"].get<int>()) +
                         " operations were answered with error 10 (not-supported): no \\u001b[31msuch thing");
}

TEST(ProcessHostRun, ShowsAWrongInReplyToInOneLine) {
  const TestReport report = run_echo({"wrong-in-reply-to-later"});
  const std::string error = report.results()["nodes"]["error"];
  EXPECT_TRUE(contains(error, " answered no request: its in_reply_to is 1000, but the last msg_id of c")) << error;
  EXPECT_TRUE(contains(error, R"(was 1: {"type":"echo_ok","echo":1,"in_reply_to":1000})")) << error;
}

TEST(ProcessHostRun, ShowsReplyToNoRequest) {
  // Long enough for it to start and answer on a busy machine, too.
  const RunResult result = run_without_init("wrong-in-reply-to", 3s);
  EXPECT_TRUE(contains(result.error.value_or(""), "did not answer its init message"));
  ASSERT_FALSE(result.malformed_replies.empty());
  EXPECT_TRUE(contains(result.malformed_replies[0], R"({"type":"init_ok","in_reply_to":77})"));
}

TEST(ProcessHostRun, AnErrorReplyMustHaveTheFormOfOne) {
  const TestReport report = run_echo({"bad-error"});
  EXPECT_EQ(report.valid(), check::Valid::no);
  ASSERT_FALSE(report.run.malformed_replies.empty());
  EXPECT_TRUE(
      contains(report.run.malformed_replies[0], R"("code": …, "text": …}, got {"type":"error","code":"eleven")"))
      << report.run.malformed_replies[0];
}

TEST(ProcessHostRun, ARunThatIsStoppedLeavesNothingBehind) {
  TestSettings settings = echo_settings({"good"});
  settings.time_limit = 1h;
  int asked = 0;
  const TestReport report = run_test(settings, [&] { return ++asked > 20; });
  EXPECT_TRUE(report.run.interrupted);
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);
  EXPECT_EQ(errno, ECHILD);
}

}  // namespace
}  // namespace mznode::sim

// Programs of other people around the bench: one that is right, and one that makes every mistake.

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <sstream>

#include "tests/app/child.hpp"
#include "tests/contains.hpp"

namespace mznode::testing_support {
namespace {

const std::string queue = MZNODE_EXAMPLE_QUEUE;

Said run(const std::string& program, const std::vector<std::string>& words) {
  Child child(program, words);
  return child.said();
}

std::vector<std::string> test_of(const std::string& strategy, const std::vector<std::string>& more) {
  std::vector<std::string> words = {"test", "-w", "queue", "-s", strategy, "--time-limit", "10", "--store", ""};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

TEST(OwnProgram, ItsRightNodeIsValidUnderFaults) {
  const Said ended = run(queue, test_of("shared", {"--nemesis", "partition,loss,duplicate", "--seeds", "1..10"}));
  EXPECT_EQ(ended.code, 0) << ended.output << ended.log;
  EXPECT_TRUE(contains(run(queue, test_of("shared", {"--self-check"})).output, "both runs wrote the same bytes"));
}

TEST(OwnProgram, ItsBrokenNodeIsCaughtToldAndReplayed) {
  const Said ended = run(queue, test_of("local", {"--seed", "4"}));
  EXPECT_EQ(ended.code, 1) << ended.output << ended.log;
  EXPECT_TRUE(contains(ended.output, "no order of the operations explains: process ")) << ended.output;
  EXPECT_TRUE(contains(ended.output, "claims       nothing: the strategy declares no guarantees")) << ended.output;
  EXPECT_TRUE(contains(ended.output, "replay with  " + queue + " test -w queue --strategy local ")) << ended.output;
}

TEST(OwnProgram, HasItsNameWherePeopleRead) {
  EXPECT_TRUE(contains(run(queue, {"--help"}).output, "  bench_queue test  "));
  EXPECT_TRUE(contains(run(queue, {"test", "--help"}).output, "Usage: bench_queue test -w NAME"));
  EXPECT_TRUE(contains(run(queue, {"test", "-w", "quee"}).log, "bench_queue test: "));
  EXPECT_TRUE(contains(run(queue, {"completion", "bash"}).output, "complete -o default -F _bench_queue bench_queue"));
  EXPECT_TRUE(contains(run(queue, {"list"}).output,
                       "queue: a queue: what went in first comes out first, once\n"
                       "  shared (default): one queue, in lin-kv\n"
                       "      guarantees linearizable"));
  EXPECT_TRUE(contains(run(queue, {"list"}).output,
                       "  local: each node has a queue of its own (broken)\n"
                       "      guarantees nothing\n"));
}

TEST(OwnProgram, IsANodeOfItsFirstStrategyWhenItIsToldNothing) {
  Child node(queue, std::vector<std::string>{});
  node.write(init_line());
  node.write(line("c1", R"({"type":"dequeue","msg_id":2})"));
  node.finish();
  // The shared queue asks the service for it.
  EXPECT_TRUE(contains(node.output(), R"("dest":"lin-kv","body":{"type":"read",)")) << node.output();
}

TEST(OwnProgram, ItsFirstInvalidSeedIsShrunkAndReplayed) {
  const Said ended = run(queue, test_of("local", {"--seeds", "1..5", "--shrink"}));
  EXPECT_EQ(ended.code, 1) << ended.output << ended.log;
  const std::string before = "shrunk to: " + queue + " ";
  const auto at = ended.output.find(before);
  ASSERT_NE(at, std::string::npos) << ended.output;
  const std::string replay = ended.output.substr(at + before.size(), ended.output.find('\n', at) - at - before.size());
  EXPECT_TRUE(contains(replay, "--seed 1")) << replay;
  std::istringstream text(replay + " --store");
  std::vector<std::string> words{std::istream_iterator<std::string>(text), {}};
  words.emplace_back("");
  const Said again = run(queue, words);
  EXPECT_EQ(again.code, 1) << again.output << again.log;
  EXPECT_TRUE(contains(again.output, "no order of the operations explains: process ")) << again.output;
}

TEST(OwnProgram, JudgesHistoriesOfItsWorkload) {
  const std::string history = R"({"process":0,"type":"invoke","f":"dequeue","value":null}
{"process":0,"type":"ok","f":"dequeue","value":5}
)";
  const std::string path = testing::TempDir() + "/queue-" + std::to_string(::getpid()) + ".jsonl";
  std::ofstream(path) << history;
  const Said ended = run(queue, {"check", "-w", "queue", path});
  std::remove(path.c_str());
  EXPECT_EQ(ended.code, 1) << ended.log;
  EXPECT_TRUE(contains(ended.output, "\tfalse\n")) << ended.output;
  EXPECT_TRUE(contains(run(queue, {"complete", "check", "-w", "qu"}).output, "queue\t"));
}

TEST(OwnProgram, ComparesItsStrategiesWithOthers) {
  const Said ended = run(queue, {"compare", "-w", "queue", "--seeds", "1..2", "--time-limit", "5"});
  EXPECT_TRUE(contains(ended.output, "nothing is claimed")) << ended.output << ended.log;
}

Said mistake(const std::string& kind) {
  return run(MZNODE_OWN_PROGRAM, {kind, "test", "-w", "pings", "--time-limit", "2", "--store", ""});
}

TEST(OwnProgram, WithoutAMistakeIsValid) {
  EXPECT_EQ(mistake("none").code, 0) << mistake("none").output;
}

TEST(OwnProgram, MistakesAreToldByTheNamesOfWhatMakesThem) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"twice", "own_program: the strategy mine of pings is added twice\n"},
      {"unknown-workload", "own_program: no workload is called pingz; did you mean pings?"},
      {"bad-name", "a strategy of pings cannot have the name \"my strategy\": a name is a word"},
      {"no-checker", "own_program: the workload pings has no checker: set check\n"},
      {"no-client", "own_program: the workload pings has no client: set test.make_client\n"},
      {"client-throws", "operation ping, failed: the client has no idea\n"},
      {"client-never-ends", "operation ping, never ends: does it wait for a reply without a time-out?\n"},
  };
  for (const auto& [kind, text] : cases) {
    const Said ended = mistake(kind);
    EXPECT_EQ(ended.code, 2) << kind;
    EXPECT_TRUE(contains(ended.log, text)) << kind << ": " << ended.log;
  }
  const Said ended = mistake("checker-throws");
  EXPECT_EQ(ended.code, 2);
  EXPECT_TRUE(contains(ended.output, "the checker of pings failed: the checker has no idea")) << ended.output;
}

}  // namespace
}  // namespace mznode::testing_support

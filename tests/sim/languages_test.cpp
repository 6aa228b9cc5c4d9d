// Nodes in other languages (tests/languages), in virtual time: what is not installed is skipped.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "mznode/check/jsonl.hpp"
#include "mznode/sim/process_host.hpp"
#include "mznode/trace/traced_process.hpp"
#include "mznode/workloads/harness.hpp"

namespace mznode {
namespace {

const std::string sources = MZNODE_LANGUAGES;

bool is_installed(const std::string& program) {
  try {
    sim::resolve_program(program);
    return true;
  } catch (const std::invalid_argument&) {
    return false;
  }
}

struct Record {
  check::Valid valid;
  bool is_repeatable;
  /// All that was said.
  std::string text;
};

Record record_of(const TestSettings& settings) {
  const TestReport report = run_test(settings, [] { return false; });
  std::string text = check::write_jsonl(report.run.history);
  for (const auto& packet : report.run.packets) text += packet.src + " to " + packet.dest + ": " + packet.body + "\n";
  for (const auto& entry : report.run.journal) text += std::to_string(entry.at.time_since_epoch().count()) + "\n";
  return {report.valid(), report.time->is_repeatable(), text};
}

struct Program {
  std::string name;
  std::string interpreter;
  std::string file;
};

class Language : public testing::TestWithParam<Program> {};

TEST_P(Language, RepeatsARunToTheByte) {
  if (trace::unavailable()) GTEST_SKIP() << *trace::unavailable();
  if (!is_installed(GetParam().interpreter)) GTEST_SKIP() << GetParam().interpreter << " is not installed";
  TestSettings settings;
  settings.workload = "broadcast";
  settings.bin = GetParam().interpreter;
  settings.bin_args = {sources + "/" + GetParam().file, "right"};
  settings.nodes = {"n1", "n2", "n3"};
  settings.rate_millis = 10'000;
  settings.time_limit = 4s;
  settings.latency.mean_ms = 10;
  settings.nemesis = {"partition", "loss", "pause", "skew"};
  settings.nemesis_interval = 1s;
  settings.seed = 7;
  const Record first = record_of(settings);
  EXPECT_EQ(first.valid, check::Valid::yes) << first.text;
  EXPECT_TRUE(first.is_repeatable);
  EXPECT_TRUE(first.text == record_of(settings).text);
  settings.bin_args.back() = "wrong";
  EXPECT_EQ(record_of(settings).valid, check::Valid::no) << "nothing was told again";
}

INSTANTIATE_TEST_SUITE_P(Languages, Language,
                         testing::Values(Program{"PythonThreads", "python3", "node_threads.py"},
                                         Program{"PythonAsyncio", "python3", "node_asyncio.py"},
                                         Program{"JavaScript", "node", "node.js"}, Program{"Ruby", "ruby", "node.rb"},
                                         Program{"Perl", "perl", "node.pl"}, Program{"Shell", "bash", "node.sh"}),
                         [](const auto& each) { return each.param.name; });

struct Race {
  std::string name;
  std::string workload;
  /// python3 with a file, or a program that was built.
  std::string program;
};

class RaceOfThreads : public testing::TestWithParam<Race> {};

TEST_P(RaceOfThreads, IsFoundByASeedThatFindsItAgain) {
  if (trace::unavailable()) GTEST_SKIP() << *trace::unavailable();
  if (!is_installed(GetParam().program)) GTEST_SKIP() << GetParam().program << " is not installed";
  TestSettings settings;
  settings.workload = GetParam().workload;
  settings.bin = GetParam().program;
  if (*settings.bin == "python3") settings.bin_args = {sources + "/races/races.py"};
  settings.bin_args.push_back(GetParam().name);
  settings.nodes = {"n1"};
  settings.concurrency = 8;
  settings.rate_millis = 40'000;
  settings.time_limit = 5s;
  settings.process_time.schedule = trace::Schedule::plain;
  EXPECT_EQ(record_of(settings).valid, check::Valid::yes) << "threads that take turns do not show it";
  settings.process_time.schedule = trace::Schedule::adversarial;
  constexpr std::uint64_t most = 200;
  for (settings.seed = 1; settings.seed <= most; ++settings.seed) {
    const Record found = record_of(settings);
    if (found.valid != check::Valid::no) continue;
    EXPECT_TRUE(found.is_repeatable);
    for (int i = 0; i < 2; ++i) EXPECT_TRUE(found.text == record_of(settings).text);
    return;
  }
  FAIL() << "no seed up to " << most << " finds it";
}

std::vector<Race> races() {
  std::vector<Race> all;
  // cas and lazy take more seeds than there is time for; maelstrom-runs/virtual_time.py has them.
  for (const auto& [name, workload] :
       {std::pair{"counter", "pn-counter"}, {"ids", "unique-ids"}, {"early", "lin-kv"}, {"copy", "broadcast"}}) {
    all.push_back({name, workload, "python3"});
  }
  for (const auto& [name, workload] :
       {std::pair{"counter", "pn-counter"}, {"ids", "unique-ids"}, {"early", "lin-kv"}}) {
    all.push_back({name, workload, MZNODE_RACES_PROGRAM});
  }
  return all;
}

INSTANTIATE_TEST_SUITE_P(Races, RaceOfThreads, testing::ValuesIn(races()), [](const auto& each) {
  return each.param.name + (each.param.program == "python3" ? "_python" : "_cpp");
});

}  // namespace
}  // namespace mznode

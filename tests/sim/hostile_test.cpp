// Nodes that harm whoever runs them, in virtual time: each gets a clear verdict, and nothing of them is left.

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <ostream>
#include <string>

#include "mznode/trace/traced_process.hpp"
#include "mznode/workloads/harness.hpp"
#include "process_table.hpp"
#include "tests/contains.hpp"

namespace mznode {
namespace {

/// How many processes have this word in their command lines.
std::size_t branded_processes(const std::string& brand) {
  std::size_t count = 0;
  for (const sim::ProcessEntry& each : sim::list_processes()) {
    std::ifstream file("/proc/" + std::to_string(each.pid) + "/cmdline");
    std::string words;
    std::getline(file, words);
    if (contains(words, brand)) ++count;
  }
  return count;
}

struct Harm {
  const char* name;
  /// For a shell, which does it as soon as it runs.
  const char* script;
  const char* words;
};

void PrintTo(const Harm& harm, std::ostream* out) {
  *out << harm.name;
}

class Hostile : public testing::TestWithParam<Harm> {};

TEST_P(Hostile, IsToldAndNothingOfItIsLeft) {
  if (trace::unavailable()) GTEST_SKIP() << *trace::unavailable();
  TestSettings settings;
  settings.workload = "echo";
  // The shell's name for itself, `$0`, and a word that no other test's nodes have, which may run at the same time.
  const std::string brand = "hostile_node_" + std::to_string(::getpid()) + "_" + GetParam().name;
  settings.bin = "/bin/sh";
  settings.bin_args = {"-c", GetParam().script, brand};
  settings.nodes = {"n0", "n1"};
  settings.time_limit = 1s;
  settings.process_time.stall = 300ms;
  const TestReport report = run_test(settings, [] { return false; });
  const std::string error = report.run.error.value_or("none");
  EXPECT_EQ(report.valid(), check::Valid::no);
  EXPECT_TRUE(contains(error, GetParam().words)) << error;
  EXPECT_EQ(branded_processes(brand), 0U);
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1) << "a child is left";
  EXPECT_EQ(errno, ECHILD);
}

constexpr const char* busy = "(--stall)";
constexpr const char* silent = "did not answer its init message";

INSTANTIATE_TEST_SUITE_P(
    Kinds, Hostile,
    testing::Values(
        Harm{"Hangs", "sleep 1000000; :", silent}, Harm{"BecomesAnother", "exec sleep 1000000", silent},
        Harm{"IgnoresSignals", "trap '' TERM INT HUP QUIT; sleep 1000000; :", silent},
        Harm{"StopsItself", "kill -STOP $$; :", silent},
        Harm{"StopsItsChild", "sleep 1 & kill -STOP $!; wait; :", silent}, Harm{"Spins", "while :; do :; done", busy},
        Harm{"HasAChildThatSpins", "(while :; do :; done) & wait", busy},
        Harm{"HasADaemonThatSpins", "setsid sh -c 'while :; do :; done' \"$0\" & exec sleep 1000000", busy},
        Harm{"StartsProgramsForEver", "while :; do /bin/true; done", busy},
        Harm{"LeavesADaemon", "setsid sh -c 'sleep 1000000; :' \"$0\" & exit 0", "exited with status 0"},
        Harm{"KillsItsGroup", "kill -KILL 0; sleep 1000000", "was killed by SIGKILL"},
        Harm{"KillsEverybody", "sleep 1000000 & kill -KILL -1; exit 7", "exited with status 7"},
        Harm{"KillsItsParent", "read -r pid comm state parent rest < /proc/$$/stat; kill -KILL $parent; exit 7",
             "exited with status 7"},
        Harm{"ClosesItsOutput", "exec >&-; sleep 1000000; :", "closed its standard output"},
        Harm{"ClosesAll", "exec <&- >&- 2>&-; sleep 1000000; :", "closed its standard output"},
        Harm{"WritesHalfALine",
             "printf '{\"src\":'; sleep 1000000; :", "bytes wait in its standard output without a line break"},
        Harm{"EndsInALine", "printf '{\"src\":'; exit 7", "exited with status 7"},
        Harm{"HasAChildThatTalks", "(echo junk) & wait; sleep 1000000; :", "is not a message"}),
    [](const auto& each) { return std::string(each.param.name); });

}  // namespace
}  // namespace mznode

#include "mznode/trace/traced_process.hpp"

#include <dirent.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <map>
#include <set>
#include <string>
#include <thread>

#include "process_files.hpp"

namespace mznode::trace {
namespace {

/// What a program did until it ended, or until it waited for nothing but input.
struct Course {
  std::string output;
  /// When it wrote last.
  Time written = {};
  std::string log;
  std::string ending;
  Time time;
  Doubts doubts;
  std::uint64_t stops = 0;

  friend bool operator==(const Course& a, const Course& b) {
    return a.output == b.output && a.log == b.log && a.ending == b.ending && a.time == b.time && a.stops == b.stops;
  }
};

struct Setting {
  std::uint64_t seed = 1;
  Schedule schedule = Schedule::random;
  TraceLimits limits = {};
  std::string input = {};
  int cpu_time_permille = 0;
  std::size_t most_output_bytes = std::size_t{1} << 30;
};

Course run(const std::string& program, std::vector<std::string> arguments, const Setting& setting = {}) {
  Course course;
  Tracer tracer;
  TracedProcess process(tracer,
                        {.path = program,
                         .arguments = std::move(arguments),
                         .environment = {"LANG=C", "PATH=/usr/bin:/bin"},
                         .directory = "/"},
                        {.seed = setting.seed,
                         .schedule = setting.schedule,
                         .shown_pid = 4'000'000,
                         .cpu_time_permille = setting.cpu_time_permille},
                        setting.limits, Time(),
                        {.output =
                             [&](std::string_view bytes, Time at) {
                               course.output += bytes;
                               course.written = at;
                               return course.output.size() < setting.most_output_bytes;
                             },
                         .log = [&](std::string_view bytes) { course.log += bytes; }});
  process.deliver(setting.input);
  for (;;) {
    process.run(course.time);
    if (process.ending() || process.next_deadline() == Time::max()) break;
    course.time = std::max(course.time, process.next_deadline());
  }
  course.ending = process.ending().value_or("");
  course.doubts = process.doubts();
  course.stops = process.stops();
  return course;
}

Course trouble(const std::string& kind, const Setting& setting = {}) {
  return run(MZNODE_TROUBLE_PROGRAM, {kind}, setting);
}

std::size_t entries_of(const char* directory) {
  std::size_t count = 0;
  DIR* opened = ::opendir(directory);
  while (::readdir(opened) != nullptr) ++count;
  ::closedir(opened);
  return count;
}

class TracedProcessTest : public testing::Test {
 protected:
  void SetUp() override {
    if (unavailable()) GTEST_SKIP() << "virtual time is not available here: " << *unavailable();
  }
};

TEST_F(TracedProcessTest, EveryWaitLastsExactlyItsTime) {
  for (const char* program : {MZNODE_WAITS_PROGRAM, MZNODE_STATIC_WAITS_PROGRAM}) {
    const Course course = run(program, {});
    EXPECT_EQ(course.output, "0 bad\n") << program;
    EXPECT_EQ(course.ending, "exited with status 0");
    EXPECT_GT(course.time, Time(1h));
    EXPECT_TRUE(course.doubts.none());
  }
}

TEST_F(TracedProcessTest, EveryWaitLastsExactlyItsTimeUnderAnySchedule) {
  for (const Schedule schedule : {Schedule::plain, Schedule::random}) {
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
      EXPECT_EQ(run(MZNODE_WAITS_PROGRAM, {}, {.seed = seed, .schedule = schedule}).output, "0 bad\n");
    }
  }
}

TEST_F(TracedProcessTest, TheSameSeedGivesTheSameCourse) {
  for (const char* kind : {"draw", "race"}) {
    for (const Schedule schedule : {Schedule::plain, Schedule::random, Schedule::adversarial}) {
      const Setting setting{.seed = 7, .schedule = schedule};
      const Course first = trouble(kind, setting);
      EXPECT_TRUE(first == trouble(kind, setting)) << kind;
      EXPECT_TRUE(first.doubts.none());
    }
  }
}

TEST_F(TracedProcessTest, ChanceAndOrderComeFromTheSeed) {
  EXPECT_NE(trouble("draw", {.seed = 1}).output, trouble("draw", {.seed = 2}).output);
  std::set<std::string> totals;
  for (std::uint64_t seed = 0; seed < 10; ++seed) totals.insert(trouble("race", {.seed = seed}).output);
  EXPECT_GT(totals.size(), 1U);
}

TEST_F(TracedProcessTest, UpdatesAreLostUnderADrawnScheduleOnly) {
  EXPECT_EQ(trouble("race", {.schedule = Schedule::plain}).output, "80\n");
  bool lost = false;
  for (std::uint64_t seed = 0; seed < 10; ++seed) lost |= trouble("race", {.seed = seed}).output != "80\n";
  EXPECT_TRUE(lost);
}

TEST_F(TracedProcessTest, LinesAreReadAndWritten) {
  std::string lines;
  for (int i = 0; i < 5'000; ++i) lines += "a line of some length, number " + std::to_string(i) + "\n";
  EXPECT_EQ(trouble("echo", {.input = lines}).output, lines);
}

TEST_F(TracedProcessTest, EndsAreTold) {
  EXPECT_EQ(trouble("status").ending, "exited with status 3");
  EXPECT_EQ(trouble("crash").ending, "was killed by SIGSEGV");
}

TEST_F(TracedProcessTest, WhatNeverRestsIsEnded) {
  TraceLimits limits;
  limits.stall = 500ms;
  const Course course = trouble("compute", {.limits = limits});
  EXPECT_NE(course.ending.find("--stall"), std::string::npos);
  EXPECT_FALSE(course.doubts.escapes.empty()) << "where the machine's clock ends it, no run repeats";
}

// Who starts one short-lived program after another is busy, too.
TEST(ProcessFiles, WhatChildrenComputedCountsOnceTheyWereWaitedFor) {
  constexpr std::int64_t computed_ns = 200'000'000;
  const std::int64_t before = children_cpu_ns(::getpid());
  const pid_t child = ::fork();
  if (child == 0) {
    while (process_cpu_ns(::getpid()) < computed_ns) {
    }
    ::_exit(0);
  }
  ASSERT_EQ(::waitpid(child, nullptr, 0), child);
  EXPECT_GE(children_cpu_ns(::getpid()) - before, computed_ns / 2);
}

TEST_F(TracedProcessTest, WhoLooksAllTheTimeInsteadOfWaitingLetsTimePass) {
  const Course course = trouble("look-all-the-time");
  EXPECT_EQ(course.output, "looked\n");
  EXPECT_GE(course.time, Time(7s));
  EXPECT_LT(course.stops, 20'000U);
  EXPECT_TRUE(course == trouble("look-all-the-time"));
}

TEST_F(TracedProcessTest, WhatTakesTooMuchMemoryIsEnded) {
  TraceLimits limits;
  limits.memory_bytes = std::size_t{100} << 20;
  const Course course = trouble("memory", {.limits = limits});
  EXPECT_NE(course.ending.find("--memory"), std::string::npos);
  EXPECT_FALSE(course.doubts.escapes.empty());
}

TEST_F(TracedProcessTest, WhoHasWrittenEnoughIsCutOff) {
  constexpr std::size_t enough = 10 << 20;
  const Setting setting{.limits = {.held_bytes = enough}, .most_output_bytes = enough};
  for (const char* kind : {"lines", "one-call"}) {
    const Course course = trouble(kind, setting);
    EXPECT_EQ(course.ending, "");
    EXPECT_GE(course.output.size(), enough) << kind;
    EXPECT_LE(course.output.size(), 2 * enough) << kind;
    EXPECT_TRUE(course == trouble(kind, setting)) << kind;
  }
}

TEST_F(TracedProcessTest, AForkBombIsEnded) {
  TraceLimits limits;
  limits.processes = 50;
  EXPECT_EQ(trouble("forks", {.limits = limits}).ending, "started more than 50 processes that live at once");
}

TEST_F(TracedProcessTest, ComputingTakesTimeWhereItIsCharged) {
  constexpr Duration least = 10ms;  // no processor does 50 million rounds in less
  EXPECT_LT(trouble("compute-for-a-while").written, Time(least));
  const Course charged = trouble("compute-for-a-while", {.cpu_time_permille = 1000});
  EXPECT_EQ(charged.output, "computed\n");
  EXPECT_GT(charged.written, Time(least));
  EXPECT_GT(trouble("compute-for-a-while", {.cpu_time_permille = 100'000}).written, Time(100 * least));
}

TEST_F(TracedProcessTest, WhatGoesPastTheSupervisorIsNamed) {
  const std::map<std::string, std::vector<std::string>> words = {
      {"socket", {"connected to the network"}},
      {"datagram", {"sent something to the network"}},
      {"shared-memory", {"shares memory with whoever maps /dev/shm/mznode-test-of-shared-memory"}},
      {"numbered-memory", {"shares memory with whoever knows its number (shmget)"}},
      {"own-memory", {}},
      {"kill-parent", {"sent a signal to a process that is not its own"}}};
  for (const auto& [kind, escapes] : words) EXPECT_EQ(trouble(kind).doubts.escapes, escapes) << kind;
}

TEST_F(TracedProcessTest, OnlyItsOwnProcessesAreWithinItsReach) {
  EXPECT_EQ(trouble("kill-parent").output, "-1 -1 -1\n");
  const Course course = trouble("handle");
  EXPECT_EQ(course.output, "0 15\n");
  EXPECT_EQ(course.doubts.kernel_waits, 0U);
}

TEST_F(TracedProcessTest, AProgramThatCannotRunIsRefused) {
  EXPECT_THROW(run("/no/such/program", {}), std::invalid_argument);
}

TEST_F(TracedProcessTest, ManyLivesLeaveNothingBehind) {
  run("/bin/sh", {"-c", "sleep 1 & sleep 2"});
  const std::size_t descriptors = entries_of("/proc/self/fd");
  const std::size_t threads = entries_of("/proc/self/task");
  for (int i = 0; i < 30; ++i) {
    EXPECT_EQ(trouble("children").output, "left\n");
    run("/bin/sh", {"-c", "sleep 1 & sleep 2"});
  }
  for (int i = 0; i < 500; ++i) trouble("status");
  EXPECT_EQ(entries_of("/proc/self/fd"), descriptors);
  EXPECT_EQ(entries_of("/proc/self/task"), threads);
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1) << "a child is left";
}

// The supervisor gives its own thread's counter up, since that makes stops cheaper; nobody may notice.
TEST_F(TracedProcessTest, WhoeverReadsTheMachinesClockBesideATracedProcessGetsIt) {
  Tracer tracer;
  TracedProcess process(
      tracer, {.path = "/bin/sh", .arguments = {"-c", "read word"}, .environment = {}, .directory = "/"}, {}, {},
      Time(), {.output = [](std::string_view, Time) { return true; }, .log = [](std::string_view) {}});
  for (int i = 0; i < 3; ++i) {
    process.run(Time(Duration(i)));
    process.deliver(i == 2 ? "word\n" : "w");
    const auto before = std::chrono::steady_clock::now();
    EXPECT_GE(std::chrono::steady_clock::now(), before);
    std::thread([before] { EXPECT_GE(std::chrono::steady_clock::now(), before); }).join();
  }
  process.run(Time(1s));
  EXPECT_EQ(process.ending(), "exited with status 0");
}

TEST_F(TracedProcessTest, AFaultOfTheProgramsOwnStillEndsIt) {
  const auto fault = [] {
    run("/bin/sh", {"-c", "exit 0"});
    volatile int* volatile nowhere = nullptr;
    *nowhere = 1;
  };
  const auto sent = [] {
    run("/bin/sh", {"-c", "exit 0"});
    ::raise(SIGSEGV);
  };
  EXPECT_DEATH(fault(), "");
  EXPECT_DEATH(sent(), "");
}

TEST_F(TracedProcessTest, ASkewedClockIsFasterAndStandsElsewhere) {
  Tracer tracer;
  std::string output;
  TracedProcess process(tracer,
                        {.path = "/bin/sh",
                         .arguments = {"-c", "sleep 1; date +%s; sleep 10; date +%s"},
                         .environment = {"PATH=/usr/bin:/bin"},
                         .directory = "/"},
                        {}, {}, Time(),
                        {.output =
                             [&](std::string_view bytes, Time) {
                               output += bytes;
                               return true;
                             },
                         .log = [](std::string_view) {}});
  process.run(Time());
  // The dynamic linker reads the processor's counter some times, which lets the clock go on a little.
  const Duration before = process.next_deadline() - Time(1s);
  EXPECT_GE(before, Duration::zero());
  EXPECT_LT(before, 10us);
  process.skew(250, 1000s, Time());
  EXPECT_LE(process.next_deadline(), Time(800ms) + before);
  EXPECT_GE(process.next_deadline(), Time(800ms));
  process.run(process.next_deadline());
  EXPECT_EQ(output, "1767269801\n");  // noon of that day, a second, and a thousand
}

}  // namespace
}  // namespace mznode::trace

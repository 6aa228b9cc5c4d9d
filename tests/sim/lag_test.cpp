#include "mznode/sim/lag.hpp"

#include <gtest/gtest.h>

#include "mznode/json/codec.hpp"
#include "mznode/sim/runner.hpp"
#include "mznode/workloads/judge.hpp"

namespace mznode::sim {
namespace {

/// A host in real time that a test moves: one node that answers its init at once, or after a while, and a bench that
/// oversleeps once.
class LateHost final : public Host {
 public:
  LateHost(Network& network, Engine& engine, Duration answers_after, Time sleeps_from, Duration sleeps)
      : network_(network), engine_(engine), answers_after_(answers_after), sleeps_from_(sleeps_from), sleeps_(sleeps) {}

  void start(const std::string& node) override {
    network_.add(node, Endpoint::node, [this, node](const Packet& packet) {
      engine_.timers.set(now_ + answers_after_, [this, node, client = packet.src] {
        network_.send(node, client, R"({"type":"init_ok","in_reply_to":1})");
      });
    });
  }
  void kill(const std::string&) override {}
  void pause(const std::string&) override {}
  void resume(const std::string&) override {}
  void skew(const std::string&, int, Duration) override {}
  bool is_real_time() const override { return true; }
  Time now() const override { return now_; }
  void wait_until(Time until) override {
    now_ = std::max(now_, until);
    if (now_ < sleeps_from_ || sleeps_ == Duration::zero()) return;
    now_ += std::exchange(sleeps_, Duration::zero());
  }

 private:
  Network& network_;
  Engine& engine_;
  Duration answers_after_;
  Time sleeps_from_;
  Duration sleeps_;
  Time now_;
};

RunResult run_late(Duration answers_after, Duration sleeps) {
  RunOptions options;
  options.nodes = {"n1"};
  options.time_limit = 1s;
  const MakeHost make_host = [&](Network& network, Engine& engine) {
    return std::make_unique<LateHost>(network, engine, answers_after, Time(100ms), sleeps);
  };
  return run(find_workload("echo").test, options, make_host, [] { return false; });
}

TestSettings settings_of_run() {
  TestSettings settings;
  settings.workload = "echo";
  settings.nodes = {"n1"};
  return settings;
}

TEST(Lag, OnlyWhatIsLateBeyondTheToleranceAddsUp) {
  Lag lag;
  lag.add(Lag::tolerance);
  EXPECT_EQ(lag.total, 0ms);
  EXPECT_EQ(lag.longest, Lag::tolerance);
  lag.add(300ms);
  lag.add(100ms);
  EXPECT_EQ(lag.longest, 300ms);
  EXPECT_EQ(lag.total, 400ms);
  EXPECT_TRUE(lag.may_explain_lateness(3900ms));
  EXPECT_FALSE(lag.may_explain_lateness(4s));
}

TEST(Lag, ANodeThatGotNoProcessorIsExcused) {
  RunResult run;
  run.error = "node n1 did not answer its init message: no reply came in time";
  run.waited_in_vain = 10s;
  run.lag.emplace();
  run.lag->starved = 4900ms;
  EXPECT_EQ(judge(plan_test(settings_of_run()), run).valid(), check::Valid::no);
  run.lag->starved = 5100ms;
  EXPECT_EQ(judge(plan_test(settings_of_run()), run).valid(), check::Valid::unknown);
}

TEST(Lag, WithoutAnyOperationNothingIsKnown) {
  for (const char* workload : {"echo", "lin-kv", "broadcast", "kafka", "txn-list-append"}) {
    TestSettings settings = settings_of_run();
    settings.workload = workload;
    EXPECT_EQ(judge(plan_test(settings), RunResult()).valid(), check::Valid::unknown) << workload;
  }
}

TEST(Lag, IsMeasuredInRealTimeOnly) {
  EXPECT_EQ(run_late(1ms, 0ms).lag->longest, 0ms);
  const RunResult late = run_late(1ms, 700ms);
  EXPECT_GE(late.lag->longest, 680ms);
  EXPECT_LE(late.lag->total, 700ms);
  TestSettings settings = settings_of_run();
  settings.time_limit = 1s;
  const TestReport report = run_test(settings, [] { return false; });
  EXPECT_FALSE(report.run.lag);
  EXPECT_FALSE(report.verdict.bench_found().lag);
}

TEST(Lag, ASlowNodeIsInvalidUnlessTheBenchWasLate) {
  const TestVerdict slow = judge(plan_test(settings_of_run()), run_late(11s, 0ms));
  EXPECT_EQ(slow.nodes.valid, check::Valid::no) << slow.to_details().dump(1);
  const TestVerdict hiccup = judge(plan_test(settings_of_run()), run_late(11s, 900ms));
  EXPECT_EQ(hiccup.nodes.valid, check::Valid::no) << "a hiccup cannot explain ten seconds";
  const TestVerdict late = judge(plan_test(settings_of_run()), run_late(11s, 9s));
  EXPECT_EQ(late.nodes.valid, check::Valid::unknown);
  const std::string& error = late.nodes.error;
  EXPECT_NE(error.find("the bench itself was late by up to 9.000 s (9.000 s in all)"), std::string::npos) << error;
  EXPECT_NE(error.find("What was missed: node n1 did not answer its init message"), std::string::npos) << error;
}

// ---- Of the findings of checkers

check::Operation operation_of(check::Type type, std::int64_t process, const std::string& f, const Json& value,
                              bool is_final = false) {
  check::Operation result = operation(f, value);
  result.type = type;
  result.process = process;
  result.is_final = is_final;
  return result;
}

struct Finding {
  std::string workload;
  check::History history;
};

/// The verdict on a history of a run in which the bench was late for two seconds, or not at all.
TestVerdict judge_finding(const Finding& finding, bool is_late) {
  RunResult run;
  run.history = finding.history;
  run.duration = 20s;
  for (std::size_t i = 0; i < run.history.size(); ++i) {
    run.history[i].index = static_cast<std::int64_t>(i);
    run.history[i].time_ns = static_cast<std::int64_t>(i) * 1'000'000'000;
  }
  run.lag.emplace();
  if (is_late) run.lag->add(2s);
  TestSettings settings;
  settings.workload = finding.workload;
  return judge(plan_test(settings), run);
}

check::History of_pairs(const std::vector<check::Operation>& completions) {
  check::History history;
  for (const check::Operation& completion : completions) {
    check::Operation begun = completion;
    begun.type = check::Type::invoke;
    begun.error.reset();
    if (completion.f == "read") begun.value = Json();
    history.push_back(begun);
    history.push_back(completion);
  }
  return history;
}

check::Operation ok(const std::string& f, const std::string& value, bool is_final = false) {
  return operation_of(check::Type::ok, 0, f, Json::from_valid(value), is_final);
}

TEST(Lag, WhatMayBeForLackOfTimeIsUnknownUnderIt) {
  check::Operation unanswered = ok("echo", "\"a\"");
  unanswered.type = check::Type::info;
  unanswered.error = Json("net-timeout");
  const std::vector<std::pair<std::string, Finding>> findings = {
      {"workload",
       {"broadcast",
        of_pairs({ok("broadcast", "1"), ok("broadcast", "2"), ok("read", "[1,2]"), ok("read", "[1]", true)})}},
      {"workload", {"g-set", of_pairs({ok("add", "1"), ok("add", "2"), ok("read", "[1,2]"), ok("read", "[1]", true)})}},
      {"workload", {"g-counter", of_pairs({ok("add", "3"), ok("add", "4"), ok("read", "4", true)})}},
      {"workload", {"pn-counter", of_pairs({ok("add", "3"), ok("add", "-4"), ok("read", "-4", true)})}},
      {"stats", {"echo", of_pairs({unanswered})}},
  };
  for (const auto& [part, finding] : findings) {
    EXPECT_EQ(judge_finding(finding, false).to_details()[part]["valid?"], false) << finding.workload;
    const TestVerdict late = judge_finding(finding, true);
    EXPECT_EQ(late.to_details()[part]["valid?"], "unknown") << finding.workload << late.to_details().dump(1);
    EXPECT_EQ(late.valid(), check::Valid::unknown) << finding.workload;
  }
}

TEST(Lag, WhatNobodyAnsweredUnderFaultsSaysTooLittle) {
  check::Operation unanswered = ok("echo", "\"a\"");
  unanswered.type = check::Type::info;
  unanswered.error = Json("net-timeout");
  RunResult run;
  run.history = of_pairs({unanswered});
  run.duration = 20s;
  TestSettings settings = settings_of_run();
  EXPECT_EQ(judge(plan_test(settings), run).stats.valid, check::Valid::no);
  run.fault_spans.push_back({.fault = Fault::pause, .from = 0s});
  EXPECT_EQ(judge(plan_test(settings), run).stats.valid, check::Valid::unknown);
  settings.compat_jepsen = true;
  EXPECT_EQ(judge(plan_test(settings), run).stats.valid, check::Valid::no);
  settings.compat_jepsen = false;
  run.fault_spans.back().from = 20s;
  for (check::Operation& each : run.history) each.time_ns = 1'000'000'000;
  EXPECT_EQ(judge(plan_test(settings), run).stats.valid, check::Valid::no) << "nobody was paused yet";
  run.fault_spans.back() = {.fault = Fault::pause, .from = 1s, .to = 2s};
  for (check::Operation& each : run.history) each.time_ns = 15'000'000'000;
  EXPECT_EQ(judge(plan_test(settings), run).stats.valid, check::Valid::no) << "they had time to get over it";
}

TEST(Lag, WhatIsWrongHoweverLongOneWaitsStaysInvalid) {
  check::Operation refused = ok("echo", "\"a\"");
  refused.type = check::Type::fail;
  refused.error = Json::from_valid(R"(["not-supported","no"])");
  const std::vector<Finding> findings = {
      {"broadcast", of_pairs({ok("broadcast", "1"), ok("read", "[1,1]"), ok("read", "[1,1]", true)})},
      {"pn-counter", of_pairs({ok("add", "3"), ok("add", "-4"), ok("read", "7", true)})},
      {"unique-ids", of_pairs({ok("generate", "\"a\""), ok("generate", "\"a\"")})},
      {"echo", of_pairs({refused})},
  };
  for (const Finding& finding : findings) {
    EXPECT_EQ(judge_finding(finding, true).valid(), check::Valid::no) << finding.workload;
  }
}

}  // namespace
}  // namespace mznode::sim

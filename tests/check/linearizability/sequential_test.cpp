// Objects that a test describes by a small program.

#include "mznode/check/sequential.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <nlohmann/json.hpp>

#include "mznode/check/registry.hpp"
#include "mznode/check/verdict.hpp"
#include "mznode/sim/random.hpp"
#include "tests/check/shorthand.hpp"

namespace mznode::check {
namespace {

struct Queue {
  std::deque<Json> items = {};

  std::optional<Queue> step(const Call& call) const {
    Queue next = *this;
    if (call.f == "enqueue") {
      next.items.push_back(call.argument);
      return next;
    }
    const Json front = items.empty() ? Json() : items.front();
    if (call.result && *call.result != front) return std::nullopt;
    if (!items.empty()) next.items.pop_front();
    return next;
  }
  std::string text() const {
    std::string all;
    for (const Json& item : items) all += (all.empty() ? "" : " ") + item.text();
    return "[" + all + "]";
  }
  bool operator==(const Queue&) const = default;
};

/// The same queue, which says what it is made of.
struct OpenQueue {
  std::vector<Json> items = {};
  MZNODE_FIELDS(items)

  std::optional<OpenQueue> step(const Call& call) const {
    const auto next = Queue{{items.begin(), items.end()}}.step(call);
    return next ? std::optional(OpenQueue{{next->items.begin(), next->items.end()}}) : std::nullopt;
  }
  bool operator==(const OpenQueue&) const = default;
};

/// The register of Knossos, as a check of the search by the one that knows registers.
struct CasRegister {
  Json value = {};

  std::optional<CasRegister> step(const Call& call) const {
    if (call.f == "write") return CasRegister{call.argument};
    if (call.f == "read") return call.result && *call.result != value ? std::nullopt : std::optional(*this);
    const std::string pair = call.argument.text();
    const auto comma = pair.find(',');
    if (Json::parse(pair.substr(1, comma - 1)) != value) return std::nullopt;
    return CasRegister{Json::parse(pair.substr(comma + 1, pair.size() - comma - 2))};
  }
  bool operator==(const CasRegister&) const = default;
};

Verdict judge_queue(const std::vector<std::string>& lines) {
  return linearizable<Queue>()(shorthand(lines), {});
}

TEST(Sequential, AQueueIsFirstInFirstOut) {
  EXPECT_EQ(judge_queue({"0 invoke enqueue 1", "0 ok enqueue 1", "0 invoke enqueue 2", "0 ok enqueue 2",
                         "1 invoke dequeue", "1 ok dequeue 1", "1 invoke dequeue", "1 ok dequeue 2"})
                .valid,
            Valid::yes);
  const Verdict verdict = judge_queue({"0 invoke enqueue 1", "0 ok enqueue 1", "0 invoke enqueue 2", "0 ok enqueue 2",
                                       "1 invoke dequeue", "1 ok dequeue 2"});
  EXPECT_EQ(verdict.valid, Valid::no);
  EXPECT_EQ(
      to_details(verdict)["explanation"],
      nlohmann::ordered_json({"no order of the operations explains: process 1: dequeue gave 2",
                              "all that ended before it can be explained:", "  process 0: enqueue 1; then it is [1]",
                              "  process 0: enqueue 2; then it is [1 2]"}));
  EXPECT_EQ(to_details(verdict)["op"]["index"], 5);
  EXPECT_EQ(to_details(verdict)["previous-ok"]["index"], 3);
}

TEST(Sequential, OperationsAtTheSameTimeMayGoInAnyOrder) {
  EXPECT_EQ(judge_queue({"0 invoke enqueue 1", "1 invoke enqueue 2", "0 ok enqueue 1", "1 ok enqueue 2",
                         "1 invoke dequeue", "1 ok dequeue 2", "0 invoke dequeue", "0 ok dequeue 1"})
                .valid,
            Valid::yes);
}

TEST(Sequential, WhatWasNotAnsweredMayHaveHappenedLaterOrNever) {
  const std::vector<std::string> asked = {"0 invoke enqueue 1", "0 info enqueue 1", "1 invoke dequeue"};
  for (const char* answer : {"1 ok dequeue 1", "1 ok dequeue"}) {
    std::vector<std::string> lines = asked;
    lines.emplace_back(answer);
    EXPECT_EQ(judge_queue(lines).valid, Valid::yes) << answer;
  }
}

TEST(Sequential, WhatFailedDidNotHappen) {
  EXPECT_EQ(judge_queue({"0 invoke enqueue 1", "0 fail enqueue 1", "1 invoke dequeue", "1 ok dequeue 1"}).valid,
            Valid::no);
}

TEST(Sequential, NothingToJudgeIsUnknown) {
  EXPECT_EQ(judge_queue({"0 invoke enqueue 1", "0 info enqueue 1"}).valid, Valid::unknown);
}

TEST(Sequential, GivesUpAtItsLimits) {
  CheckOptions options;
  options.limits.steps = 100;
  const Verdict verdict = linearizable<Queue>()(shorthand({"0 invoke enqueue 1", "0 ok enqueue 1", "1 invoke dequeue",
                                                           "1 ok dequeue 1", "1 invoke dequeue", "1 ok dequeue 1"}),
                                                options);
  EXPECT_EQ(verdict.valid, Valid::unknown);
}

TEST(Sequential, AModelWithFieldsIsShownByThem) {
  const Verdict verdict = linearizable<OpenQueue>()(
      shorthand({"0 invoke enqueue 1", "0 ok enqueue 1", "1 invoke dequeue", "1 ok dequeue 2"}), {});
  EXPECT_EQ(verdict.explanation[2], "  process 0: enqueue 1; then it is {\"items\":[1]}");
}

/// Five enqueues and three dequeues of which nobody knows the end, and then so many rounds in which nothing is amiss.
std::vector<std::string> after_many_unanswered(int rounds) {
  std::vector<std::string> lines;
  for (int i = 0; i < 8; ++i) {
    const std::string who = std::to_string(i);
    const std::string what = i < 5 ? " enqueue 10" + who : " dequeue";
    lines.push_back(who + " invoke" + what);
    lines.push_back(who + " info" + what);
  }
  for (int i = 0; i < rounds; ++i) {
    for (const char* what : {"enqueue 1", "dequeue 1"}) {
      const std::string f = std::string(what).substr(0, 7);
      lines.push_back("9 invoke " + (f == "dequeue" ? f : what));
      lines.push_back(std::string("9 ok ") + what);
    }
  }
  return lines;
}

TEST(Sequential, WhatMadeNoDifferenceIsNotTriedInEveryCombination) {
  // That nobody put in what comes out takes all orders to see.
  std::vector<std::string> lines = after_many_unanswered(10);
  lines.insert(lines.end(), {"9 invoke dequeue", "9 ok dequeue 7"});
  CheckOptions options;
  options.limits.steps = 50 * 200'000;
  EXPECT_EQ(linearizable<OpenQueue>()(shorthand(lines), options).valid, Valid::no);
}

/// A history of a register that answers rightly most of the time.
History random_history(std::uint64_t seed) {
  sim::Random random(seed, 0);
  std::vector<std::string> lines;
  std::vector<std::string> open(4);
  std::uint64_t value = 0;
  bool is_written = false;
  for (int i = 0; i < 40; ++i) {
    const std::size_t process = random.below(open.size());
    const std::string who = std::to_string(process);
    if (open[process].empty()) {
      const std::uint64_t kind = random.below(3);
      const std::string from = std::to_string(random.below(3));
      const std::string to = std::to_string(random.below(3));
      open[process] = kind == 0 ? "read" : kind == 1 ? "write " + to : "cas [" + from + "," + to + "]";
      lines.push_back(who + " invoke " + open[process]);
      continue;
    }
    const std::string asked = std::exchange(open[process], "");
    if (const std::uint64_t luck = random.below(8); luck < 2) {
      lines.push_back(who + (luck == 0 ? " fail " : " info ") + asked);
    } else if (asked == "read") {
      lines.push_back(who + " ok read " + (is_written ? std::to_string(value) : "null"));
    } else {
      lines.push_back(who + " ok " + asked);
      value = static_cast<std::uint64_t>(asked[asked.size() - (asked.back() == ']' ? 2 : 1)] - '0');
      is_written = true;
    }
  }
  return shorthand(lines);
}

TEST(Sequential, AgreesWithTheSearchThatKnowsRegisters) {
  std::size_t valid = 0;
  constexpr std::uint64_t histories = 3000;
  for (std::uint64_t seed = 0; seed < histories; ++seed) {
    const History history = random_history(seed);
    CheckOptions options;
    options.strict_null_reads = true;
    options.explain = false;
    const Valid expected = find_checker("cas-register")->check(history, options).valid;
    ASSERT_EQ(linearizable<CasRegister>()(history, options).valid, expected) << "seed " << seed;
    valid += expected == Valid::yes;
  }
  EXPECT_GT(valid, histories / 20);
  EXPECT_LT(valid, histories - histories / 20);
}

}  // namespace
}  // namespace mznode::check

// Objects that are judged by what is known of them, beside a search that knows nothing.

#include "mznode/check/objects.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

#include "mznode/check/jsonl.hpp"
#include "mznode/check/registry.hpp"
#include "mznode/check/sequential.hpp"
#include "tests/check/object_histories.hpp"
#include "tests/check/shorthand.hpp"

namespace mznode::check {
namespace {

using DrawShape = ObjectHistory::Shape;

CheckOptions of_model(const char* name) {
  CheckOptions options;
  options.model = name;
  return options;
}

Verdict judge_object_history(const char* model, const History& history) {
  return find_checker("linearizable")->check(history, of_model(model));
}

Verdict judge_object(const char* model, const std::vector<std::string>& lines) {
  return judge_object_history(model, shorthand(lines));
}

/// The elements of a container, oldest first.
enum class Takes { oldest, youngest, any, least };
template <Takes takes>
struct PlainContainer {
  std::vector<std::string> elements;
  MZNODE_FIELDS(elements)

  std::optional<PlainContainer> step(const Call& call) const {
    PlainContainer next = *this;
    if (!call.argument.is_null()) {
      next.elements.push_back(call.argument.text());
      if (takes == Takes::least) {
        std::sort(next.elements.begin(), next.elements.end(),
                  [](const std::string& a, const std::string& b) { return std::stoi(a) < std::stoi(b); });
      }
      if (takes == Takes::any) std::sort(next.elements.begin(), next.elements.end());
      return next;
    }
    if (!call.result) {
      if (elements.empty()) return next;
      next.elements.erase(takes == Takes::youngest ? next.elements.end() - 1 : next.elements.begin());
      return next;
    }
    if (call.result->is_null()) return elements.empty() ? std::optional(next) : std::nullopt;
    auto place = std::find(next.elements.begin(), next.elements.end(), call.result->text());
    if (takes == Takes::oldest || takes == Takes::least) place = next.elements.begin();
    if (takes == Takes::youngest && !elements.empty()) place = next.elements.end() - 1;
    if (place == next.elements.end() || *place != call.result->text()) return std::nullopt;
    next.elements.erase(place);
    return next;
  }
  bool operator==(const PlainContainer&) const = default;
};

template <bool is_log>
struct PlainGrowing {
  std::vector<std::string> elements;
  MZNODE_FIELDS(elements)

  std::optional<PlainGrowing> step(const Call& call) const {
    PlainGrowing next = *this;
    if (call.f == "read") {
      if (!call.result) return next;
      std::vector<std::string> shown;
      for (const auto& each : call.result->value()) shown.push_back(each.dump());
      if (!is_log) std::sort(shown.begin(), shown.end());
      return shown == elements ? std::optional(next) : std::nullopt;
    }
    const std::string element = call.argument.text();
    const auto place = std::find(next.elements.begin(), next.elements.end(), element);
    const bool is_there = place != next.elements.end();
    const bool says = call.result && call.result->kind() == Json::Kind::boolean;
    if (says && (call.result->text() == "true") != (call.f == "add" ? !is_there : is_there)) return std::nullopt;
    if (call.f == "append" || (call.f == "add" && !is_there)) next.elements.push_back(element);
    if (call.f == "remove" && is_there) next.elements.erase(place);
    if (!is_log) std::sort(next.elements.begin(), next.elements.end());
    return next;
  }
  bool operator==(const PlainGrowing&) const = default;
};

/// How many of the histories of a shape were of each verdict, by the model's checker and by search alike.
struct Agreement {
  int valid = 0;
  int invalid = 0;
};

template <class Draw>
Agreement compare(const char* model, const CheckFunction& plain, int count, const Draw& draw) {
  Agreement agreed;
  for (int seed = 0; seed < count; ++seed) {
    const History history = draw(static_cast<std::uint64_t>(seed));
    const Valid expected = plain(history, {}).valid;
    const Verdict verdict = judge_object_history(model, history);
    EXPECT_EQ(to_details(verdict.valid), to_details(expected)) << model << ", seed " << seed << "\n"
                                                               << write_jsonl(history) << to_details(verdict).dump(2);
    if (testing::Test::HasFailure()) break;
    agreed.valid += expected == Valid::yes;
    agreed.invalid += expected == Valid::no;
  }
  return agreed;
}

/// Few and many at a time, answered and not, right and wrong.
std::vector<DrawShape> draw_shapes() {
  std::vector<DrawShape> all;
  for (const int processes : {2, 3, 4}) {
    for (const int operations : {6, 11, 16}) {
      for (const int crashes : {0, 12}) {
        for (const int bugs : {0, 35}) {
          for (const int repeats : {0, 25}) {
            all.push_back({.processes = processes,
                           .operations = operations,
                           .crashes = crashes,
                           .bugs = bugs,
                           .repeats = repeats});
          }
        }
      }
    }
  }
  return all;
}

template <class Draw>
void compare_all(const char* model, const CheckFunction& plain, const Draw& draw) {
  constexpr int of_each = 60;
  Agreement all;
  std::uint64_t part = 0;
  for (const DrawShape& shape : draw_shapes()) {
    ++part;
    const Agreement agreed =
        compare(model, plain, of_each, [&](std::uint64_t seed) { return draw(seed + 1'000'000 * part, shape); });
    if (testing::Test::HasFailure()) return;
    all.valid += agreed.valid;
    all.invalid += agreed.invalid;
  }
  std::cout << model << ": " << all.valid << " valid and " << all.invalid << " invalid histories judged alike\n";
  EXPECT_GT(all.valid, 500);
  EXPECT_GT(all.invalid, 250);
}

void compare_containers(const char* model, ContainerDraw::Kind kind, const CheckFunction& plain) {
  for (const int empties : {100, 0}) {
    compare_all(model, plain, [&](std::uint64_t seed, const DrawShape& shape) {
      return ContainerDraw(seed, shape, kind, empties).draw();
    });
  }
}

void compare_growing(const char* model, GrowingDraw::Kind kind, const CheckFunction& plain) {
  compare_all(model, plain,
              [&](std::uint64_t seed, const DrawShape& shape) { return GrowingDraw(seed, shape, kind).draw(); });
}

TEST(Objects, QueuesAreJudgedAsASearchJudgesThem) {
  compare_containers("queue", ContainerDraw::Kind::queue, linearizable<PlainContainer<Takes::oldest>>());
}

TEST(Objects, UnorderedQueuesAreJudgedAsASearchJudgesThem) {
  compare_containers("unordered-queue", ContainerDraw::Kind::unordered, linearizable<PlainContainer<Takes::any>>());
}

TEST(Objects, PriorityQueuesAreJudgedAsASearchJudgesThem) {
  compare_containers("priority-queue", ContainerDraw::Kind::priority, linearizable<PlainContainer<Takes::least>>());
}

TEST(Objects, StacksAreJudgedAsASearchJudgesThem) {
  compare_containers("stack", ContainerDraw::Kind::stack, linearizable<PlainContainer<Takes::youngest>>());
}

TEST(Objects, SetsAreJudgedAsASearchJudgesThem) {
  compare_growing("set", GrowingDraw::Kind::set, linearizable<PlainGrowing<false>>());
  compare_growing("set", GrowingDraw::Kind::asked_set, linearizable<PlainGrowing<false>>());
  compare_growing("set", GrowingDraw::Kind::mixed_set, linearizable<PlainGrowing<false>>());
}

TEST(Objects, LogsAreJudgedAsASearchJudgesThem) {
  compare_growing("log", GrowingDraw::Kind::log, linearizable<PlainGrowing<true>>());
}

TEST(Objects, ManyElementsTakeNoSearch) {
  CheckOptions no_search;
  no_search.limits.steps = 1;
  const DrawShape shape{.processes = 20, .operations = 5000};
  const auto expect_yes = [&](const char* model, const History& history) {
    no_search.model = model;
    EXPECT_EQ(find_checker("linearizable")->check(history, no_search).valid, Valid::yes) << model;
  };
  expect_yes("queue", ContainerDraw(1, shape, ContainerDraw::Kind::queue).draw());
  expect_yes("unordered-queue", ContainerDraw(1, shape, ContainerDraw::Kind::unordered).draw());
  expect_yes("priority-queue", ContainerDraw(1, shape, ContainerDraw::Kind::priority).draw());
  expect_yes("stack", ContainerDraw(1, shape, ContainerDraw::Kind::stack).draw());
  expect_yes("set", GrowingDraw(1, shape, GrowingDraw::Kind::set).draw());
  expect_yes("log", GrowingDraw(1, shape, GrowingDraw::Kind::log).draw());
}

std::string told_of(const Verdict& verdict) {
  std::string text;
  for (const std::string& line : verdict.explanation) text += line + "\n";
  return text;
}

TEST(Objects, AQueueIsToldByTheTwoElementsThatChangedPlaces) {
  const Verdict verdict =
      judge_object("queue", {"0 invoke enqueue 1", "0 ok enqueue 1", "0 invoke enqueue 2", "0 ok enqueue 2",
                             "1 invoke dequeue", "1 ok dequeue 2", "1 invoke dequeue", "1 ok dequeue 1"});
  EXPECT_EQ(verdict.valid, Valid::no);
  EXPECT_EQ(
      told_of(verdict),
      "overtaken (1): of two elements, the one that was put in last was taken out first\n"
      "  1 (enqueue by process 0 (operation 0, until 1), dequeue by process 1 (operation 6, until 7)) had been put "
      "in before 2 (enqueue by process 0 (operation 2, until 3), dequeue by process 1 (operation 4, until 5)), and "
      "was still there when that was taken out\n");
}

TEST(Objects, APriorityQueueIsToldByWhatGoesBefore) {
  const std::vector<std::string> lines = {
      "0 invoke enqueue 1", "0 ok enqueue 1",     "0 invoke enqueue 2", "0 ok enqueue 2", "0 invoke enqueue 5",
      "0 ok enqueue 5",     "3 invoke enqueue 9", "2 invoke dequeue",   "3 ok enqueue 9", "4 invoke dequeue",
      "4 ok dequeue 5",     "1 invoke dequeue",   "1 ok dequeue 1",     "2 ok dequeue 2"};
  const Verdict verdict = judge_object("priority-queue", lines);
  EXPECT_EQ(verdict.valid, Valid::no);
  EXPECT_EQ(told_of(verdict),
            "outranked (1): something was taken out while one that goes before it was there\n"
            "  the dequeue of process 4 (operation 10) gave what was not the least: 5 (enqueue by process 0 (operation "
            "4, until 5), dequeue by process 4 (operation 9, until 10)), 1 (enqueue by process 0 (operation 0, until "
            "1), dequeue by process 1 (operation 11, until 12))\n");
  EXPECT_EQ(judge_object("priority-queue", {"0 invoke enqueue 10", "0 ok enqueue 10", "0 invoke enqueue 9.5",
                                            "0 ok enqueue 9.5", "0 invoke dequeue", "0 ok dequeue 9.5"})
                .valid,
            Valid::yes)
      << "by value, and not by text";
  EXPECT_EQ(judge_object("priority-queue", {"0 invoke enqueue [1,2]", "0 ok enqueue [1,2]"}).error,
            "operation 0: expected a number, of which the least is taken out first");
}

TEST(Objects, AStackIsToldByFewElements) {
  std::vector<std::string> lines = {"0 invoke push 1", "0 ok push 1", "0 invoke push 2", "0 ok push 2",
                                    "0 invoke pop",    "0 ok pop 1",  "0 invoke pop",    "0 ok pop 2"};
  for (int i = 10; i < 200; ++i) {
    lines.push_back("0 invoke push " + std::to_string(i));
    lines.push_back("0 ok push " + std::to_string(i));
  }
  const Verdict verdict = judge_object("stack", lines);
  ASSERT_EQ(verdict.explanation.size(), 2u);
  EXPECT_EQ(verdict.explanation.back(),
            "  no order explains these: 1 (push by process 0 (operation 0, until 1), pop by process 0 (operation 4, "
            "until 5)), 2 (push by process 0 (operation 2, until 3), pop by process 0 (operation 6, until 7))");
}

TEST(Objects, WhatWasNeverEmptyCannotBeFoundSo) {
  const Verdict verdict = judge_object("stack", {"0 invoke push 1", "0 ok push 1", "0 invoke push 2", "1 invoke pop",
                                                 "0 ok push 2", "0 invoke pop", "0 ok pop 1", "1 ok pop null"});
  EXPECT_EQ(verdict.valid, Valid::no);
  EXPECT_NE(told_of(verdict).find("found nothing, although all the time something was there: 1 ("), std::string::npos);
}

TEST(Objects, WhatNobodyPutInIsFoundBeforeAnySearch) {
  // An unanswered operation would leave it to the search.
  const std::vector<std::string> before = {"9 invoke enqueue 1", "8 invoke enqueue 1", "7 invoke dequeue"};
  CheckOptions no_search = of_model("queue");
  no_search.limits.steps = 1;
  auto lines = before;
  lines.insert(lines.end(), {"0 invoke dequeue", "0 ok dequeue 5"});
  const Verdict verdict = find_checker("linearizable")->check(shorthand(lines), no_search);
  EXPECT_EQ(verdict.valid, Valid::no);
  EXPECT_NE(told_of(verdict).find("gave 5, which nobody had put in"), std::string::npos) << told_of(verdict);
  EXPECT_EQ(judge_object("set", {"0 invoke read", "0 ok read [3]"}).valid, Valid::no);
  EXPECT_EQ(judge_object("log", {"0 invoke append 3", "0 fail append 3", "0 invoke read", "0 ok read [3]"}).valid,
            Valid::no);
}

TEST(Objects, AMutexIsHeldByOneAndASemaphoreByAsManyAsItPermits) {
  const std::vector<std::string> two = {"0 invoke acquire", "0 ok acquire", "1 invoke acquire", "1 ok acquire"};
  EXPECT_EQ(judge_object("mutex", two).valid, Valid::no);
  EXPECT_EQ(find_checker("mutex")->check(shorthand(two), {}).valid, Valid::no);
  CheckOptions semaphore = of_model("semaphore");
  semaphore.permits = 2;
  EXPECT_EQ(find_checker("linearizable")->check(shorthand(two), semaphore).valid, Valid::yes);
  EXPECT_EQ(judge_object("mutex", {"0 invoke acquire", "0 ok acquire", "1 invoke acquire", "0 invoke release",
                                   "1 ok acquire", "0 ok release"})
                .valid,
            Valid::yes);
  EXPECT_EQ(judge_object("mutex", {"0 invoke release", "0 ok release"}).valid, Valid::no);
}

TEST(Objects, ACounterShowsItsSum) {
  EXPECT_EQ(judge_object("counter", {"0 invoke add 2", "1 invoke read", "1 ok read 2", "0 ok add 2", "1 invoke read",
                                     "1 ok read 2"})
                .valid,
            Valid::yes);
  EXPECT_EQ(judge_object("counter", {"0 invoke add 2", "1 invoke read", "1 ok read 2", "1 invoke read", "1 ok read 0",
                                     "0 ok add 2"})
                .valid,
            Valid::no);
}

TEST(Objects, AMapHoldsNothingUntilItIsPut) {
  EXPECT_EQ(judge_object("map", {"0 invoke put [1,2]", "0 ok put [1,2]", "0 invoke get [1,null]", "0 ok get [1,2]",
                                 "0 invoke delete 1", "0 ok delete 1", "0 invoke get [1,null]", "0 ok get [1,null]"})
                .valid,
            Valid::yes);
  EXPECT_EQ(
      judge_object("map", {"0 invoke put [1,2]", "0 ok put [1,2]", "0 invoke get [1,null]", "0 ok get [1,null]"}).valid,
      Valid::no);
}

TEST(Objects, TransactionsOnSeveralRegistersAreOfOneMoment) {
  EXPECT_EQ(judge_object("multi-register", {R"(0 invoke txn [["write","x",1],["write","y",1]])",
                                            R"(1 invoke txn [["read","x",null],["read","y",null]])",
                                            R"(1 ok txn [["read","x",1],["read","y",1]])",
                                            R"(0 ok txn [["write","x",1],["write","y",1]])"})
                .valid,
            Valid::yes);
  EXPECT_EQ(
      judge_object("multi-register",
                   {R"(0 invoke txn [["w","x",1],["w","y",1]])", R"(0 ok txn [["w","x",1],["w","y",1]])",
                    R"(0 invoke txn [["w","x",2],["w","y",2]])", R"(1 invoke txn [["r","x",null],["r","y",null]])",
                    R"(1 ok txn [["r","x",2],["r","y",1]])", R"(0 ok txn [["w","x",2],["w","y",2]])"})
          .valid,
      Valid::no);
}

TEST(Objects, ARegisterKnowsNoCompareAndSet) {
  const std::vector<std::string> lines = {"0 invoke write 1", "0 ok write 1",  "0 invoke cas [1,2]",
                                          "0 ok cas [1,2]",   "0 invoke read", "0 ok read 2"};
  EXPECT_EQ(judge_object("cas-register", lines).valid, Valid::yes);
  const Verdict verdict = judge_object("register", lines);
  EXPECT_EQ(verdict.valid, Valid::unknown);
  EXPECT_EQ(verdict.error, "operation 2: a register knows read write, and not cas");
}

TEST(Objects, EveryModelRefusesWhatItDoesNotKnow) {
  for (const SequentialModelInfo& model : sequential_models()) {
    EXPECT_EQ(judge_object(model.name.data(), {"0 invoke frob 1", "0 ok frob 1"}).valid, Valid::unknown) << model.name;
    EXPECT_EQ(judge_object_history(model.name.data(), {}).valid, Valid::unknown) << model.name;
  }
  const Verdict none = judge_object("", {"0 invoke read", "0 ok read 1"});
  EXPECT_EQ(none.valid, Valid::unknown);
  EXPECT_TRUE(none.error.starts_with("--model names what the history is about: register, ")) << none.error;
}

}  // namespace
}  // namespace mznode::check

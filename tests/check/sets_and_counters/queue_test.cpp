#include "mznode/check/queue.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "mznode/check/registry.hpp"
#include "tests/check/shorthand.hpp"

namespace mznode::check {
namespace {

Verdict judge_queue(const char* checker, const std::vector<std::string>& lines,
                    const CheckOptions& options = defaults) {
  return find_checker(checker)->check(shorthand(lines), options);
}

TEST(Set, TheLastReadShowsWhatWasAdded) {
  const auto with = [](const char* read) {
    return std::vector<std::string>{
        "0 invoke add 0", "0 ok add 0",    "0 invoke add 1", "0 info add 1",
        "1 invoke read",  "1 ok read [9]", "1 invoke read",  std::string("1 ok read ") + read};
  };
  EXPECT_EQ(judge_queue("set", with("[0,1]")).valid, Valid::yes);
  EXPECT_EQ(judge_queue("set", with("[0]")).valid, Valid::yes);
  EXPECT_EQ(reason(judge_queue("set", with("[1]"))), "lost [0]");
  EXPECT_EQ(reason(judge_queue("set", with("[0,2]"))), "unexpected [2]");
  EXPECT_EQ(reason(judge_queue("set", with("[0,0]"))), "duplicated [0]");
  EXPECT_EQ(judge_queue("set", with("[0,0]"), compat).valid, Valid::yes);
  EXPECT_EQ(to_details(judge_queue("set", with("[0,1]")))["recovered"], nlohmann::ordered_json::parse("[1]"));
  EXPECT_EQ(judge_queue("set", {"0 invoke add 0", "0 ok add 0"}).valid, Valid::unknown);
  EXPECT_EQ(judge_queue("set", {"0 invoke add 0", "0 ok add 0"}, compat).valid, Valid::unknown);
}

TEST(Set, WhatIsShownHadBegunToBeAdded) {
  const std::vector<std::string> early = {"0 invoke read", "0 ok read [1]", "0 invoke add 1", "0 ok add 1"};
  EXPECT_EQ(reason(judge_queue("set", early)), "unexpected [1]");
  EXPECT_EQ(judge_queue("set", early, compat).valid, Valid::yes);
  EXPECT_EQ(judge_queue("set", {"0 invoke read", "1 invoke add 1", "0 ok read [1]", "1 ok add 1"}).valid, Valid::yes);
}

TEST(Set, WhatIsShownDidNotFailToBeAdded) {
  const std::vector<std::string> failed = {"0 invoke add 1", "0 fail add 1",  "0 invoke add 2",
                                           "0 ok add 2",     "0 invoke read", "0 ok read [1,2]"};
  const Verdict verdict = judge_queue("set", failed);
  EXPECT_EQ(reason(verdict), "unexpected [1]");
  EXPECT_EQ(verdict.found<InOutFinding>()->attempt_count, 2u);
  EXPECT_EQ(judge_queue("set", failed, compat).valid, Valid::yes);
  auto again = failed;
  again.insert(again.begin(), {"1 invoke add 1", "1 info add 1"});
  EXPECT_EQ(judge_queue("set", again).valid, Valid::yes) << "it may have been that of another process";
}

TEST(Queue, WhatIsDequeuedWasEnqueuedBefore) {
  EXPECT_EQ(
      judge_queue("queue", {"0 invoke enqueue 1", "1 invoke dequeue", "1 ok dequeue 1", "0 info enqueue 1"}).valid,
      Valid::yes);
  EXPECT_EQ(
      reason(judge_queue("queue", {"1 invoke dequeue", "1 ok dequeue 1", "0 invoke enqueue 1", "0 ok enqueue 1"})),
      "unexpected [1]");
  EXPECT_EQ(reason(judge_queue("queue", {"0 invoke enqueue 1", "0 ok enqueue 1", "1 invoke dequeue", "1 ok dequeue 1",
                                         "1 invoke dequeue", "1 ok dequeue 1"})),
            "duplicated [1]");
  const std::vector<std::string> failed = {"0 invoke enqueue 1", "0 fail enqueue 1", "1 invoke dequeue",
                                           "1 ok dequeue 1"};
  EXPECT_EQ(judge_queue("queue", failed).valid, Valid::no);
  EXPECT_EQ(judge_queue("queue", failed, compat).valid, Valid::yes);
  EXPECT_EQ(judge_queue("queue", {"0 invoke enqueue 1", "0 ok enqueue 1"}).valid, Valid::unknown);
}

TEST(TotalQueue, WhatIsEnqueuedIsDequeued) {
  EXPECT_EQ(judge_queue("total-queue", {"0 invoke enqueue 1", "0 ok enqueue 1", "0 invoke enqueue 2",
                                        "0 info enqueue 2", "1 invoke drain", "1 ok drain [1,2]"})
                .valid,
            Valid::yes);
  EXPECT_EQ(reason(judge_queue("total-queue",
                               {"0 invoke enqueue 1", "0 ok enqueue 1", "1 invoke dequeue", "1 ok dequeue 3"})),
            "lost [1]; unexpected [3]");
  const Verdict twice =
      judge_queue("total-queue", {"0 invoke enqueue 1", "0 ok enqueue 1", "1 invoke drain", "1 ok drain [1,1]"});
  EXPECT_EQ(twice.valid, Valid::yes) << "at least once";
  EXPECT_EQ(twice.found<InOutFinding>()->duplicated.size(), 1u);
  EXPECT_EQ(
      judge_queue("total-queue", {"0 invoke enqueue 1", "0 ok enqueue 1", "1 invoke drain", "1 info drain"}).valid,
      Valid::unknown);
}

TEST(TotalQueue, WhatIsMissingMayHaveBeenTakenByWhoWasNotAnswered) {
  const auto with = [](const std::vector<std::string>& takes) {
    std::vector<std::string> lines = {"0 invoke enqueue 1", "0 ok enqueue 1", "0 invoke enqueue 2", "0 ok enqueue 2"};
    lines.insert(lines.end(), takes.begin(), takes.end());
    return lines;
  };
  const std::vector<std::string> takes_one = {"1 invoke dequeue", "1 ok dequeue 2"};
  for (const std::vector<std::string>& last :
       {std::vector<std::string>{"2 invoke dequeue"}, {"2 invoke dequeue", "2 info dequeue"}, {"2 invoke drain"}}) {
    auto lines = with(takes_one);
    lines.insert(lines.end(), last.begin(), last.end());
    const Verdict verdict = judge_queue("total-queue", lines);
    EXPECT_EQ(verdict.valid, Valid::unknown) << last.back();
    EXPECT_EQ(verdict.error,
              "what was never dequeued may have been taken out by a dequeue or drain that was not answered");
    EXPECT_EQ(verdict.found<InOutFinding>()->lost.size(), 1u);
    EXPECT_EQ(judge_queue("total-queue", lines, compat).valid, Valid::no);
    lines.insert(lines.end(), {"3 invoke dequeue", "3 ok dequeue 7"});
    EXPECT_EQ(judge_queue("total-queue", lines).valid, Valid::no) << "what nobody enqueued remains wrong";
  }
  EXPECT_EQ(reason(judge_queue("total-queue", with({"2 invoke dequeue"}))), "lost [1,2]") << "one takes one";
  EXPECT_EQ(judge_queue("total-queue", with({"2 invoke dequeue"})).valid, Valid::no);
  EXPECT_EQ(judge_queue("total-queue", with({"2 invoke drain"})).valid, Valid::unknown);
  EXPECT_EQ(judge_queue("total-queue", with({"2 invoke drain", "2 fail drain"})).valid, Valid::no);
}

TEST(TotalQueue, ADequeueOfNullFoundNothing) {
  const std::vector<std::string> lines = {"1 invoke dequeue", "1 ok dequeue null", "0 invoke enqueue 1",
                                          "0 ok enqueue 1",   "1 invoke dequeue",  "1 ok dequeue 1"};
  for (const char* checker : {"queue", "total-queue"}) {
    EXPECT_EQ(judge_queue(checker, lines).valid, Valid::yes) << checker;
    EXPECT_EQ(reason(judge_queue(checker, lines, compat)), "unexpected [null]") << checker;
    EXPECT_EQ(reason(judge_queue(checker, {"0 invoke enqueue null", "0 ok enqueue null", "1 invoke dequeue",
                                           "1 ok dequeue null", "1 invoke dequeue", "1 ok dequeue null"})),
              "duplicated [null]")
        << checker << ": where null is put in, it is an element";
  }
}

TEST(TotalQueue, WhatIsDequeuedHadBegunToBeEnqueued) {
  const std::vector<std::string> failed = {"0 invoke enqueue 1", "0 fail enqueue 1", "1 invoke dequeue",
                                           "1 ok dequeue 1"};
  const std::vector<std::string> early = {"1 invoke drain", "1 ok drain [1]", "0 invoke enqueue 1", "0 ok enqueue 1"};
  for (const auto& lines : {failed, early}) {
    EXPECT_EQ(reason(judge_queue("total-queue", lines)), "unexpected [1]");
    EXPECT_EQ(judge_queue("total-queue", lines, compat).valid, Valid::yes);
  }
  auto again = failed;
  again.insert(again.begin(), {"2 invoke enqueue 1", "2 info enqueue 1"});
  EXPECT_EQ(judge_queue("total-queue", again).valid, Valid::yes) << "it may have been that of another process";
  EXPECT_EQ(
      judge_queue("total-queue", {"1 invoke dequeue", "0 invoke enqueue 1", "1 ok dequeue 1", "0 ok enqueue 1"}).valid,
      Valid::yes);
}

}  // namespace
}  // namespace mznode::check

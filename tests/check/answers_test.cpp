#include "mznode/check/answers.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "mznode/check/registry.hpp"
#include "tests/check/shorthand.hpp"

namespace mznode::check {
namespace {

/// By a checker, or by a model of linearizability, which says so where there is a checker of the same name.
Verdict judged(const std::string& name, const History& history, CheckOptions options = {}) {
  const Checker* checker = find_checker(name);
  if (checker == nullptr) {
    options.model = name.starts_with("model ") ? name.substr(6) : name;
    checker = find_checker("linearizable");
  }
  return checker->check(history, options);
}

/// The verdict on one request and its reply, each as "f value".
Verdict answered(const std::string& checker, const std::string& asked, const std::string& reply,
                 const CheckOptions& options = {}) {
  return judged(checker, shorthand({"0 invoke " + asked, "0 ok " + reply}), options);
}

/// How many replies answer something else.
std::size_t others(const Verdict& verdict) {
  return to_details(verdict).contains("other-than-asked")
             ? to_details(verdict)["other-than-asked"]["count"].get<std::size_t>()
             : 0;
}

struct Pair {
  const char* checker;
  const char* asked;
  const char* reply;
};

constexpr Pair answers_of_another_request[] = {
    {"txn-rw-register", R"(txn [["w",3,8],["r",4,null]])", "txn []"},
    {"txn-rw-register", R"(txn [["w",3,8],["r",4,null]])", "txn null"},
    {"rw-register", R"(txn [["w",3,8]])", R"(txn [["w",3,8],["r",4,null]])"},
    {"rw-register", R"(txn [["w",3,8],["r",4,null]])", R"(txn [["r",4,null]])"},
    {"rw-register", R"(txn [["w",3,8],["r",4,null]])", R"(txn [["r",4,null],["w",3,8]])"},
    {"rw-register", R"(txn [["r",3,null]])", R"(txn [["r",4,null]])"},
    {"rw-register", R"(txn [["r",3,null]])", R"(txn [["r","3",null]])"},
    {"rw-register", R"(txn [["r",3,null]])", R"(txn [["w",3,1]])"},
    {"rw-register", R"(txn [["w",3,8]])", R"(txn [["w",3,9]])"},
    {"rw-register", R"(txn [["w",3,8]])", R"(txn [["w",3,8.0]])"},
    {"rw-register", R"(txn [["w",3,8]])", R"(txn {"w":3})"},
    {"rw-register", R"(txn [["w",3,8]])", R"(txn [["w",3]])"},
    {"rw-register", R"(txn [["w",3,8]])", R"(write [["w",3,8]])"},
    {"list-append", R"(txn [["r",3,null]])", R"(txn [["append",3,1]])"},
    {"list-append", R"(txn [["append",3,1]])", R"(txn [["append",4,1]])"},
    {"list-append", R"(txn [["append",3,1]])", R"(txn [["append",3,[1]]])"},
    {"rw-register", R"(txn [["r",3,null]])", R"(txn [["r",3,1,2]])"},
    {"rw-register", R"(txn [["r",3,null],["r",4,null]])", R"(txn [["r",3,1]])"},
    {"rw-register", R"(txn [["r",3,null]])", R"(txn [["r",3,1],["r",4,1]])"},
    {"rw-register", R"(txn [["r",31,null]])", R"(txn [["r",3,1]])"},
    {"list-append", R"(txn [["r",3,null]])", R"(txn [["r",3,7]])"},
    {"list-append", R"(txn [["r",3,null]])", R"(txn [["r",3,{}]])"},
    {"lin-kv", "read [1,null]", "read [2,5]"},
    {"lin-kv", "write [1,4]", "write [1,5]"},
    {"lin-kv", "write [1,4]", "write [2,4]"},
    {"lin-kv", "cas [1,[4,5]]", "cas [1,[4,6]]"},
    {"lin-kv", "cas [1,[4,5]]", "write [1,5]"},
    {"cas-register", "write 4", "write 5"},
    {"cas-register", "cas [4,5]", "cas [5,4]"},
    {"broadcast", "broadcast 4", "broadcast 5"},
    {"g-set", "add 4", "read [4]"},
    {"g-set", "read null", "read 4"},
    {"set-full", "read null", R"(read {"4":1})"},
    {"g-counter", "add 4", "add 5"},
    {"pn-counter", "add 4", "add -4"},
    {"counter", "add 4", "add 5"},
    {"kafka", R"(send [["send","a",4]])", R"(send [["send","b",[0,4]]])"},
    {"kafka", R"(send [["send","a",4]])", R"(send [["send","a",[0,5]]])"},
    {"kafka", R"(send [["send","a",4]])", "send []"},
    {"kafka", R"(poll [["poll"]])", R"(poll [["send","a",[0,4]]])"},
    {"kafka", R"(assign ["a"])", R"(assign ["b"])"},
    {"mutex", "acquire", "release"},
    {"fifo-queue", "enqueue 1", "dequeue 1"},
    {"fifo-queue", "enqueue 1", "enqueue 2"},
    {"sequential", "write 1", "read [1,[null,null]]"},
    {"sequential", "read 3", R"(read [4,["4_1","4_0"]])"},
    {"monotonic", "read", "add null"},
    {"monotonic", "add 1", "add 2"},
    {"causal", "write 1", "read 1"},
    {"causal", "write 1", "write 2"},
    {"causal", "write [1,1]", "write [2,1]"},
    {"causal", "read [1,null]", "read [2,0]"},
    {"causal", "read-init [1,null]", "read-init [2,0]"},
    {"causal-reverse", "write 1", "write 2"},
    {"causal-reverse", "read [1,null]", "read [2,[]]"},
    {"comments", "read [1,null]", "read [2,[]]"},
    {"adya", "insert [1,[null,1]]", "insert [2,[null,1]]"},
    {"register", "write 1", "write 9"},
    {"register", "write 1", "read 1"},
    {"cas-register", "cas [1,2]", "cas [1,3]"},
    {"map", R"(put ["a",1])", R"(put ["a",2])"},
    {"map", R"(put ["a",1])", R"(put ["b",1])"},
    {"map", R"(put ["a",1])", R"(get ["a",1])"},
    {"map", R"(get ["a",null])", R"(get ["b",null])"},
    {"map", R"(delete "a")", R"(delete "b")"},
    {"map", R"(delete "a")", R"(delete ["b",null])"},
    {"map", R"(cas ["a",[1,2]])", R"(cas ["a",[1,3]])"},
    {"model set", "add 1", "add 2"},
    {"model set", "add 1", "remove 1"},
    {"model set", "remove 1", "remove [2,true]"},
    {"model set", "contains 1", "contains [2,false]"},
    {"model set", "read", "read 1"},
    {"model queue", "enqueue 1", "enqueue 2"},
    {"unordered-queue", "enqueue 1", "dequeue 1"},
    {"priority-queue", "enqueue 1", "enqueue 2"},
    {"stack", "push 1", "push 2"},
    {"stack", "push 1", "pop 1"},
    {"model mutex", "acquire", "release"},
    {"semaphore", "acquire", "release"},
    {"model counter", "add 1", "add 2"},
    {"model counter", "add 1", "read 1"},
    {"log", "append 1", "append 2"},
    {"log", "append 1", "read [1]"},
    {"multi-register", R"(txn [["w","x",1]])", R"(txn [["w","x",2]])"},
    {"multi-register", R"(txn [["w","x",1]])", R"(txn [["w","y",1]])"},
    {"multi-register", R"(txn [["w","x",1]])", R"(txn [["r","x",1]])"},
    {"multi-register", R"(txn [["write","x",1],["read","y",null]])", R"(txn [["write","x",1]])"},
    {"multi-register", R"(txn [["write","x",1]])", "txn []"},
    {"multi-register", R"(txn [["read","x",null]])", R"(txn [["read","y",null]])"},
};

TEST(Answers, ThatAreOfAnotherRequestAreInvalidAndNamed) {
  for (const Pair& it : answers_of_another_request) {
    const Verdict verdict = answered(it.checker, it.asked, it.reply);
    SCOPED_TRACE(std::string(it.checker) + ": " + it.asked + " -> " + it.reply);
    EXPECT_EQ(verdict.valid, Valid::no);
    EXPECT_EQ(to_details(verdict)["valid?"], false);
    ASSERT_EQ(others(verdict), 1u);
    EXPECT_EQ(to_details(verdict)["other-than-asked"]["errs"][0]["asked"]["index"], 0);
    EXPECT_EQ(to_details(verdict)["other-than-asked"]["errs"][0]["reply"]["index"], 1);
    EXPECT_TRUE(to_details(verdict)["explanation"][0].get<std::string>().starts_with(
        "the reply of process 0 (operation 1) answers something else than was asked: "));
    EXPECT_EQ(others(answered(it.checker, it.asked, it.reply, {.compat_jepsen = true})), 0u);
  }
}

TEST(Answers, ToWhatWasAskedAreNot) {
  constexpr Pair good[] = {
      {"rw-register", R"(txn [["w",3,8],["r",4,null]])", R"(txn [["w",3,8],["r",4,5]])"},
      {"rw-register", R"(txn [["w","\u0061",8.50]])", R"(txn [["w","a",8.5]])"},
      {"rw-register", R"(txn [["r",4,[1]]])", R"(txn [["r",4,null]])"},
      {"rw-register", "txn []", "txn []"},
      {"list-append", R"(txn [["append",3,1],["r",3,null]])", R"(txn [["append",3,1],["r",3,[1]]])"},
      {"list-append", R"(txn [["r",3,null]])", R"(txn [ [ "r", 3, [ ] ] ])"},
      {"lin-kv", "read [1,null]", "read [1,5]"},
      {"lin-kv", "write [1,4]", "write [1,4]"},
      {"cas-register", "write 4", "write null"},
      {"broadcast", "broadcast 4", "broadcast null"},
      {"g-set", "read null", "read null"},
      {"kafka", R"(send [["send","9",4]])", R"(send [["send",9,[0,4]]])"},
      {"kafka", R"(send [["send","9",[4,5]]])", R"(send [["send","9",[0,[4,5]]]])"},
      {"kafka", R"(send [["send","9",4]])", R"(send [["send","9",4]])"},
      {"kafka", R"(poll [["poll"]])", R"(poll [["poll",{"a":[]}]])"},
      {"kafka", R"(txn [["poll"],["send","a",1]])", R"(txn [["poll",null],["send","a",[3,1]]])"},
      {"mutex", "acquire", R"(acquire "lock 5")"},
      {"fifo-queue", "enqueue 1", "enqueue null"},
      {"sequential", "read [3,null]", R"(read [3,["3_1","3_0"]])"},
      {"fifo-queue", "dequeue", "dequeue 5"},
      {"monotonic", "add 1", R"(add {"val":7,"sts":1})"},
      {"monotonic", "add 1", "add null"},
      {"causal", "write [1,1]", "write null"},
      {"causal", "read", "read 0"},
      {"causal-reverse", "write [1,1]", "write null"},
      {"causal-reverse", "read [1,null]", "read [1,[]]"},
      {"causal-reverse", "read", "read []"},
      {"register", "write 1", "write null"},
      {"register", "read 3", "read 1"},
      {"map", R"(get ["a",null])", R"(get ["a",1])"},
      {"map", R"(delete "a")", R"(delete ["a",null])"},
      {"map", R"(delete ["a",null])", R"(delete "a")"},
      {"model set", "add 1", "add null"},
      {"model set", "add 1", "add [1,true]"},
      {"model set", "remove 1", "remove false"},
      {"model set", "contains 1", "contains [1,false]"},
      {"log", "append 1", "append null"},
      {"model counter", "add 1", "add 1"},
      {"stack", "pop", "pop 5"},
      {"multi-register", R"(txn [["w","x",1],["read","y",null]])", R"(txn [["write","x",1],["r","y",2]])"},
      {"multi-register", R"(txn [["w","x",1]])", "txn null"},
  };
  for (const Pair& it : good) {
    EXPECT_EQ(others(answered(it.checker, it.asked, it.reply)), 0u)
        << it.checker << ": " << it.asked << " -> " << it.reply;
  }
}

TEST(Answers, ToWhatNoCheckerKnowsAreRefusedByItsName) {
  for (const char* checker : {"cas-register", "lin-kv", "kv", "bank", "counter", "set-full", "model register",
                              "model cas-register", "model map", "model set", "model log", "model counter"}) {
    const Verdict verdict = answered(checker, "reed null", "reed 0");
    EXPECT_EQ(verdict.valid, Valid::unknown) << checker;
    EXPECT_EQ(others(verdict), 0u) << checker;
  }
}

TEST(Answers, WhatWasNotAcknowledgedMayBeAnything) {
  for (const Pair& it : answers_of_another_request) {
    for (const std::string type : {"info", "fail"}) {
      const History history = shorthand({std::string("0 invoke ") + it.asked, "0 " + type + " " + it.reply});
      EXPECT_EQ(others(judged(it.checker, history)), 0u);
    }
  }
}

TEST(Answers, PollsShowWhatTheProcessHasAssignedItself) {
  const auto judge = [](std::vector<std::string> lines) {
    return others(find_checker("kafka")->check(shorthand(lines), {}));
  };
  const std::string poll = R"(1 ok poll [["poll",{"a":[[0,1]]}]])";
  const std::vector<std::string> sent = {R"(0 invoke send [["send","a",1]])", R"(0 ok send [["send","a",[0,1]]])"};
  const auto with = [&](const std::vector<std::string>& more) {
    std::vector<std::string> lines = sent;
    lines.insert(lines.end(), more.begin(), more.end());
    return lines;
  };
  const std::string asked = R"(1 invoke poll [["poll"]])";
  EXPECT_EQ(judge(with({R"(1 invoke assign ["b","a"])", R"(1 ok assign ["b","a"])", asked, poll})), 0u);
  EXPECT_EQ(judge(with({R"(1 invoke assign ["b"])", R"(1 ok assign ["b"])", asked, poll})), 1u);
  EXPECT_EQ(judge(with({R"(2 invoke assign ["b"])", R"(2 ok assign ["b"])", asked, poll})), 0u) << "of another process";
  EXPECT_EQ(judge(with({R"(1 invoke assign ["a"])", R"(1 ok assign ["a"])", R"(1 invoke assign ["b"])",
                        R"(1 ok assign ["b"])", asked, poll})),
            1u);
  // One that failed left the assignment as it was.
  EXPECT_EQ(judge(with({R"(1 invoke assign ["a"])", R"(1 ok assign ["a"])", R"(1 invoke assign ["b"])",
                        R"(1 fail assign ["b"])", asked, poll})),
            0u);
  // Who has subscribed is given keys by the system.
  EXPECT_EQ(judge(with({R"(1 invoke subscribe ["b"])", R"(1 ok subscribe ["b"])", R"(1 invoke assign ["b"])",
                        R"(1 ok assign ["b"])", asked, poll})),
            0u);
  EXPECT_EQ(judge(with({asked, poll})), 0u);
}

/// The same history from clients that acknowledge all but reads with null.
History without_written_values(History history) {
  for (Operation& operation : history) {
    const bool takes =
        operation.f.starts_with("read") || operation.f == "get" || operation.f == "dequeue" || operation.f == "pop";
    if (operation.type == Type::ok && !takes) operation.value = Json();
  }
  return history;
}

TEST(Answers, AnAcknowledgedWriteThatSaysNothingWroteWhatItWasTo) {
  struct Case {
    const char* checker;
    const char* write;
    const char* right;
    const char* wrong;
  };
  constexpr Case cases[] = {
      {"set", "add 1", "read [1]", "read []"},
      {"g-set", "add 1", "read [1]", "read []"},
      {"broadcast", "broadcast 1", "read [1]", "read []"},
      {"set-full", "add 1", "read [1]", "read []"},
      {"counter", "add 1", "read 1", "read 2"},
      {"pn-counter", "add -1", "read -1", "read 0"},
      {"g-counter", "add 1", "read 1", "read 0"},
      {"queue", "enqueue 1", "dequeue 1", "dequeue 2"},
      {"total-queue", "enqueue 1", "dequeue 1", "dequeue 2"},
      {"causal", "write 1", "read 1", "read 0"},
      {"causal", "write [7,1]", "read [7,1]", "read [7,0]"},
      {"causal-reverse", "write 1", "read [0,1]", "read [1]"},
      {"comments", "write [7,1]", "read [7,[0,1]]", "read [7,[1]]"},
      {"monotonic", "add 1", "read [0,1]", "read [0]"},
      {"lin-kv", "write [7,1]", "read [7,1]", "read [7,2]"},
      {"lin-kv", "cas [7,[0,1]]", "read [7,1]", "read [7,0]"},
      {"cas-register", "write 1", "read 1", "read 2"},
      {"kv", R"(put ["a","x"])", R"(get ["a","x"])", R"(get ["a",""])"},
      {"register", "write 1", "read 1", "read 2"},
      {"map", "delete 7", "get [7,null]", "get [7,0]"},
      {"model set", "add 1", "read [0,1]", "read [0]"},
      {"log", "append 1", "read [0,1]", "read [1,0]"},
      {"stack", "push 1", "pop 1", "pop 0"},
      {"model queue", "enqueue 1", "dequeue 0", "dequeue 1"},
      {"model counter", "add 1", "read 1", "read 2"},
  };
  for (const Case& it : cases) {
    SCOPED_TRACE(std::string(it.checker) + ": " + it.write);
    std::string first = it.write;  // what comes before it, where one alone says nothing
    if (const auto at = first.rfind('1'); at != std::string::npos) first[at] = '0';
    const std::string name = it.checker;
    if (name == "map") first = "put [7,0]";
    if (name == "lin-kv") first = "write [7,0]";
    const bool needs_first = name == "causal-reverse" || name == "comments" || name == "monotonic" || name == "map" ||
                             name == "lin-kv" || name == "model set" || name == "log" || name == "stack" ||
                             name == "model queue";
    for (const bool is_right : {true, false}) {
      std::vector<std::string> lines;
      if (needs_first) lines = {"0 invoke " + first, "0 ok " + first};
      const std::string read = is_right ? it.right : it.wrong;
      const std::string f = read.substr(0, read.find(' '));
      const std::string asked = read.find("[7") != std::string::npos ? f + " [7,null]" : f;
      lines.insert(lines.end(), {std::string("0 invoke ") + it.write, std::string("0 ok ") + it.write});
      lines.insert(lines.end(), {"!1 invoke " + (name == "kv" ? R"(get ["a",null])" : asked), "!1 ok " + read});
      const History history = shorthand(lines);
      const Verdict verdict = judged(name, history);
      EXPECT_EQ(verdict.valid, is_right ? Valid::yes : Valid::no) << read << " " << verdict.error;
      EXPECT_EQ(to_details(judged(name, without_written_values(history))).dump(), to_details(verdict).dump()) << read;
    }
  }
  const std::vector<std::string> twice = {"0 invoke insert [1,[null,1]]", "1 invoke insert [1,[2,null]]",
                                          "0 ok insert [1,[null,1]]", "1 ok insert [1,[2,null]]"};
  EXPECT_EQ(judged("adya", without_written_values(shorthand(twice))).valid, Valid::no);
  // Transactions that only write have nothing else to tell.
  const Verdict forks = judged("long-fork", shorthand({R"(0 invoke write [["w",0,1]])", "0 ok write",
                                                       R"(1 invoke read [["r",0,null]])", R"(1 ok read [["r",0,1]])"}));
  EXPECT_NE(forks.valid, Valid::no) << reason(forks);
  for (const auto& [checker, write, read] : {std::tuple{"list-append", R"([["append",0,1]])", R"([["r",0,[1]]])"},
                                             {"rw-register", R"([["w",0,1]])", R"([["r",0,1]])"}}) {
    const std::vector<std::string> lines = {std::string("0 invoke txn ") + write, "0 ok txn",
                                            R"(1 invoke txn [["r",0,null]])", std::string("1 ok txn ") + read};
    EXPECT_EQ(judged(checker, shorthand(lines)).valid, Valid::yes) << checker;
  }
}

TEST(Answers, WhatFailedHidesNothingWhereItsClientLeavesTheValueOut) {
  for (const std::string type : {"fail", "info"}) {
    const std::vector<std::string> twice = {"0 invoke insert [1,[null,1]]", "1 invoke insert [1,[2,null]]",
                                            "0 ok insert [1,[null,1]]",     "1 ok insert [1,[2,null]]",
                                            "2 invoke insert [2,[3,null]]", "2 " + type + " insert"};
    EXPECT_EQ(judged("adya", shorthand(twice)).valid, Valid::no) << type;
    for (const auto& [checker, write, read] : {std::tuple{"list-append", R"([["append",0,1]])", R"([["r",0,[2]]])"},
                                               {"rw-register", R"([["w",0,1]])", R"([["r",0,2]])"}}) {
      const std::vector<std::string> lines = {
          std::string("0 invoke txn ") + write,
          std::string("0 ok txn ") + write,
          R"(1 invoke txn [["r",0,null]])",
          std::string("1 ok txn ") + read,
          std::string("2 invoke txn ") +
              (checker == std::string("list-append") ? R"([["append",5,1]])" : R"([["w",5,1]])"),
          "2 " + type + " txn"};
      const History whole = shorthand(lines);
      const History without(whole.begin(), whole.end() - 2);
      EXPECT_EQ(judged(checker, whole).valid, judged(checker, without).valid) << checker << " " << type;
    }
  }
}

TEST(Answers, ToUpstreamAnAcknowledgedNullWasWritten) {
  const History history = shorthand({"0 invoke add 1", "0 ok add null", "1 invoke read", "1 ok read [1]"});
  EXPECT_EQ(judged("set", history).valid, Valid::yes);
  EXPECT_EQ(reason(judged("set", history, compat)), "lost [null]");
}

TEST(Answers, WhatIsNotToldOfOtherThanWritesStaysSo) {
  const auto filled = [](const std::vector<std::string>& lines) {
    const History history = shorthand(lines);
    return with_asked_values(history, Pairing(history)).has_value();
  };
  EXPECT_TRUE(filled({"0 invoke add 1", "0 ok add"}));
  EXPECT_FALSE(filled({"0 invoke add 1", "0 ok add 1"})) << "nothing is copied";
  EXPECT_TRUE(filled({"0 invoke add 1", "0 info add"}));
  EXPECT_TRUE(filled({"0 invoke cas [1,[2,3]]", "0 fail cas"}));
  EXPECT_FALSE(filled({"0 invoke read 1", "0 ok read", "1 invoke dequeue 1", "1 ok dequeue"}));
  EXPECT_TRUE(filled({R"(0 invoke txn [["w",1,2]])", "0 ok txn"}));
  EXPECT_FALSE(filled({R"(0 invoke txn [["w",1,2],["r",1,null]])", "0 ok txn"}));
  EXPECT_FALSE(filled({"0 invoke add 1", "0 ok write"})) << "it answers something else";
  EXPECT_FALSE(filled({"nemesis invoke add 1", "nemesis ok add"}));
}

TEST(Answers, LongOnesAreToldShortlyAndManyAreCounted) {
  std::vector<std::string> lines;
  const std::string list(100'000, '7');
  for (int i = 0; i < 50; ++i) {
    lines.push_back(R"(0 invoke txn [["w",1,)" + std::to_string(i) + "]]");
    lines.push_back(R"(0 ok txn [["w",2,)" + list + "]]");
  }
  const Verdict verdict = find_checker("rw-register")->check(shorthand(lines), {});
  EXPECT_EQ(others(verdict), 50u);
  EXPECT_EQ(to_details(verdict)["other-than-asked"]["errs"].size(), 8u);
  for (const std::string& line : verdict.explanation) EXPECT_LT(line.size(), 1'000u);
}

}  // namespace
}  // namespace mznode::check

// What `mznode check` prints for programs, and what bounds it.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/app/child.hpp"
#include "tests/temporary_directory.hpp"

namespace mznode::testing_support {
namespace {

using nlohmann::json;

constexpr std::string_view right_history =
    "{:type :invoke, :process 0, :f :write, :value 1}\n"
    "{:type :ok, :process 0, :f :write, :value 1}\n"
    "{:type :invoke, :process 0, :f :read, :value nil}\n"
    "{:type :ok, :process 0, :f :read, :value 1}\n";
constexpr std::string_view wrong_history =
    "{:type :invoke, :process 0, :f :write, :value 1}\n"
    "{:type :ok, :process 0, :f :write, :value 1}\n"
    "{:type :invoke, :process 0, :f :read, :value nil}\n"
    "{:type :ok, :process 0, :f :read, :value 2}\n";

class CheckOutput : public testing::Test {
 protected:
  void SetUp() override {
    directory_ = own_ / "check output";
    std::filesystem::create_directories(directory_);
  }

  /// A history under a name that is markup in every form.
  std::string file(const std::string& name, std::string_view text) const {
    const std::string path = (directory_ / name).string();
    std::ofstream(path) << text;
    return path;
  }

  static Said check(std::vector<std::string> words) {
    words.insert(words.begin(), {"check", "-w", "cas-register"});
    Child child(words);
    return child.said();
  }

  /// Tests run side by side.
  TemporaryDirectory own_;
  std::filesystem::path directory_;
};

TEST_F(CheckOutput, JsonIsALineAHistory) {
  const std::string good = file("good.edn", right_history);
  const std::string bad = file("bad.edn", wrong_history);
  const Said judged = check({"--json", good, bad, "no-file"});
  EXPECT_EQ(judged.code, 1);
  const auto lines = lines_of(judged.output);
  ASSERT_EQ(lines.size(), 3u) << judged.output;
  EXPECT_EQ(json::parse(lines[0])["file"], good);
  EXPECT_EQ(json::parse(lines[0])["checker"], "cas-register");
  EXPECT_EQ(json::parse(lines[0])["valid?"], true);
  EXPECT_EQ(json::parse(lines[1])["valid?"], false);
  EXPECT_EQ(json::parse(lines[1])["op"]["value"], 2);
  EXPECT_FALSE(json::parse(lines[1])["explanation"].empty());
  EXPECT_EQ(json::parse(lines[2])["valid?"], "unknown");
  EXPECT_NE(json::parse(lines[2])["error"].get<std::string>().find("cannot be read"), std::string::npos) << lines[2];
}

TEST_F(CheckOutput, JUnitAndTapHaveACaseAHistory) {
  const std::string good = file("a<b>&\"#.edn", right_history);
  const std::string bad = file("bad.edn", wrong_history);
  const Said junit = check({"--junit", good, bad, "no-file"});
  EXPECT_EQ(junit.code, 1);
  EXPECT_NE(junit.output.find("<testsuites tests=\"3\" failures=\"1\" errors=\"1\">"), std::string::npos)
      << junit.output;
  EXPECT_NE(junit.output.find("a&lt;b&gt;&amp;&quot;#.edn\"/>"), std::string::npos) << junit.output;
  EXPECT_NE(junit.output.find("<failure type=\"false\" message=\""), std::string::npos) << junit.output;
  EXPECT_NE(junit.output.find("<error type=\"unknown\" message=\"cannot be read: No such file"), std::string::npos)
      << junit.output;
  const Said tap = check({"--tap", good, bad, "no-file"});
  EXPECT_EQ(tap.code, 1);
  const auto lines = lines_of(tap.output);
  EXPECT_EQ(lines[0], "TAP version 13");
  EXPECT_EQ(lines[1], "1..3");
  EXPECT_TRUE(lines[2].starts_with("ok 1 - ") && lines[2].ends_with("\"\\#.edn")) << lines[2];
  EXPECT_TRUE(lines[3].starts_with("not ok 2 - ")) << lines[3];
  EXPECT_EQ(lines[5], "  valid: false");
  EXPECT_NE(tap.output.find("\n  valid: unknown\n  message: \"cannot be read: "), std::string::npos) << tap.output;
  EXPECT_EQ(check({"--tap", good}).code, 0);
}

TEST_F(CheckOutput, TheFormsExcludeOneAnother) {
  for (const char* other : {"--junit", "--tap", "-v"}) EXPECT_EQ(check({"--json", other, "no-file"}).code, 2) << other;
}

TEST_F(CheckOutput, ABoundThatIsKeptChangesNothing) {
  const std::string bad = file("bad.edn", wrong_history);
  const Said free = check({"-v", bad});
  const Said bounded = check({"-v", "--timeout", "600", "--memory", "4096", bad});
  EXPECT_EQ(bounded.output, free.output);
  EXPECT_EQ(bounded.code, 1);
}

TEST_F(CheckOutput, WhatTakesTooLongIsUnknown) {
  Child child({"check", "-w", "cas-register", "--timeout", "0.05", "-"});
  EXPECT_EQ(child.read_line(), "-\tunknown");  // while its input is still open
  EXPECT_EQ(child.finish().code, 2);
  EXPECT_NE(child.log().find("in the time that it may take (--timeout 0.05)"), std::string::npos) << child.log();
  EXPECT_EQ(check({"--timeout", "0", "no-file"}).code, 2);
}

TEST_F(CheckOutput, WhatTakesTooMuchMemoryIsUnknown) {
  std::string long_history;
  while (long_history.size() < (std::size_t{32} << 20)) long_history += right_history;
  const Said judged = check({"--memory", "16", file("long.edn", long_history)});
  EXPECT_EQ(judged.code, 2);
  EXPECT_TRUE(judged.output.ends_with("long.edn\tunknown\n")) << judged.output;
  EXPECT_NE(judged.log.find("16 MiB"), std::string::npos) << judged.log;
}

/// Where the system gives no more memory, one history is unknown and the others are judged.
TEST_F(CheckOutput, OneHistoryThatDoesNotFitIntoMemoryLeavesTheOthers) {
  const std::string good = file("good.edn", right_history);
  const std::string large = file("large.edn", right_history);
  std::filesystem::resize_file(large, std::uintmax_t{2} << 30);
  const auto within_limit = [](std::vector<std::string> words) {
    words.insert(
        words.begin(),
        {"-c", R"(ulimit -v 600000 && exec "$0" check -w cas-register --max-file-size 4096 "$@")", MZNODE_BINARY});
    Child child("/bin/sh", words);
    return child.said();
  };
  if (within_limit({good}).code != 0) GTEST_SKIP() << "a program with a sanitizer takes more address space";
  const Said said = within_limit({large, good});
  EXPECT_EQ(said.code, 2) << said.log;
  EXPECT_EQ(said.output, large + "\tunknown\n" + good + "\ttrue\n") << said.log;
  EXPECT_NE(said.log.find("more memory than there is"), std::string::npos) << said.log;
  const Said as_json = within_limit({"--json", large, good});
  EXPECT_EQ(lines_of(as_json.output).size(), 2u) << as_json.log;
}

TEST_F(CheckOutput, WhatACheckerDoesNotReadIsRefused) {
  const std::string history = file("history.edn", right_history);
  const std::vector<std::vector<std::string>> options = {
      {"--total-amount", "5"}, {"--accounts", "1,2"},        {"--negative-balances"},  {"--group-size", "2"},
      {"--permits", "2"},      {"--strict-null-reads"},      {"--initial-value", "1"}, {"--complete"},
      {"--model", "queue"},    {"--transaction-order", "ts"}};
  for (std::vector<std::string> words : options) {
    words.insert(words.begin(), {"check", "-w", "set", history});
    const Said said = Child(words).said();
    EXPECT_EQ(said.code, 2) << words[4];
    EXPECT_EQ(said.output, "") << words[4];
    EXPECT_NE(said.log.find(words[4] + " is of "), std::string::npos) << said.log;
  }
  EXPECT_EQ(check({"--initial-value", "1", "--strict-null-reads", history}).code, 0);
}

/// The pipe stays open: what has been violated needs no end.
TEST_F(CheckOutput, FollowingEndsAtTheFirstViolation) {
  Child child({"check", "-w", "cas-register", "--follow", "-v", "-"});
  child.write(right_history);
  child.write(wrong_history.substr(0, 60));  // and a line of which only a part is there
  child.write(wrong_history.substr(60));
  child.write("{:type :inv");
  EXPECT_EQ(child.read_line(), "-\tfalse");
  EXPECT_EQ(child.finish().code, 1);
}

TEST_F(CheckOutput, FollowingEndsWithThePipeOrTheTime) {
  Child whole({"check", "-w", "cas-register", "--follow", "-"});
  whole.write(right_history);
  whole.close_input();
  EXPECT_EQ(whole.finish().code, 0);
  EXPECT_EQ(whole.output(), "-\ttrue\n");
  // A pipe that ends within a line has lost something.
  Child half({"check", "-w", "cas-register", "--follow", "-"});
  half.write(std::string(right_history) + "{:type :inv");
  half.close_input();
  EXPECT_EQ(half.finish().code, 2);
  // A file may always grow.
  const std::string growing = file("growing.edn", std::string(right_history) + "{:type :inv");
  const Said timed = check({"--follow", "--timeout", "0.3", growing});
  EXPECT_EQ(timed.code, 0) << timed.log;
  const std::string unfinished = file("unfinished.edn", std::string(wrong_history).substr(0, wrong_history.size() - 1));
  EXPECT_EQ(check({"--follow", "--timeout", "0.3", unfinished}).code, 1) << "a whole line counts without its end, too";
  Child of_file("/bin/sh", {"-c", R"("$0" check -w cas-register --follow - < "$1")", MZNODE_BINARY, unfinished});
  EXPECT_EQ(of_file.finish().code, 1) << "standard input has an end, whatever it is";
  EXPECT_EQ(check({"--follow", file("bad.edn", wrong_history)}).code, 1);
  EXPECT_EQ(check({"--follow", file("unreadable.edn", std::string(right_history) + "{:type :inv}\n")}).code, 2);
  EXPECT_EQ(check({"--follow", growing, growing}).code, 2);
  const Said timeless = check({"--follow", "--timeout", "0", growing});
  EXPECT_NE(timeless.log.find("--timeout takes seconds above 0"), std::string::npos) << timeless.log;
  EXPECT_EQ(timeless.output, "") << "a mistake in the options says nothing of a history";
}

/// What is only lost so far may come back.
TEST_F(CheckOutput, FollowingGoesOnWhereTimeMayHelp) {
  constexpr std::string_view lost =
      "{:type :invoke, :process 0, :f :add, :value 1}\n{:type :ok, :process 0, :f :add, :value 1}\n"
      "{:type :invoke, :process 0, :f :read}\n{:type :ok, :process 0, :f :read, :value []}\n";
  for (const bool comes_back : {true, false}) {
    Child child({"check", "-w", "set-full", "--follow", "-"});
    child.write(lost);
    if (comes_back) {
      child.write("{:type :invoke, :process 0, :f :read}\n{:type :ok, :process 0, :f :read, :value [1]}\n");
    }
    child.close_input();
    EXPECT_EQ(child.finish().code, comes_back ? 0 : 1) << child.output();
  }
}

/// Where only completions are told, the write that was read may be told of later.
TEST_F(CheckOutput, FollowingWaitsForTheWriteThatWasRead) {
  for (const bool is_timeless : {true, false}) {
    Child child({"check", "-w", "rw-register", "--consistency-models", "serializable", "--follow", "-"});
    child.write(is_timeless ? "r(1,1,1,1)\n" : "{:type :ok, :process 1, :value [[:r 1 1]]}\n");
    // Meanwhile it judges what there is.
    check({"--follow", file("bad.edn", wrong_history)});
    child.write(is_timeless ? "w(1,1,0,0)\n" : "{:type :ok, :process 2, :value [[:w 1 1]]}\n");
    child.close_input();
    EXPECT_EQ(child.finish().code, 0) << child.output() << child.log();
  }
}

TEST_F(CheckOutput, ADirectoryOfAStoreHasItsHistory) {
  std::filesystem::create_directories(directory_ / "run");
  file("run/history.edn", right_history);
  EXPECT_EQ(check({(directory_ / "run").string()}).code, 0);
  std::filesystem::create_directories(directory_ / "empty");
  std::filesystem::create_directories(directory_ / "cobra");
  const auto number = [](char last) { return std::string(7, '\0') + last; };
  const std::string writes = "S" + number(1) + "W" + number(5) + number(9) + number(0) + "C" + number(1);
  const std::string reads = "S" + number(2) + "R" + number(1) + number(6) + number(9) + number(0) + "C" + number(2);
  file("cobra/T1.log", writes);
  file("cobra/T2.log", reads);
  Child child({"check", "-w", "rw-register", "--consistency-models", "causal", (directory_ / "cobra").string()});
  EXPECT_EQ(child.finish().code, 1) << "write 6 was never written: " << child.log();
  Child lone({"check", "-w", "rw-register", "--consistency-models", "causal", (directory_ / "cobra/T2.log").string()});
  EXPECT_EQ(lone.finish().code, 2);
  EXPECT_NE(lone.log().find("byte 1 is NUL; where it is one of Cobra's logs"), std::string::npos) << lone.log();
  EXPECT_EQ(check({(directory_ / "empty").string()}).code, 2);
}

TEST_F(CheckOutput, DbcopsBinaryIsNamedItselfOrByItsDirectory) {
  std::filesystem::create_directories(directory_ / "hist-00000");
  const auto number = [](char first) { return first + std::string(7, '\0'); };
  std::string bytes;
  // Five parameters and three empty texts, then one session with one transaction, whose event reads what nobody wrote.
  for (int i = 0; i < 8; ++i) bytes += number(0);
  bytes += number(1) + number(1) + number(1) + std::string(1, '\0') + number(3) + number(9) + "\1\1";
  const std::string binary = file("hist-00000/history.bincode", bytes);
  for (const std::string& path : {binary, (directory_ / "hist-00000").string()}) {
    Child child({"check", "-w", "rw-register", "--consistency-models", "causal", path});
    EXPECT_EQ(child.finish().code, 1) << child.log();
  }
}

TEST_F(CheckOutput, Utf16IsToldWhatToDo) {
  const std::string text = file("utf16.edn", std::string("\xFF\xFE{\0}\0", 6));
  Child child({"check", "-w", "set", text});
  EXPECT_EQ(child.finish().code, 2);
  EXPECT_NE(child.log().find("iconv -f UTF-16"), std::string::npos) << child.log();
}

TEST_F(CheckOutput, FormatsAndVersionsAreNamed) {
  const std::string plume = file("plume.txt", "w(0,1,0,0)\nr(0,1,1,1)\n");
  Child asked({"check", "-w", "rw-register", "--consistency-models", "Causal", "--format", "PLUME", plume});
  EXPECT_EQ(asked.finish().code, 0) << asked.log();
  Child other({"check", "-w", "RW-register", "--consistency-models", "causal", "--format", "edn", plume});
  EXPECT_EQ(other.finish().code, 2);
  EXPECT_NE(other.log().find("line 1, column 1: expected {"), std::string::npos) << other.log();
  Child timeless({"check", "-w", "rw-register", plume});
  EXPECT_EQ(timeless.finish().code, 2);
  EXPECT_NE(timeless.log().find("tells nothing of time"), std::string::npos) << timeless.log();
  for (const char* version : {"jepsen", "Jepsen-0.3.12", "elle-0.2.5"}) {
    EXPECT_EQ(check({"--compat", version, file("good.edn", right_history)}).code, 0) << version;
  }
  EXPECT_EQ(check({"--compat", "jepsen-0.2", "no-file"}).code, 2);
}

}  // namespace
}  // namespace mznode::testing_support

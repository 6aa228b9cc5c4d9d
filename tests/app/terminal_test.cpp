#include "tests/app/terminal.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/app/child.hpp"
#include "tests/temporary_directory.hpp"

namespace mznode::testing_support {
namespace {

using Words = std::vector<std::string>;

const Words short_test = {"test", "-w", "echo", "--time-limit", "1", "--store", ""};

std::string printed_by(const Words& arguments) {
  Child child(arguments);
  EXPECT_NE(child.finish().code, 2) << child.log();
  return child.output();
}

/// The columns of the widest line.
std::size_t widest(const std::string& text) {
  std::size_t most = 0;
  for (const std::string& line : lines_of(text)) {
    const auto letters = std::count_if(
        line.begin(), line.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80 && c != '\r'; });
    most = std::max(most, static_cast<std::size_t>(letters));
  }
  return most;
}

TEST(Terminal, InAPipeTablesAndHelpTakeEightyColumns) {
  for (const Words& words : std::vector<Words>{{"--help"},
                                               {"list"},
                                               {"list", "txn"},
                                               {"list", "broadcast"},
                                               {"-w", "broadcast", "--help"},
                                               {"-w", "txn", "--help"},
                                               {"-w", "lin-kv", "--help"},
                                               {"challenge", "--help"},
                                               {"init", "--help"},
                                               {"compare", "-w", "broadcast", "--time-limit", "2"},
                                               {"compare", "-w", "kafka", "--time-limit", "5", "--rate", "50"},
                                               {"compare", "-w", "txn-list-append", "--time-limit", "2"},
                                               {"challenge", "3a", "3b", "3d", "--store", ""}}) {
    EXPECT_LE(widest(printed_by(words)), 80U) << words[0] << " " << (words.size() > 1 ? words[1] : "");
  }
}

TEST(Terminal, ItsWidthIsUsed) {
  Terminal wide({"list"}, 120);
  EXPECT_EQ(wide.finish(), 0);
  EXPECT_GT(widest(wide.shown()), 80U);
  EXPECT_LE(widest(wide.shown()), 120U);
}

TEST(Terminal, ErrorsBreakBetweenWordsThereAndNowhereElse) {
  const Words words = {"test", "-w", "broadcast", "--no-such-option"};
  Terminal terminal(words, 60);
  EXPECT_EQ(terminal.finish(), 2);
  EXPECT_LE(widest(terminal.shown()), 60U) << terminal.shown();
  EXPECT_NE(terminal.shown().find(" --writes-dist"), std::string::npos) << terminal.shown();
  Child child(words);
  EXPECT_EQ(child.finish().code, 2);
  EXPECT_EQ(lines_of(child.log()).size(), 1U) << child.log();
}

TEST(Terminal, WhatIsMeantStandsAloneWhereManyAreKnown) {
  Child child({"check", "-w", "list-append", "--consistency-models", "si", "/dev/null"});
  EXPECT_EQ(child.finish().code, 2);
  EXPECT_EQ(child.log(), "mznode check: no consistency model is called si; did you mean snapshot-isolation?\n");
}

TEST(Terminal, OfATableWhatDoesNotFitFollowsBelow) {
  const std::string output = printed_by({"compare", "-w", "broadcast", "--strategy", "flood", "--time-limit", "2"});
  const auto lines = lines_of(output);
  EXPECT_TRUE(lines.at(0).starts_with("strategy  verdict")) << output;
  EXPECT_TRUE(lines.at(2).empty()) << output;
  EXPECT_TRUE(lines.at(3).starts_with("strategy  ") && lines.at(3).ends_with("survives")) << output;
  EXPECT_TRUE(lines.at(4).starts_with("flood ")) << output;
}

TEST(Terminal, VerdictsAreColouredThereAndNowhereElse) {
  Terminal plain(short_test, 100);
  EXPECT_EQ(plain.finish(), 0);
  EXPECT_NE(plain.shown().find("\033[32mvalid\033[0m"), std::string::npos) << plain.shown();
  Terminal refused(short_test, 100, {"NO_COLOR=1"});
  refused.finish();
  EXPECT_EQ(refused.shown().find("\033[3"), std::string::npos) << refused.shown();
  Terminal empty(short_test, 100, {"NO_COLOR="});
  empty.finish();
  EXPECT_NE(empty.shown().find("\033[32m"), std::string::npos) << "no-color.org: when not an empty string";
  EXPECT_EQ(printed_by(short_test).find('\033'), std::string::npos);
}

TEST(Terminal, ColoursDoNotMoveColumns) {
  const Words words = {"compare", "-w", "broadcast", "--strategy", "flood,direct", "--time-limit", "2"};
  Terminal terminal(words, 80);
  EXPECT_EQ(terminal.finish(), 0);
  std::string shown = terminal.shown().substr(terminal.shown().rfind("\033[K") + 3);  // behind the progress
  for (const std::string code : {"\033[32m", "\033[0m", "\r"}) {
    for (std::size_t at = shown.find(code); at != std::string::npos; at = shown.find(code))
      shown.erase(at, code.size());
  }
  EXPECT_EQ(shown, printed_by(words));
}

TEST(Terminal, AnInterruptedComparisonKeepsItsRows) {
  Terminal terminal({"compare", "-w", "broadcast", "--strategy", "direct,flood", "--time-limit", "5", "--rate", "50",
                     "--jobs", "1", "--seeds", "1..20000"},
                    100);
  ASSERT_TRUE(terminal.wait_for("3 of 40000 tests"));
  terminal.press_ctrl_c();
  EXPECT_EQ(terminal.finish(), 2);
  EXPECT_NE(terminal.shown().find("\ndirect "), std::string::npos) << terminal.shown();
  EXPECT_EQ(terminal.shown().find("\nflood "), std::string::npos) << terminal.shown();
  EXPECT_NE(terminal.shown().find("flood (0 of 20000 seeds)"), std::string::npos) << terminal.shown();
}

TEST(Terminal, WhatCannotBeWrittenSaysWhy) {
  Child child({"test", "-w", "echo", "--time-limit", "1", "--store=", "--report", "/no-such-directory/x.html"});
  EXPECT_EQ(child.finish().code, 2);
  EXPECT_NE(child.log().find("cannot write /no-such-directory/x.html: No such file or directory"), std::string::npos)
      << child.log();
}

TEST(Terminal, AnEmptyStoreIsNone) {
  Child child({"test", "-w", "echo", "--time-limit", "1", "--store="});
  EXPECT_EQ(child.finish().code, 0) << child.log();
  EXPECT_EQ(child.output().find("stored in"), std::string::npos);
}

TEST(Terminal, OneWorkloadIsListedWithWhatItsTestsAskFor) {
  const std::string output = printed_by({"list", "broadcast"});
  EXPECT_TRUE(output.starts_with("broadcast: ")) << output;
  for (const char* part : {"  flood: ", "--flush-ms N", "asks for broadcast, read", "stable-p50"}) {
    EXPECT_NE(output.find(part), std::string::npos) << part;
  }
  EXPECT_EQ(output.find("g-set"), std::string::npos);
  EXPECT_NE(printed_by({"list", "counter"}).find("pn-counter: "), std::string::npos);
  Child unknown({"list", "broadcats"});
  EXPECT_EQ(unknown.finish().code, 2);
  EXPECT_NE(unknown.log().find("did you mean broadcast?"), std::string::npos) << unknown.log();
}

TEST(Terminal, AWordIsAProgramOfPath) {
  Child child({"test", "-w", "echo", "--node-count", "1", "--time-limit", "1", "--store=", "--bin", "sh", "--", "-c",
               "exec '" MZNODE_BINARY "' -w echo"});
  EXPECT_EQ(child.finish().code, 0) << child.log() << child.output();
  Child missing({"test", "-w", "echo", "--bin", "no-such-program"});
  EXPECT_EQ(missing.finish().code, 2);
  EXPECT_NE(missing.log().find("no such program in PATH"), std::string::npos) << missing.log();
}

TEST(Terminal, TheShrunkRunIsStoredAndReported) {
  const TemporaryDirectory root;
  const std::string report = (root / "report.html").string();
  Child child({"test", "-w", "broadcast", "-s", "direct", "--rate", "50", "--time-limit", "20", "--nemesis",
               "kill,reorder", "--nemesis-interval", "1", "--shrink", "--store", (root / "store").string(), "--report",
               report});
  EXPECT_EQ(child.finish().code, 1) << child.log();
  const std::size_t shrunk = child.output().find("shrunk to: ");
  ASSERT_NE(shrunk, std::string::npos) << child.output();
  EXPECT_EQ(child.output().find("reorder", shrunk), std::string::npos) << child.output();
  EXPECT_NE(child.output().find("stored in", shrunk), std::string::npos) << child.output();
  EXPECT_TRUE(std::filesystem::exists(report));
}

}  // namespace
}  // namespace mznode::testing_support

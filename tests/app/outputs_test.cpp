// What a command is to write is tried before its work.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "tests/app/child.hpp"
#include "tests/temporary_directory.hpp"

namespace mznode::testing_support {
namespace {

using Typed = std::vector<std::string>;

/// A command with few tests that writes where the words say.
Said said_to(Typed command, const Typed& where) {
  command.insert(command.end(), where.begin(), where.end());
  Child child(command);
  return child.said();
}

const std::vector<Typed> commands_that_store = {{"test", "-w", "echo", "--time-limit", "1"},
                                                {"test", "-w", "echo", "--time-limit", "1", "--shrink"},
                                                {"challenge", "1"}};

// A test may take long, and what it showed would be lost.
TEST(Outputs, AStoreThatCannotBeWrittenIsRefusedBeforeTheTest) {
  const TemporaryDirectory directory;
  std::ofstream(directory / "file") << "kept";
  std::filesystem::create_directories(directory / "store");
  std::ofstream(directory / "store" / "echo") << "no directory";
  for (const Typed& command : commands_that_store) {
    for (const std::string store : {"file", "file/below", "store"}) {
      const std::string root = (directory / store).string();
      const Said said = said_to(command, {"--store", root});
      EXPECT_EQ(said.code, 2);
      EXPECT_EQ(said.output, "");
      EXPECT_NE(said.log.find("cannot store the results in " + root + ": "), std::string::npos) << said.log;
      EXPECT_NE(said.log.find("Not a directory; --store takes a directory, or '' for none"), std::string::npos)
          << said.log;
    }
  }
  const Said seeds = said_to(commands_that_store[0], {"--seeds", "1..2", "--store", (directory / "file").string()});
  EXPECT_EQ(seeds.output, "") << "of several seeds only those that fail are stored";
}

TEST(Outputs, APageTakesTheNameOfNothingThatATestStores) {
  const TemporaryDirectory directory;
  const std::string root = (directory / "store").string();
  ASSERT_EQ(said_to(commands_that_store[0], {"--store", root}).code, 0);
  const std::filesystem::path latest = directory / "store" / "latest";
  for (const char* name : {"results.json", "history.edn", "history.jsonl", "messages.jsonl"}) {
    const std::string page = (latest / name).string();
    const auto size = std::filesystem::file_size(page);
    for (const Typed& command : {Typed{"test", "-w", "echo", "--time-limit", "1", "--store", root},
                                 Typed{"check", "-w", "echo", latest.string()}}) {
      const Said said = said_to(command, {"--report", page});
      EXPECT_EQ(said.code, 2) << command.front();
      EXPECT_NE(said.log.find("--report would write over"), std::string::npos) << said.log;
      EXPECT_EQ(std::filesystem::file_size(page), size);
    }
  }
  EXPECT_EQ(said_to({"check", "-w", "echo", latest.string()}, {"--report", (latest / "report.html").string()}).code, 0)
      << "an earlier page gives way";
}

TEST(Outputs, APageThatCannotBeWrittenIsRefusedBeforeTheTest) {
  const TemporaryDirectory directory;
  std::vector<Typed> commands = commands_that_store;
  for (Typed& each : commands) each.emplace_back("--store=");
  commands.push_back({"compare", "-w", "echo", "--time-limit", "1"});
  commands.push_back({"check", "-w", "echo", "/dev/null"});
  for (const Typed& command : commands) {
    for (const auto& [page, why] :
         {std::pair{"no/page.html", ": No such file or directory"}, {"", ": Is a directory"}}) {
      const std::string path = (directory / page).string();
      const Said said = said_to(command, {"--report", path});
      EXPECT_EQ(said.code, 2);
      EXPECT_EQ(said.output, "") << command.front();
      EXPECT_NE(said.log.find("cannot write " + path + why), std::string::npos) << said.log;
    }
    EXPECT_NE(said_to(command, {"--report", "-"}).log.find("and no stream"), std::string::npos) << command.front();
  }
}

TEST(Outputs, WhatIsTriedIsLeftAsItWas) {
  const TemporaryDirectory directory;
  std::ofstream(directory / "page.html") << "kept";
  std::filesystem::create_symlink("nowhere", directory / "link");
  for (const std::string page : {"page.html", "link", "fresh.html"}) {
    const Said said = said_to({"test", "-w", "echo", "--time-limit", "1", "--seeds", "1..2", "--shrink"},
                              {"--report", (directory / page).string(), "--store", (directory / "store").string()});
    EXPECT_EQ(said.code, 0) << said.log;
  }
  std::set<std::string> left;
  for (const auto& each : std::filesystem::directory_iterator(directory.path())) left.insert(each.path().filename());
  EXPECT_EQ(left, (std::set<std::string>{"page.html", "link"})) << "nothing failed, so nothing is reported or stored";
  std::string text;
  EXPECT_TRUE(std::getline(std::ifstream(directory / "page.html"), text) && text == "kept");
  EXPECT_TRUE(std::filesystem::is_symlink(directory / "link"));
}

TEST(Outputs, APageMayGoToADevice) {
  const Said said = said_to({"test", "-w", "echo", "--time-limit", "1", "--store="}, {"--report", "/dev/null"});
  EXPECT_EQ(said.code, 0) << said.log;
}

}  // namespace
}  // namespace mznode::testing_support

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>

#include "tests/app/browser.hpp"
#include "tests/app/child.hpp"
#include "tests/temporary_directory.hpp"

namespace mznode::testing_support {
namespace {

namespace fs = std::filesystem;

struct Language {
  const char* name;
  /// Programs without which it cannot be built and run here.
  std::vector<const char*> needs;
};

const std::vector<Language> languages = {{"go", {"go"}},           {"python", {"python3"}},     {"rust", {"cargo"}},
                                         {"javascript", {"node"}}, {"java", {"javac", "make"}}, {"ruby", {"ruby"}},
                                         {"c++", {"g++", "make"}}};

bool is_installed(const std::string& program) {
  return std::system(("command -v " + program + " >/dev/null 2>&1").c_str()) == 0;
}

/// What a shell prints for a command line in which `mznode` is the built program, and what it ends with.
std::pair<std::string, int> run_in_shell(const fs::path& directory, const std::string& command) {
  const std::string bin = fs::path(MZNODE_BINARY).parent_path().string();
  // Nothing is fetched: what a template needs is there, or it is not to need it.
  const std::string line = "cd '" + directory.string() + "' && export PATH='" + bin +
                           "':$PATH GOPROXY=off GOFLAGS=-mod=mod CARGO_NET_OFFLINE=true && " + command + " 2>&1";
  std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(line.c_str(), "r"), pclose);
  std::string output;
  for (int c = 0; (c = std::getc(pipe.get())) != EOF;) output += static_cast<char>(c);
  return {output, pclose(pipe.release())};
}

class Init : public testing::TestWithParam<Language> {};

// What is printed to be run next is run, to the letter.
TEST_P(Init, TheNodePassesTheFirstChallengeByTheCommandsThatArePrinted) {
  for (const char* program : GetParam().needs) {
    if (!is_installed(program)) GTEST_SKIP() << program << " is not installed";
  }
  const TemporaryDirectory root;
  fs::create_directories(root / ".");
  const auto [printed, code] = run_in_shell(root / ".", std::string("mznode init ") + GetParam().name + " 'my node'");
  ASSERT_EQ(code, 0) << printed;
  std::size_t count = 0;
  for (const std::string& line : lines_of(printed)) {
    if (!line.starts_with("  ")) continue;
    ++count;
    const auto [output, status] = run_in_shell(root / ".", line);
    ASSERT_EQ(status, 0) << line << "\n" << output;
    if (line.find("challenge 1") != std::string::npos) {
      EXPECT_NE(output.find("1 echo: passed"), std::string::npos) << output;
    }
  }
  EXPECT_GE(count, 1U);
}

TEST_P(Init, TheSourceShowsWhereTheHandlersOfBroadcastGo) {
  const TemporaryDirectory root;
  Child child({"init", GetParam().name, (root / "node").string()});
  ASSERT_EQ(child.finish().code, 0) << child.log();
  bool is_shown = false;
  for (const auto& entry : fs::recursive_directory_iterator(root / "node")) {
    if (entry.is_regular_file())
      is_shown |= read_file(entry.path()).find("Challenge 3a, broadcast, goes here") != std::string::npos;
  }
  EXPECT_TRUE(is_shown);
}

INSTANTIATE_TEST_SUITE_P(Languages, Init, testing::ValuesIn(languages), [](const auto& language) {
  return language.param.name == std::string("c++") ? "cpp" : std::string(language.param.name);
});

TEST(InitCommand, OverwritesNothing) {
  const TemporaryDirectory root;
  fs::create_directories(root / "node");
  std::ofstream(root / "node/main.go") << "mine";
  Child child({"init", "go", (root / "node").string()});
  EXPECT_EQ(child.finish().code, 2);
  EXPECT_NE(child.log().find("main.go is there already, and nothing is overwritten"), std::string::npos) << child.log();
  EXPECT_EQ(read_file(root / "node/main.go"), "mine");
  EXPECT_FALSE(fs::exists(root / "node/go.mod")) << "either all is written or nothing";
}

TEST(InitCommand, SaysWhyItCannotWrite) {
  const TemporaryDirectory root;
  fs::create_directories(root / ".");
  std::ofstream(root / "file") << "no directory";
  Child child({"init", "python", (root / "file").string()});
  EXPECT_EQ(child.finish().code, 2);
  EXPECT_NE(child.log().find("Not a directory"), std::string::npos) << child.log();
}

TEST(InitCommand, AnUnknownLanguageNamesTheKnownOnes) {
  Child child({"init", "pyton"});
  EXPECT_EQ(child.finish().code, 2);
  EXPECT_NE(child.log().find("did you mean python? Known are go, python, rust"), std::string::npos) << child.log();
  Child none({"init"});
  EXPECT_EQ(none.finish().code, 2);
}

}  // namespace
}  // namespace mznode::testing_support

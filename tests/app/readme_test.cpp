#include <gtest/gtest.h>

#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <regex>
#include <sstream>

#include "tests/app/browser.hpp"
#include "tests/app/child.hpp"

namespace mznode::testing_support {
namespace {

/// A command that a page shows, and the output that it shows behind it.
struct Shown {
  std::string command;
  std::string output;
};

std::string read(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

/// The fenced blocks without a language, of which one is an mznode command and the next its output, with nothing but a
/// line or so between them.
std::vector<Shown> shown_in(const std::string& page) {
  struct Block {
    std::string text;
    std::size_t begin;
    std::size_t end;
  };
  std::vector<Block> blocks;
  const std::regex fence("(^|\n)```\n([^`]*?)\n```");
  for (std::sregex_iterator it(page.begin(), page.end(), fence), end; it != end; ++it) {
    blocks.push_back(
        {(*it)[2], static_cast<std::size_t>(it->position()), static_cast<std::size_t>(it->position() + it->length())});
  }
  std::vector<Shown> shown;
  for (std::size_t i = 0; i + 1 < blocks.size(); ++i) {
    const bool is_command = blocks[i].text.starts_with("mznode ") && blocks[i].text.find('\n') == std::string::npos;
    constexpr std::size_t short_text = 160;
    if (!is_command || blocks[i + 1].begin - blocks[i].end > short_text) continue;
    shown.push_back({blocks[i].text, blocks[i + 1].text});
  }
  return shown;
}

/// What a shell prints for a command line in which `mznode` is the built program.
std::string output_of(const std::string& command) {
  const TemporaryDirectory directory;
  const std::string bin = std::filesystem::path(MZNODE_BINARY).parent_path().string();
  const std::string line =
      "cd '" + (directory / ".").string() + "' && PATH='" + bin + "':$PATH && " + command + " 2>&1";
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(line.c_str(), "r"), pclose);
  std::string output;
  for (int c = 0; (c = std::getc(pipe.get())) != EOF;) output += static_cast<char>(c);
  return output;
}

/// Without the names of stored files, which have the time in them.
std::string comparable(const std::string& output) {
  return std::regex_replace(output, std::regex("\n  stored in [^\n]*|\n+$"), "");
}

class Page : public testing::TestWithParam<const char*> {};

// In virtual time the same seed gives the same output everywhere, so it must be the very one; processes take real time.
TEST_P(Page, ShowsWhatItsCommandsPrint) {
  const std::vector<Shown> all = shown_in(read(std::filesystem::path(MZNODE_SOURCE_DIR) / GetParam()));
  EXPECT_FALSE(all.empty());
  for (const Shown& shown : all) {
    const bool is_real_time = shown.command.find("--bin") != std::string::npos;
    if (is_real_time || shown.command.find("demo") != std::string::npos) continue;
    EXPECT_EQ(comparable(output_of(shown.command)), comparable(shown.output)) << shown.command;
  }
}

INSTANTIATE_TEST_SUITE_P(Pages, Page, testing::Values("README.md"),
                         [](const auto& page) { return std::filesystem::path(page.param).stem().string(); });

TEST(Demo, PrintsTheTableOfTheReadme) {
  const std::string readme = read(std::filesystem::path(MZNODE_SOURCE_DIR) / "README.md");
  const std::size_t begin = readme.find("Five nodes, 20 ms apart");
  const std::size_t end = readme.find("\nThe same program as five processes", begin);
  ASSERT_NE(end, std::string::npos);
  // What follows has real processes, in real time; nobody waits for that.
  Child child({"demo"});
  std::string printed;
  for (auto line = child.read_line(); line && !line->starts_with("The same program"); line = child.read_line()) {
    printed += *line + "\n";
  }
  child.kill(SIGKILL);
  EXPECT_EQ(comparable(printed), comparable(readme.substr(begin, end - begin)));
}

}  // namespace
}  // namespace mznode::testing_support

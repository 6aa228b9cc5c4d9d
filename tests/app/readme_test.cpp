#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <regex>
#include <set>
#include <sstream>
#include <string_view>

#include "tests/app/child.hpp"
#include "tests/temporary_directory.hpp"

namespace mznode::testing_support {
namespace {

namespace fs = std::filesystem;

/// What the demo prints before it goes on with real processes, in real time; nobody waits for these.
constexpr const char* real_half_of_demo = "The same program as five processes";

/// A command that a page shows, and the output that it shows behind it.
struct Shown {
  std::string command;
  std::string output;
  /// Where the output stands in the page.
  std::size_t position;
};

std::string read(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

/// The README and all that is beside it for users, relative to the root of the sources.
std::vector<std::string> pages() {
  const fs::path root = MZNODE_SOURCE_DIR;
  std::vector<std::string> pages = {"README.md", "examples/tutorial/README.md"};
  for (const auto& entry : fs::directory_iterator(root / "doc")) {
    if (entry.path().extension() == ".md") pages.push_back(fs::relative(entry.path(), root).generic_string());
  }
  std::sort(pages.begin(), pages.end());
  return pages;
}

/// One command of mznode's: on one line, on several that end in a backslash, or with what it reads below it.
bool is_command(const std::string& block) {
  return block.starts_with("mznode ") && block.find("\nmznode ") == std::string::npos;
}

/// Whether the text between two blocks leads from a command to its output: a line or so, but no table and no heading.
bool leads_to_output(std::string_view between) {
  constexpr std::size_t short_text = 160;
  return between.size() <= short_text && between.find("\n|") == std::string::npos &&
         between.find("\n#") == std::string::npos;
}

/// A fenced block: what is written behind its first fence, and where its text stands in the page.
struct Block {
  std::string language;
  std::size_t begin = 0;
  std::size_t end = 0;
};

std::vector<Block> blocks_of(const std::string& page) {
  const std::string fence = "```";
  std::vector<Block> blocks;
  bool is_open = false;
  for (std::size_t begin = 0; begin < page.size();) {
    const std::size_t end = std::min(page.find('\n', begin), page.size());
    if (page.compare(begin, fence.size(), fence) == 0) {
      if (is_open) {
        blocks.back().end = begin;
      } else {
        blocks.push_back({page.substr(begin + fence.size(), end - begin - fence.size()), end + 1});
      }
      is_open = !is_open;
    }
    begin = end + 1;
  }
  return blocks;
}

/// The blocks without a language, of which one is an mznode command and the next its output.
std::vector<Shown> shown_in(const std::string& page) {
  const std::vector<Block> blocks = blocks_of(page);
  const auto text_of = [&page](const Block& block) { return page.substr(block.begin, block.end - block.begin - 1); };
  std::vector<Shown> shown;
  for (std::size_t i = 0; i + 1 < blocks.size(); ++i) {
    const Block& first = blocks[i];
    const Block& second = blocks[i + 1];
    if (!first.language.empty() || !second.language.empty() || !is_command(text_of(first))) continue;
    if (!leads_to_output(std::string_view(page).substr(first.end, second.begin - first.end))) continue;
    shown.push_back({text_of(first), text_of(second), second.begin});
  }
  return shown;
}

/// What a shell prints for a command line in which `mznode` is the built program.
std::string output_of(const std::string& command) {
  const TemporaryDirectory directory;
  const std::string bin = fs::path(MZNODE_BINARY).parent_path().string();
  const std::string line =
      "cd '" + (directory / ".").string() + "' && PATH='" + bin + "':$PATH && {\n" + command + "\n} 2>&1";
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(line.c_str(), "r"), pclose);
  std::string output;
  for (int c = 0; (c = std::getc(pipe.get())) != EOF;) output += static_cast<char>(c);
  return output;
}

/// What the demo prints in virtual time.
std::string virtual_half_of_demo() {
  Child child({"demo"});
  std::string printed;
  for (auto line = child.read_line(); line && !line->starts_with(real_half_of_demo); line = child.read_line()) {
    printed += *line + "\n";
  }
  child.kill(SIGKILL);
  return printed;
}

/// What the program prints instead of what is shown. The part of the demo that takes real time is taken to be right.
std::string printed_for(const Shown& shown) {
  if (shown.command != "mznode demo") return output_of(shown.command);
  const std::size_t real_half = std::min(shown.output.find(real_half_of_demo), shown.output.size());
  return virtual_half_of_demo() + shown.output.substr(real_half);
}

/// Without the names of stored files, which have the time in them.
std::string comparable(const std::string& output) {
  return std::regex_replace(output, std::regex("\n  stored in [^\n]*|\n+$"), "");
}

class Page : public testing::TestWithParam<std::string> {};

// In virtual time the same seed gives the same output everywhere, so it must be the very one. Processes of --bin may
// take real time. With MZNODE_REWRITE_PAGES=1 the page gets what is printed instead.
TEST_P(Page, ShowsWhatItsCommandsPrint) {
  const bool rewrites = std::getenv("MZNODE_REWRITE_PAGES") != nullptr;
  const fs::path path = fs::path(MZNODE_SOURCE_DIR) / GetParam();
  std::string page = read(path);
  const std::vector<Shown> all = shown_in(page);
  for (auto shown = all.rbegin(); shown != all.rend(); ++shown) {
    if (shown->command.find("--bin") != std::string::npos) continue;
    const std::string printed = comparable(printed_for(*shown));
    if (rewrites) {
      page.replace(shown->position, shown->output.size(), printed);
    } else {
      EXPECT_EQ(printed, comparable(shown->output)) << shown->command;
    }
  }
  if (rewrites) std::ofstream(path) << page;
}

INSTANTIATE_TEST_SUITE_P(Pages, Page, testing::ValuesIn(pages()), [](const auto& page) {
  return std::regex_replace(std::regex_replace(page.param, std::regex("\\.md$"), ""), std::regex("[^A-Za-z0-9]"), "_");
});

TEST(Pages, ShowEachCommandWithItsOutput) {
  std::set<std::string> commands;
  for (const std::string& page : pages()) {
    for (const Shown& shown : shown_in(read(fs::path(MZNODE_SOURCE_DIR) / page))) {
      std::string command;
      std::istringstream(shown.command.substr(std::string("mznode ").size())) >> command;
      commands.insert(command);
    }
  }
  EXPECT_EQ(commands, (std::set<std::string>{"challenge", "check", "compare", "demo", "test"}));
}

}  // namespace
}  // namespace mznode::testing_support

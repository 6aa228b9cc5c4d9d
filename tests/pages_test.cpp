#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

/// The rules of the pages of Markdown, as style_test.cpp has those of the sources.
namespace mznode::style {
namespace {

namespace fs = std::filesystem;

/// The pages of the project, relative to its root; nothing that was built or is hidden.
std::vector<std::string> pages() {
  const fs::path root = MZNODE_SOURCE_DIR;
  std::vector<std::string> pages;
  for (auto it = fs::recursive_directory_iterator(root); it != fs::recursive_directory_iterator(); ++it) {
    const std::string name = it->path().filename().string();
    if (it->is_directory() && (name.starts_with(".") || name == "build" || name == "store"))
      it.disable_recursion_pending();
    if (it->path().extension() == ".md") pages.push_back(fs::relative(it->path(), root).generic_string());
  }
  std::sort(pages.begin(), pages.end());
  return pages;
}

/// A page line by line, and of each whether it stands in a fenced block.
struct PageLine {
  std::string text;
  bool is_in_block = false;
};

std::vector<PageLine> lines_of_page(const std::string& page) {
  std::ifstream text(fs::path(MZNODE_SOURCE_DIR) / page);
  std::vector<PageLine> lines;
  bool is_in_block = false;
  for (std::string line; std::getline(text, line);) {
    const std::size_t fence = line.find("```");
    const bool is_fence = fence != std::string::npos && fence == line.find_first_not_of(' ');
    if (is_fence) is_in_block = !is_in_block;
    lines.push_back({line, is_in_block || is_fence});
  }
  return lines;
}

/// Characters, not bytes.
std::size_t columns(std::string_view line) {
  return static_cast<std::size_t>(std::count_if(line.begin(), line.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

TEST(Pages, AreNoWiderThanAWindow) {
  constexpr std::size_t most_columns = 120;
  for (const std::string& page : pages()) {
    const auto lines = lines_of_page(page);
    for (std::size_t i = 0; i < lines.size(); ++i) {
      EXPECT_LE(columns(lines[i].text), most_columns) << page << ':' << i + 1;
    }
  }
}

TEST(Pages, TheReadmeIsReadInMinutes) {
  EXPECT_LE(lines_of_page("README.md").size(), 150u);
}

/// The name by which a link finds a heading, as GitHub and GitLab make it.
std::string anchor_of(std::string_view heading) {
  std::string anchor;
  for (const char c : heading.substr(heading.find_first_not_of("# "))) {
    const auto byte = static_cast<unsigned char>(c);
    const bool is_kept = std::isalnum(byte) != 0 || c == '-' || c == '_' || byte >= 0x80;
    if (c == ' ') anchor += '-';
    if (is_kept) anchor += static_cast<char>(std::tolower(byte));
  }
  return anchor;
}

bool has_anchor(const std::string& page, const std::string& anchor) {
  const auto lines = lines_of_page(page);
  return std::any_of(lines.begin(), lines.end(), [&](const PageLine& line) {
    return !line.is_in_block && line.text.starts_with("#") && anchor_of(line.text) == anchor;
  });
}

/// What the links of a page lead to, within the project.
std::vector<std::string> links_of(const std::string& page) {
  static const std::regex link(R"(\]\(([^)\s]+)\))");
  static const std::regex code("`[^`]*`");
  std::vector<std::string> links;
  for (const PageLine& line : lines_of_page(page)) {
    if (line.is_in_block) continue;
    const std::string text = std::regex_replace(line.text, code, "");
    for (std::sregex_iterator it(text.begin(), text.end(), link), end; it != end; ++it) {
      if ((*it)[1].str().find("://") == std::string::npos) links.push_back((*it)[1]);
    }
  }
  return links;
}

/// The file that a link leads to, relative to the root.
std::string target_of(const std::string& page, const std::string& link) {
  const std::string file = link.substr(0, link.find('#'));
  return file.empty() ? page : (fs::path(page).parent_path() / file).lexically_normal().generic_string();
}

TEST(Pages, LinksLeadSomewhere) {
  std::size_t links = 0;
  for (const std::string& page : pages()) {
    for (const std::string& link : links_of(page)) {
      ++links;
      const std::string target = target_of(page, link);
      const std::size_t hash = link.find('#');
      if (!fs::exists(fs::path(MZNODE_SOURCE_DIR) / target)) {
        ADD_FAILURE() << page << " links to " << link << ", which is not there";
      } else if (hash != std::string::npos) {
        EXPECT_TRUE(has_anchor(target, link.substr(hash + 1))) << page << " links to " << link << ": no such heading";
      }
    }
  }
  EXPECT_GT(links, 40u);
}

TEST(Pages, OfDocAreFoundFromTheReadme) {
  std::set<std::string> found;
  for (const std::string& link : links_of("README.md")) found.insert(target_of("README.md", link));
  for (const std::string& page : pages()) {
    EXPECT_TRUE(!page.starts_with("doc/") || found.contains(page)) << "README.md does not link to " << page;
  }
}

}  // namespace
}  // namespace mznode::style

// mznode_lint [--follow ROOT] [--skip DIR] [--include DIR]… [--depfile FILE TARGET] FILE…
//
// Prints every finding in the files as FILE:LINE: text; exits 1 when there is one, 2 when a file cannot be read. With
// --follow it looks into what they include, too, as far as it lies under ROOT, and not under the DIR
// of --skip: beside the file that includes it, or below a DIR of --include. --depfile writes what was read, as make and
// Ninja want it.

#include <filesystem>
#include <fstream>
#include <iostream>
#include <regex>
#include <set>
#include <sstream>
#include <vector>

#include "mznode_lint.hpp"

namespace {

namespace fs = std::filesystem;

class Linter {
 public:
  fs::path root;
  fs::path skipped;
  std::vector<fs::path> directories;

  /// Checks a file and what it includes. False when it cannot be read.
  bool check(const fs::path& file) {
    if (!read_.insert(file).second) return true;
    std::ifstream stream(file);
    if (!stream) {
      std::cerr << file.string() << ": cannot be read\n";
      return false;
    }
    std::ostringstream text;
    text << stream.rdbuf();
    for (const auto& finding : mznode::lint::check_coroutines(text.str())) {
      std::cerr << file.string() << ':' << finding.line << ": " << finding.text << '\n';
      has_findings_ = true;
    }
    return root.empty() || follow(file, text.str());
  }

  bool has_findings() const { return has_findings_; }

  void write_depfile(const fs::path& path, const std::string& target) const {
    std::ofstream out(path);
    out << target << ':';
    for (const fs::path& file : read_) {
      out << ' ';
      for (const char c : file.string()) out << (c == ' ' ? "\\ " : std::string(1, c));
    }
    out << '\n';
  }

 private:
  bool follow(const fs::path& file, const std::string& text) {
    static const std::regex include(R"re(^[ \t]*#[ \t]*include[ \t]*(["<])([^">]+)[">])re", std::regex::multiline);
    for (std::sregex_iterator at(text.begin(), text.end(), include), end; at != end; ++at) {
      std::vector<fs::path> places = directories;
      if ((*at)[1] == "\"") places.insert(places.begin(), file.parent_path());
      for (const fs::path& place : places) {
        const fs::path found = (place / (*at)[2].str()).lexically_normal();
        std::error_code ignored;
        if (!is_below(root, found) || is_below(skipped, found) || !fs::is_regular_file(found, ignored)) continue;
        if (!check(found)) return false;
        break;
      }
    }
    return true;
  }

  static bool is_below(const fs::path& directory, const fs::path& path) {
    const fs::path relative = path.lexically_relative(directory);
    return !directory.empty() && !relative.empty() && *relative.begin() != "..";
  }

  std::set<fs::path> read_;
  bool has_findings_ = false;
};

}  // namespace

int main(int argc, char** argv) {
  Linter linter;
  std::vector<fs::path> files;
  fs::path depfile;
  std::string target;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--follow" && i + 1 < argc) {
      linter.root = fs::path(argv[++i]).lexically_normal();
    } else if (word == "--skip" && i + 1 < argc) {
      linter.skipped = fs::path(argv[++i]).lexically_normal();
    } else if (word == "--include" && i + 1 < argc) {
      linter.directories.emplace_back(argv[++i]);
    } else if (word == "--depfile" && i + 2 < argc) {
      depfile = argv[++i];
      target = argv[++i];
    } else if (!word.empty()) {
      files.emplace_back(word);
    }
  }
  for (const fs::path& file : files) {
    if (!linter.check(file)) return 2;
  }
  if (!depfile.empty()) linter.write_depfile(depfile, target);
  return linter.has_findings() ? 1 : 0;
}

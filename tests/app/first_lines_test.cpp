// The first line of a verdict names what a node did wrong (tests/languages/mistakes). What is not installed is skipped.

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <ostream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/app/child.hpp"
#include "tests/temporary_directory.hpp"

namespace mznode::testing_support {
namespace {

const std::string folder = std::string(MZNODE_LANGUAGES) + "/mistakes/";

struct Case {
  std::string program, workload, mistake, nodes, in_real_time, first_line;
};

/// GoogleTest writes it behind the name of the test.
void PrintTo(const Case& wrong, std::ostream* out) {
  *out << wrong.program << ", " << wrong.workload << ", " << wrong.mistake;
}

std::vector<Case> cases() {
  std::vector<Case> all;
  std::ifstream file(folder + "first_lines.tsv");
  for (std::string text; std::getline(file, text);) {
    if (text.starts_with('#')) continue;
    std::istringstream fields(text);
    Case each;
    for (std::string* field : {&each.program, &each.workload, &each.mistake, &each.nodes, &each.in_real_time}) {
      std::getline(fields, *field, '\t');
    }
    std::getline(fields, each.first_line);
    all.push_back(each);
  }
  return all;
}

/// Empty when there is none. The machine's own comes before one that a version manager puts into PATH, which runs a
/// shell first.
std::string installed(const std::string& tool) {
  for (const std::string directory : {"/usr/bin/", "/usr/local/bin/", "/usr/local/go/bin/", "/opt/homebrew/bin/"}) {
    if (::access((directory + tool).c_str(), X_OK) == 0) return directory + tool;
  }
  return {};
}

/// The words that run a program, which is built into `place` where its language asks for that; none where what it
/// takes is not installed.
std::vector<std::string> words_that_run(const std::string& program, const std::string& place) {
  static const std::map<std::string, std::string> tools = {
      {".py", "python3"}, {".js", "node"}, {".rb", "ruby"}, {".go", "go"}};
  const std::string ending = program.substr(program.rfind('.'));
  const std::string tool = installed(tools.at(ending));
  if (tool.empty()) return {};
  if (ending != ".go") return {tool, folder + program};
  const std::string built = place + "/node";
  const std::string build =
      "CGO_ENABLED=0 GOPROXY=off '" + tool + "' build -o '" + built + "' '" + folder + program + "'";
  if (std::system(build.c_str()) != 0) throw std::runtime_error("this failed: " + build);
  return {built};
}

class FirstLine : public testing::TestWithParam<Case> {};

std::string first_line_of(const Case& wrong, const std::vector<std::string>& words) {
  std::vector<std::string> command = {
      "test",   "-w", wrong.workload, "--bin", words.front(), "--node-count", wrong.nodes,
      "--rate", "20", "--time-limit", "5",     "--time",      "virtual",      "--store",
      "",       "--"};
  command.insert(command.end(), words.begin() + 1, words.end());
  command.insert(command.end(), {wrong.workload, wrong.mistake});
  Child child(command);
  child.finish();
  const auto lines = lines_of(child.output());
  // The title, the verdict, and then why.
  return lines.size() < 3 ? child.output() + child.log() : lines[2];
}

TEST_P(FirstLine, NamesTheMistake) {
  const TemporaryDirectory place;
  const std::vector<std::string> words = words_that_run(GetParam().program, place.path());
  if (words.empty()) GTEST_SKIP() << "what runs " << GetParam().program << " is not installed";
  const std::string first = first_line_of(GetParam(), words);
  if (first.find("virtual time is not available") != std::string::npos) GTEST_SKIP() << first;
  EXPECT_NE(first.find(GetParam().first_line), std::string::npos) << first;
}

INSTANTIATE_TEST_SUITE_P(Mistakes, FirstLine, testing::ValuesIn(cases()), [](const auto& each) {
  std::string name = each.param.program + "_" + each.param.workload + "_" + each.param.mistake;
  for (char& c : name) c = std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
  return name;
});

}  // namespace
}  // namespace mznode::testing_support

// The first line of a verdict names what a node did wrong (tests/languages/mistakes). What is not installed is skipped.

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <ostream>
#include <sstream>
#include <string>
#include <vector>

#include "tests/app/child.hpp"

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
std::string interpreter(const std::string& program) {
  const std::string ending = program.substr(program.rfind('.'));
  const std::string name = ending == ".py" ? "python3" : ending == ".js" ? "node" : ending == ".rb" ? "ruby" : "";
  for (const std::string directory : {"/usr/bin/", "/usr/local/bin/", "/opt/homebrew/bin/"}) {
    if (!name.empty() && ::access((directory + name).c_str(), X_OK) == 0) return directory + name;
  }
  return {};
}

class FirstLine : public testing::TestWithParam<Case> {};

std::string first_line_of(const Case& wrong) {
  Child child({"test", "-w", wrong.workload, "--bin", interpreter(wrong.program), "--node-count", wrong.nodes, "--rate",
               "20", "--time-limit", "5", "--time", "virtual", "--store", "", "--", folder + wrong.program,
               wrong.workload, wrong.mistake});
  child.finish();
  const auto lines = lines_of(child.output());
  // The title, the verdict, and then why.
  return lines.size() < 3 ? child.output() + child.log() : lines[2];
}

TEST_P(FirstLine, NamesTheMistake) {
  if (interpreter(GetParam().program).empty())
    GTEST_SKIP() << "what runs " << GetParam().program << " is not installed";
  const std::string first = first_line_of(GetParam());
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

// Conversations of servers, as text that can be read: tests/workloads/raft/scripts. Each command is followed by what
// came of it, which must come of it again. After a change that is meant, this writes what comes of it now:
//   MZNODE_REWRITE_SCRIPTS=1 build/release/tests/workloads_test --gtest_filter='Scripts/*'

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/workloads/raft/script.hpp"

namespace mznode::raft {
namespace {

namespace fs = std::filesystem;

const fs::path directory = fs::path(MZNODE_SOURCE_DIR) / "tests/workloads/raft/scripts";

std::vector<std::string> scripts() {
  std::vector<std::string> names;
  for (const auto& file : fs::directory_iterator(directory)) names.push_back(file.path().stem().string());
  std::sort(names.begin(), names.end());
  return names;
}

std::string text_of(const fs::path& path) {
  std::ifstream in(path);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

/// The script with what comes of its commands. Lines that begin with # are left as they are; a command goes up to a
/// line "----", and what came of it from there to an empty line.
std::string carry_out(const std::string& script) {
  ScriptedCluster cluster;
  std::istringstream in(script);
  std::string out;
  std::string command;
  for (std::string line; std::getline(in, line);) {
    if (command.empty() && (line.empty() || line[0] == '#')) {
      out += line + '\n';
    } else if (line == "----") {
      out += command + "----\n" + cluster.run(command) + '\n';
      command.clear();
      while (std::getline(in, line) && !line.empty()) continue;
    } else {
      command += line + '\n';
    }
  }
  EXPECT_TRUE(command.empty()) << "a command ends with a line of four dashes: " << command;
  if (out.ends_with("\n\n")) out.pop_back();
  return out;
}

class RaftScript : public testing::TestWithParam<std::string> {};

TEST_P(RaftScript, SaysWhatHappens) {
  const fs::path path = directory / (GetParam() + ".txt");
  const std::string expected = text_of(path);
  const std::string actual = carry_out(expected);
  if (std::getenv("MZNODE_REWRITE_SCRIPTS") != nullptr) {
    std::ofstream(path) << actual;
    return;
  }
  EXPECT_EQ(actual, expected);
}

INSTANTIATE_TEST_SUITE_P(Scripts, RaftScript, testing::ValuesIn(scripts()),
                         [](const auto& each) { return each.param; });

}  // namespace
}  // namespace mznode::raft

#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>
#include <string>
#include <vector>

/// Conversations as text that can be read, and that a test holds the program to (after CockroachDB's datadriven, which
/// etcd's raft tests itself with). A script is a file: lines that begin with # explain; a command, one line or more,
/// ends with a line of four dashes, and what came of it stands below, up to an empty line.
///
/// What comes of a script's commands must be what it says. After a change that is meant, this writes what comes of them
/// now: `MZNODE_REWRITE_SCRIPTS=1 build/release/tests/workloads_test --gtest_filter='Scripts/*'`.
namespace mznode::script {

inline std::vector<std::string> words_of(const std::string& line) {
  std::istringstream in(line);
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

/// The names of a directory's scripts, in order.
inline std::vector<std::string> names_in(const std::filesystem::path& directory) {
  std::vector<std::string> names;
  for (const auto& file : std::filesystem::directory_iterator(directory)) names.push_back(file.path().stem().string());
  std::sort(names.begin(), names.end());
  return names;
}

/// Carries a command out and says, in lines, what came of it.
using Run = std::function<std::string(const std::string& command)>;

/// The script with what comes of its commands now.
inline std::string carry_out(const std::string& script, const Run& run) {
  std::istringstream in(script);
  std::string out;
  std::string command;
  for (std::string line; std::getline(in, line);) {
    if (command.empty() && (line.empty() || line[0] == '#')) {
      out += line + '\n';
    } else if (line == "----") {
      out += command + "----\n" + run(command) + '\n';
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

/// Compares a script with what comes of it, or writes that into it.
inline void expect_as_written(const std::filesystem::path& path, const Run& run) {
  std::ostringstream expected;
  expected << std::ifstream(path).rdbuf();
  const std::string actual = carry_out(expected.str(), run);
  if (std::getenv("MZNODE_REWRITE_SCRIPTS") != nullptr) {
    std::ofstream(path) << actual;
    return;
  }
  EXPECT_EQ(actual, expected.str());
}

/// Carries a script out with a `Performer` of its own, whose run() is a Run.
template <class Performer>
void expect_performed(const std::filesystem::path& path) {
  Performer performer;
  expect_as_written(path, [&performer](const std::string& command) { return performer.run(command); });
}

}  // namespace mznode::script

/// Makes a test case of every script in a directory.
#define MZNODE_SCRIPTS(suite, directory, Performer)                                                \
  class suite : public testing::TestWithParam<std::string> {};                                     \
  TEST_P(suite, SaysWhatHappens) {                                                                 \
    mznode::script::expect_performed<Performer>((directory) / (GetParam() + ".txt"));              \
  }                                                                                                \
  INSTANTIATE_TEST_SUITE_P(Scripts, suite, testing::ValuesIn(mznode::script::names_in(directory)), \
                           [](const auto& each) { return each.param; })

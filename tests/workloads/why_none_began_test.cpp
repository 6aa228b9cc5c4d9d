// What settings have in them that lets right nodes fail, and that the first line then says so.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "mznode/workloads/judge.hpp"
#include "tests/temporary_directory.hpp"

namespace mznode {
namespace {

namespace fs = std::filesystem;

/// A directory with a script in it, where this process is meanwhile.
class Folder {
 public:
  explicit Folder(const std::string& first_line) {
    std::ofstream(directory_ / "node.py") << first_line << "\nimport sys\n";
    fs::permissions(directory_ / "node.py", fs::perms::owner_all);
    fs::current_path(directory_.path());
  }
  ~Folder() { fs::current_path(before_); }

 private:
  fs::path before_ = fs::current_path();
  testing_support::TemporaryDirectory directory_;
};

std::string first_line(const std::string& program, const std::vector<std::string>& arguments) {
  TestSettings settings;
  settings.workload = "echo";
  settings.bin = program;
  settings.bin_args = arguments;
  sim::RunResult run;
  run.error = "the run was ended because node n1 exited with status 2";
  run.failures.push_back({.node = "n1",
                          .at = Time(),
                          .description = "exited with status 2: cannot open /tmp/n1/node.py",
                          .has_ended = true});
  return judge(plan_test(settings), run).nodes.error;
}

TEST(Beginnings, AScriptThatNamesNoInterpreterIsNamed) {
  const Folder folder("# a node");
  const std::string line = first_line("./node.py", {});
  EXPECT_TRUE(
      line.starts_with("./node.py has no line that says what runs it, so that a shell tried: begin it with "
                       "#!/usr/bin/env python3, or give --bin python3 -- /"))
      << line;
  EXPECT_NE(line.find("; the run was ended because node n1 exited with status 2"), std::string::npos) << line;
}

TEST(Beginnings, AFileThatNodesDoNotFindIsNamed) {
  const Folder folder("#!/usr/bin/env python3");
  const std::string line = first_line("/bin/cat", {"-v", "node.py"});
  EXPECT_TRUE(
      line.starts_with("each node runs in a directory of its own, in which there is no node.py: give the "
                       "whole path, as in -- /"))
      << line;
  EXPECT_TRUE(line.find("/node.py; the run was") != std::string::npos) << line;
}

TEST(Beginnings, WhatHasNothingToDoWithItIsNotNamed) {
  const Folder folder("#!/usr/bin/env python3");
  EXPECT_TRUE(first_line("./node.py", {"other.py", "-v", ""}).starts_with("the run was ended"));
  std::ofstream("config") << "of no interest";
  EXPECT_TRUE(first_line("./node.py", {"config"}).starts_with("the run was ended"));
}

}  // namespace
}  // namespace mznode

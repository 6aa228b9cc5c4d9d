#include "process_directory.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <string>

namespace mznode::sim {
namespace {

namespace fs = std::filesystem;

/// Its own place for temporary files, so that other programs' are left alone.
class ProcessDirectoryTest : public testing::Test {
 protected:
  void SetUp() override {
    parent_ = fs::temp_directory_path() / ("mznode_directory_" + std::to_string(::getpid()));
    fs::create_directories(parent_);
    if (const char* given = std::getenv("TMPDIR")) before_ = given;
    ::setenv("TMPDIR", parent_.c_str(), 1);
  }
  void TearDown() override {
    before_.empty() ? ::unsetenv("TMPDIR") : ::setenv("TMPDIR", before_.c_str(), 1);
    fs::remove_all(parent_);
  }

  fs::path parent_;
  std::string before_;
};

TEST_F(ProcessDirectoryTest, IsRemovedWithAllThatIsInIt) {
  fs::path path;
  {
    const ProcessDirectory directory;
    path = directory.path();
    fs::create_directory(path / "n1-1");
    std::ofstream(path / "n1-1" / "file") << "text";
  }
  EXPECT_FALSE(fs::exists(path));
}

TEST_F(ProcessDirectoryTest, WhatADeadProgramLeftIsSweptAndTheRestStays) {
  const ProcessDirectory held;
  const fs::path left = parent_ / "mznode-nodes-abcdef";
  fs::create_directories(left / "n1-1");
  std::ofstream(left / "n1-1" / "file") << "text";
  const fs::path others = parent_ / "mznode-store";
  fs::create_directory(others);
  fs::create_directory_symlink(others, parent_ / "mznode-nodes-linked");
  ProcessDirectory::sweep();
  EXPECT_FALSE(fs::exists(left));
  EXPECT_TRUE(fs::exists(held.path()));
  EXPECT_TRUE(fs::exists(others));
}

}  // namespace
}  // namespace mznode::sim

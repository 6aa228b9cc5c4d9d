#include <fcntl.h>
#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

#include "tests/app/child.hpp"

extern char** environ;

namespace mznode::testing_support {
namespace {

/// Real processes, so that it takes as long as it says.
const std::vector<std::string> real_time_test = {
    "test",   "-w", "echo",         "--bin", MZNODE_BINARY, "--time", "real", "--node-count", "1",
    "--rate", "50", "--time-limit", "1",     "--store",     "",       "--",   "--workload",   "echo"};

TEST(Progress, IsNotShownInAPipe) {
  Child child(real_time_test);
  EXPECT_EQ(child.finish().code, 0);
  EXPECT_EQ(child.log(), "");
  EXPECT_EQ(child.output().find('\r'), std::string::npos);
}

TEST(Progress, TellsOnATerminalHowFarTheRunIs) {
  const int terminal = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (terminal < 0) GTEST_SKIP() << "this machine has no pseudo-terminals (/dev/pts is not mounted)";
  ASSERT_EQ(::grantpt(terminal), 0);
  ASSERT_EQ(::unlockpt(terminal), 0);
  std::vector<char*> arguments = {const_cast<char*>(MZNODE_BINARY)};
  for (const auto& word : real_time_test) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  ::posix_spawn_file_actions_addopen(&actions, 2, ::ptsname(terminal), O_RDWR | O_NOCTTY, 0);
  pid_t pid = -1;
  ASSERT_EQ(::posix_spawn(&pid, MZNODE_BINARY, &actions, nullptr, arguments.data(), environ), 0);
  ::posix_spawn_file_actions_destroy(&actions);
  // Reading fails as soon as nobody has the other side open.
  std::string shown;
  std::array<char, 4096> bytes;
  for (ssize_t got = 0; (got = ::read(terminal, bytes.data(), bytes.size())) > 0;) {
    shown.append(bytes.data(), static_cast<std::size_t>(got));
  }
  ::close(terminal);
  int status = 0;
  ASSERT_EQ(::waitpid(pid, &status, 0), pid);
  EXPECT_EQ(WEXITSTATUS(status), 0);
  EXPECT_NE(shown.find("0 of 1 s, "), std::string::npos) << shown;
  EXPECT_NE(shown.find(" operations"), std::string::npos) << shown;
  EXPECT_EQ(shown.substr(shown.size() - 4), "\r\033[K") << "the last line stays: " << shown;
}

}  // namespace
}  // namespace mznode::testing_support

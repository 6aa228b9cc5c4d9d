// Where the machine does not allow virtual time, or only in another way.

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/app/child.hpp"

namespace mznode::testing_support {
namespace {

/// A test of this program's own node, in a place where some calls of the system are refused.
nlohmann::json results_without(const std::vector<std::string>& calls) {
  std::vector<std::string> words = calls;
  for (const char* word : {"--", MZNODE_BINARY, "test", "-w", "echo", "--bin", MZNODE_BINARY, "--node-count", "2",
                           "--time-limit", "1", "--rate", "20", "--store", "", "--json", "--", "-w", "echo"}) {
    words.emplace_back(word);
  }
  Child child(std::string(MZNODE_WITHOUT_PROGRAM), words);
  child.finish();
  return nlohmann::json::parse(child.output(), nullptr, false);
}

TEST(Places, WhereVirtualTimeIsRefusedRealTimeIsUsedAndItIsSaidWhy) {
  for (const auto& [call, why] :
       {std::pair{"ptrace", "cannot trace a process (ptrace): Operation not permitted"},
        {"attach", "cannot trace a process (ptrace): Operation not permitted"},
        {"seccomp", "cannot install a filter of system calls (seccomp): Operation not permitted"},
        {"memfd_create", "the system gives no anonymous files (memfd_create)"}}) {
    const auto results = results_without({call});
    EXPECT_EQ(results["time"]["kind"], "real") << call;
    EXPECT_EQ(results["time"]["why-real"], "virtual time is not available here: " + std::string(why));
    EXPECT_EQ(results["valid?"], true);
  }
}

TEST(Places, AContainersUsualProfileIsEnoughForVirtualTime) {
  if (results_without({"unshare"})["time"]["kind"] != "virtual") GTEST_SKIP() << "virtual time is not available here";
  const auto results = results_without({"pidfd_getfd", "unshare"});
  EXPECT_EQ(results["time"]["kind"], "virtual");
  EXPECT_EQ(results["time"]["repeatable?"], true);
  EXPECT_EQ(results["valid?"], true);
  const auto doubtful = results_without({"pidfd_getfd", "personality", "unshare"});
  EXPECT_EQ(doubtful["time"]["kind"], "virtual");
  EXPECT_EQ(doubtful["time"]["repeatable?"], false);
  EXPECT_EQ(doubtful["time"]["doubts"][0],
            "n0 has its memory at random addresses, since the system refuses to switch that off (personality)");
}

// As in a container of Docker's with its default profile of seccomp and no capabilities, in which programs get no new
// privileges.
TEST(Places, DockersDefaultProfileAndNoCapabilitiesAreEnoughForVirtualTime) {
  if (results_without({"unshare"})["time"]["kind"] != "virtual") GTEST_SKIP() << "virtual time is not available here";
  const auto results = results_without({"docker"});
  EXPECT_EQ(results["time"]["kind"], "virtual");
  EXPECT_EQ(results["valid?"], true);
  ASSERT_EQ(results["time"]["doubts"].size(), 2U) << results["time"]["doubts"];
  for (const std::string doubt : results["time"]["doubts"]) {
    EXPECT_NE(doubt.find("has its memory at random addresses"), std::string::npos) << doubt;
  }
}

}  // namespace
}  // namespace mznode::testing_support

#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/app/browser.hpp"
#include "tests/app/child.hpp"
#include "tests/temporary_directory.hpp"

namespace mznode::testing_support {

/// Reports are looked at in a real browser, where there is one.
class Report : public testing::Test {
 protected:
  void SetUp() override {
    browser_ = find_browser();
    if (browser_.empty()) GTEST_SKIP() << "no browser: install the package chromium, or set CHROMIUM to the program";
  }

  /// Writes the page of a command and returns its path.
  std::filesystem::path make(std::vector<std::string> arguments, int expected_code = 0) {
    const std::filesystem::path path = directory_ / "report.html";
    std::vector<std::string> more = {"--report", path.string()};
    if (arguments.front() == "test") more.insert(more.end(), {"--store", ""});
    // What follows -- is for the node.
    arguments.insert(std::find(arguments.begin(), arguments.end(), "--"), more.begin(), more.end());
    Child child(arguments);
    EXPECT_EQ(child.finish().code, expected_code) << child.output() << child.log();
    return path;
  }

  /// What `script` returns in the page, which must have no problem.
  nlohmann::json look(const std::filesystem::path& page, const std::string& script, int width = 1280) {
    const nlohmann::json outcome = visit(browser_, page, script, width);
    EXPECT_EQ(outcome["problems"], nlohmann::json::array());
    return outcome["value"];
  }

  TemporaryDirectory directory_;

 private:
  std::string browser_;
};

/// A test of one node that answers every seventh request from an old state.
inline std::vector<std::string> stale(const std::string& workload) {
  return {"test",   "-w",  workload,       "--bin", MZNODE_STALE_NODE, "--node-count", "1", "--concurrency", "4",
          "--rate", "100", "--time-limit", "3"};
}

}  // namespace mznode::testing_support

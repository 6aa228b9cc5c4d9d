#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "tests/app/child.hpp"
#include "tests/temporary_directory.hpp"

namespace mznode::testing_support {
namespace {

namespace fs = std::filesystem;

/// Some of these seeds fail, because this strategy does not survive what they do to it.
std::vector<std::string> seeds_with(const std::string& jobs, const std::string& store) {
  return {"test",   "-w",      "broadcast",    "-s",     "direct",    "--node-count", "3",
          "--rate", "50",      "--time-limit", "5",      "--nemesis", "kill",         "--nemesis-interval",
          "1",      "--seeds", "1..16",        "--jobs", jobs,        "--json",       "--store",
          store};
}

std::string text_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// The files of every run in a store, by their names in it. The directories are named after the time.
std::multiset<std::map<std::string, std::string>> runs_in(const fs::path& store) {
  std::multiset<std::map<std::string, std::string>> runs;
  for (const auto& run : fs::directory_iterator(store / "broadcast")) {
    std::map<std::string, std::string> files;
    for (const auto& entry : fs::recursive_directory_iterator(run)) {
      if (entry.is_regular_file()) files[fs::relative(entry.path(), run.path()).string()] = text_of(entry.path());
    }
    runs.insert(files);
  }
  return runs;
}

/// Lines of JSON without the directories of what is stored, which are named after the time.
std::string without_stored(const std::string& output) {
  std::string text;
  for (const std::string& line : lines_of(output)) {
    nlohmann::ordered_json seed = nlohmann::ordered_json::parse(line);
    EXPECT_EQ(seed.contains("stored"), seed["valid?"] != true) << line;
    EXPECT_EQ(seed.contains("reasons"), seed["valid?"] != true) << line;
    seed.erase("stored");
    text += seed.dump() + "\n";
  }
  return text;
}

TEST(Seeds, SeveralAtOnceGiveTheSameOutputAndStoreAsOneAfterTheOther) {
  const TemporaryDirectory root;
  std::vector<std::string> outputs;
  for (const std::string jobs : {"1", "2"}) {
    Child child(seeds_with(jobs, (root / jobs).string()));
    EXPECT_EQ(child.finish().code, 1) << child.log();
    EXPECT_EQ(child.log(), "");
    outputs.push_back(without_stored(child.output()));
    EXPECT_TRUE(fs::is_directory(root / jobs / "latest"));
  }
  EXPECT_EQ(lines_of(outputs[0]).size(), 16u);
  EXPECT_EQ(outputs[0], outputs[1]);
  const auto runs = runs_in(root / "1");
  EXPECT_GE(runs.size(), 2u);
  EXPECT_GE(runs.begin()->size(), 5u);
  EXPECT_TRUE(runs == runs_in(root / "2"));
}

TEST(Seeds, OfProcessesTheRunThatFailedIsStoredAndNotAnother) {
  const TemporaryDirectory root;
  // The first process that ever starts ends at once, all others serve.
  const std::string script =
      "if mkdir '" + (root / "once").string() + "'; then exit 3; fi; exec '" MZNODE_BINARY "' -w echo";
  Child child({"test", "-w", "echo", "--node-count", "1", "--time-limit", "0.1", "--rate", "100", "--seeds", "1..2",
               "--store", (root / "store").string(), "--bin", "/bin/sh", "--", "-c", script});
  EXPECT_EQ(child.finish().code, 1) << child.log();
  EXPECT_NE(child.output().find("2 seeds: 1 valid, 1 invalid"), std::string::npos) << child.output();
  EXPECT_NE(text_of(root / "store/latest/results.json").find("status 3"), std::string::npos);
}

}  // namespace
}  // namespace mznode::testing_support

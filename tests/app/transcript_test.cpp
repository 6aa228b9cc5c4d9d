#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <set>

#include "tests/app/child.hpp"

namespace mznode::testing_support {
namespace {

using nlohmann::json;

/// Where recorded runs lie; they are not part of the source.
std::filesystem::path transcripts() {
  if (const char* given = std::getenv("MZNODE_TRANSCRIPTS")) return given;
  return std::filesystem::path(MZNODE_SOURCE_DIR) / ".." / "shared" / "transcripts";
}

std::vector<std::string> lines_of_file(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string text; std::getline(file, text);) lines.push_back(text);
  return lines;
}

/// Where order means nothing, sorts.
json normalised(json body) {
  if (body.contains("messages")) std::sort(body["messages"].begin(), body["messages"].end());
  body.erase("msg_id");
  return body;
}

class Transcript : public testing::TestWithParam<const char*> {};

/// Feeds a recorded run to the node, one request after the other: each must get one reply with the recorded fields.
TEST_P(Transcript, Replays) {
  const std::string workload = GetParam();
  const auto requests = lines_of_file(transcripts() / (workload + ".in.jsonl"));
  const auto recorded = lines_of_file(transcripts() / (workload + ".out.jsonl"));
  if (requests.empty()) {
    std::cout << "note: no transcript of " << workload << " in " << transcripts() << "; nothing was replayed\n";
    return;
  }
  std::map<std::pair<std::string, json>, json> expected;
  for (const auto& text : recorded) {
    const json reply = json::parse(text);
    expected[{reply["dest"], reply["body"]["in_reply_to"]}] = reply["body"];
  }
  Child child({"--workload", workload});
  std::set<json> ids;
  for (const auto& text : requests) {
    child.write(text + "\n");
    const json request = json::parse(text);
    const auto answer = child.read_line();
    ASSERT_TRUE(answer) << text;
    const json reply = json::parse(*answer);
    EXPECT_EQ(reply["src"], request["dest"]);
    EXPECT_EQ(reply["dest"], request["src"]);
    const auto found = expected.find({reply["dest"], request["body"]["msg_id"]});
    ASSERT_NE(found, expected.end()) << text;
    json got = normalised(reply["body"]);
    json want = normalised(found->second);
    if (workload == "unique-ids" && got.contains("id")) {
      EXPECT_TRUE(ids.insert(got["id"]).second) << *answer;
      got["id"] = want["id"] = nullptr;
    }
    EXPECT_EQ(got, want) << text;
  }
  EXPECT_EQ(child.finish().code, 0);
  EXPECT_EQ(child.output(), "") << "more than one reply to a request";
}

INSTANTIATE_TEST_SUITE_P(OfMaelstrom, Transcript, testing::Values("echo", "unique-ids", "broadcast"),
                         [](const auto& test) {
                           std::string name = test.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace mznode::testing_support

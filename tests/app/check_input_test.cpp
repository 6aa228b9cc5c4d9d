#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "tests/app/child.hpp"

namespace mznode::testing_support {
namespace {

/// The first history of Elle's documentation, and the same as `gzip -9 -n` writes it.
constexpr std::string_view plain =
    "{:type :ok, :value [[:append :x 1] [:r :y [1]]]}\n"
    "{:type :ok, :value [[:append :x 2] [:append :y 1]]}\n"
    "{:type :ok, :value [[:r :x [1 2]]]}\n";
constexpr std::string_view compressed =
    "1f8b0800000000000203abb62aa92c4855b0cacfd651b02a4bcc294d55888eb6"
    "4a2c2848cd4b51b0aa50308c5588b62a52b0aa5488368c8d8dade5aa26a0c108"
    "a401c6ad04eac7a9a708a43cda10a803a40600318075c189000000";

std::string bytes_of(std::string_view digits) {
  std::string bytes;
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(std::string(digits.substr(i, 2)), nullptr, 16));
  }
  return bytes;
}

struct Judged {
  std::optional<int> code;
  std::string output;
  std::string log;
};

Judged judge(const std::string& history) {
  Child child({"check", "-w", "list-append", "--consistency-models", "serializable", "-"});
  child.write(history);
  child.close_input();
  const Exit exit = child.finish();
  return {exit.code, child.output(), child.log()};
}

TEST(CheckInput, IsStandardInputAndMayBeCompressed) {
  const std::string gzip = bytes_of(compressed);
  for (const std::string& history : {std::string(plain), gzip}) {
    const Judged judged = judge(history);
    EXPECT_EQ(judged.code, 1) << judged.log;
    EXPECT_EQ(judged.output, "-\tfalse\n");
  }
  // Members one behind the other are one text; elements that were appended twice are refused in the second.
  EXPECT_NE(judge(gzip + gzip).log.find("which was written there before"), std::string::npos);
}

TEST(CheckInput, AnErrorIsNoEnd) {
  Child child({"check", "-w", "lin-kv", "/proc/self/mem"});
  EXPECT_EQ(child.finish().code, 2);
  EXPECT_NE(child.log().find("/proc/self/mem: cannot be read: "), std::string::npos) << child.log();
}

TEST(CheckInput, AReportDoesNotWriteOverItsHistory) {
  const std::string path = (std::filesystem::path(testing::TempDir()) / "judged.edn").string();
  std::ofstream(path) << plain;
  Child child({"check", "-w", "list-append", "--report", path, path});
  EXPECT_EQ(child.finish().code, 2);
  EXPECT_NE(child.log().find("would write over the history"), std::string::npos) << child.log();
  std::stringstream left;
  left << std::ifstream(path).rdbuf();
  EXPECT_EQ(left.str(), plain);
}

TEST(CheckInput, AReportOfAnotherHistoryDoesNotStay) {
  const std::string page = (std::filesystem::path(testing::TempDir()) / "of_another.html").string();
  std::ofstream(page) << "of another history";
  Child child({"check", "-w", "list-append", "--report", page, "-"});
  child.write("no history");
  child.close_input();
  EXPECT_EQ(child.finish().code, 2);
  EXPECT_FALSE(std::filesystem::exists(page));
}

TEST(CheckInput, WhatIsDamagedIsRefused) {
  const std::string gzip = bytes_of(compressed);
  std::string changed = gzip;
  changed[changed.size() - 5] = static_cast<char>(changed[changed.size() - 5] ^ 1);
  for (const auto& [history, why] : {std::pair{gzip.substr(0, 40), "it ends too early"},
                                     {changed, "its bytes differ from their checksum"},
                                     {gzip + "x", "it ends too early"},
                                     {gzip + "text that follows", "what follows is no gzip"}}) {
    const Judged judged = judge(history);
    EXPECT_EQ(judged.code, 2);
    EXPECT_EQ(judged.output, "-\tunknown\n");
    EXPECT_NE(judged.log.find(why), std::string::npos) << judged.log;
  }
}

}  // namespace
}  // namespace mznode::testing_support

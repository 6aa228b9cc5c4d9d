#include "mznode/node/line_buffer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

namespace mznode {
namespace {

/// Puts `bytes` in, as much at a time as there is room, and takes out every line.
void feed(LineBuffer& buffer, std::string_view bytes, std::vector<std::string>& lines) {
  while (!bytes.empty()) {
    const auto room = buffer.room();
    const std::size_t part = std::min(room.size(), bytes.size());
    std::memcpy(room.data(), bytes.data(), part);
    buffer.filled(part);
    bytes.remove_prefix(part);
    std::string_view line;
    while (buffer.next(line)) {
      EXPECT_EQ(line.data()[line.size()], '\n');
      lines.emplace_back(line);
    }
  }
}

std::vector<std::string> finish(LineBuffer& buffer, std::vector<std::string> lines) {
  std::string_view line;
  if (buffer.last(line)) {
    EXPECT_EQ(line.data()[line.size()], '\n');
    lines.emplace_back(line);
  }
  EXPECT_FALSE(buffer.last(line));
  EXPECT_FALSE(buffer.next(line));
  return lines;
}

TEST(LineBufferCuts, AtEveryByte) {
  const std::string stream = "one\n\ntwo\r\nthree\n last";
  const std::vector<std::string> expected = {"one", "", "two\r", "three", " last"};
  for (std::size_t a = 0; a <= stream.size(); ++a) {
    for (std::size_t b = a; b <= stream.size(); ++b) {
      LineBuffer buffer;
      std::vector<std::string> lines;
      feed(buffer, stream.substr(0, a), lines);
      feed(buffer, stream.substr(a, b - a), lines);
      feed(buffer, stream.substr(b), lines);
      ASSERT_EQ(finish(buffer, lines), expected) << a << " " << b;
    }
  }
}

TEST(LineBufferCuts, NothingIsNoLine) {
  LineBuffer buffer;
  std::vector<std::string> lines;
  EXPECT_TRUE(finish(buffer, lines).empty());
  feed(buffer, "x\n", lines);
  EXPECT_EQ(finish(buffer, lines), (std::vector<std::string>{"x"}));
}

TEST(LineBufferCuts, LinesOfEverySizeAroundTheCapacity) {
  std::string stream;
  std::vector<std::string> expected;
  char mark = 'a';
  for (const std::size_t size :
       {0u, 1u, 65535u, 65536u, 65537u, 131071u, 131072u, 131073u, 1u << 20, 0u, 300000u, 7u}) {
    expected.emplace_back(size, mark++);
    stream += expected.back() + "\n";
  }
  for (const std::size_t step : {1u << 30, 65536u, 4096u, 1000u}) {
    LineBuffer buffer;
    std::vector<std::string> lines;
    for (std::size_t at = 0; at < stream.size(); at += step)
      feed(buffer, std::string_view(stream).substr(at, step), lines);
    ASSERT_TRUE(finish(buffer, lines) == expected) << step;
  }
}

TEST(LineBufferMemory, IsGivenBackAfterAHugeLine) {
  LineBuffer buffer;
  std::vector<std::string> lines;
  const std::size_t usual = buffer.room().size();
  std::string huge(32 << 20, 'x');
  huge += '\n';
  feed(buffer, huge, lines);
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0].size(), std::size_t{32} << 20);
  EXPECT_EQ(buffer.room().size(), usual);
  feed(buffer, "next\n", lines);
  EXPECT_EQ(lines.back(), "next");
}

TEST(LineBufferMemory, ALineThatIsTooLongIsSkippedAndCounted) {
  LineBuffer buffer;
  std::vector<std::string> lines;
  feed(buffer, "before\n", lines);
  const std::string megabyte(1 << 20, 'x');
  for (int round = 0; round < 2; ++round) {
    for (std::size_t sent = 0; sent <= LineBuffer::max_line_bytes + megabyte.size(); sent += megabyte.size()) {
      feed(buffer, megabyte, lines);
    }
    EXPECT_EQ(buffer.skipped(), static_cast<std::size_t>(round) + 1);
    feed(buffer, "still the same line\nafter\n", lines);
  }
  EXPECT_EQ(lines, (std::vector<std::string>{"before", "after", "after"}));
  EXPECT_LT(buffer.room().size(), std::size_t{2} << 20);
}

TEST(LineBufferMemory, TheEndOfALineThatIsTooLongIsNoLine) {
  LineBuffer buffer;
  std::vector<std::string> lines;
  const std::string megabyte(1 << 20, 'x');
  for (std::size_t sent = 0; sent <= LineBuffer::max_line_bytes; sent += megabyte.size()) feed(buffer, megabyte, lines);
  feed(buffer, "tail", lines);
  EXPECT_TRUE(finish(buffer, lines).empty());
}

}  // namespace
}  // namespace mznode

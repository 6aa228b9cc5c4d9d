#include "mznode/json/printable.hpp"

#include <gtest/gtest.h>

namespace mznode {
namespace {

TEST(PrintableTest, LeavesWhatOnlyShowsCharactersAsItIs) {
  for (const std::string text : {"", "plain", "a\tb", "back\\slash \"quoted\"", "Grüße, 東京, 🚀", "\xC2\xA0"}) {
    EXPECT_EQ(printable(text), text);
  }
}

TEST(PrintableTest, EscapesWhatSteersATerminal) {
  EXPECT_EQ(printable("\x1b]0;title\x07red\x1b[31m"), "\\u001b]0;title\\u0007red\\u001b[31m");
  EXPECT_EQ(printable("\xC2\x9B\x33\x31m"), "\\u009b31m");
  EXPECT_EQ(printable(std::string_view("a\0b\x7f", 4)), "a\\u0000b\\u007f");
  EXPECT_EQ(printable("one\r\nother"), "one\\u000d\\u000aother");
  EXPECT_EQ(printable("\xE2\x80\xAE"
                      "gpj.exe"),
            "\\u202egpj.exe");
  EXPECT_EQ(printable("\xE2\x80\xA8"), "\\u2028");
  EXPECT_EQ(printable("\xE2\x81\xA6"), "\\u2066");
}

TEST(PrintableTest, MakesEveryByteValidAndHarmless) {
  for (int first = 0; first < 256; ++first) {
    for (int second = 0; second < 256; ++second) {
      const std::string text = {static_cast<char>(first), static_cast<char>(second)};
      const std::string shown = printable(text);
      EXPECT_EQ(printable(shown), shown);
      for (const char c : shown) {
        EXPECT_TRUE(c == '\t' || static_cast<unsigned char>(c) >= 0x20) << first << " " << second;
        EXPECT_NE(c, '\x7f');
      }
    }
  }
  EXPECT_EQ(printable("\xff\x9b\x31m"), "\xEF\xBF\xBD\xEF\xBF\xBD\x31m");
}

TEST(PrintableTest, KeepsTheLineBreaksOfLines) {
  EXPECT_EQ(printable_lines("one\x1b\ntwo\n\nthree\r\n"), "one\\u001b\ntwo\n\nthree\\u000d\n");
}

}  // namespace
}  // namespace mznode
